// What a service demands of its input beyond the model, as data (api-specs/ecs/rules.json): a table that
// scripts/generate_rules.py compiles in, and the walk that holds an input against it. Handlers call
// check_rules where their service checks the form of its input. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "slipway/api/shape.h"

namespace slipway::services::rules {

enum class Kind : std::uint8_t {
  Required,
  NonEmpty,
  Enum,
  Pattern,
  Min,
  Max,
  MinLength,
  MaxLength,
  MinItems,
  MaxItems
};

// The characters that a pattern allows: one bit per ASCII character; `beyond`: all others too.
struct CharacterClass {
  std::array<std::uint64_t, 2> ascii;
  bool beyond;
};

struct Rule {
  std::string_view member;  // path below the input: "containerDefinitions[].healthCheck.interval"
  Kind kind;
  std::int64_t limit;                         // of numbers, lengths and sizes; Pattern: the greatest length
  std::int64_t least;                         // Pattern: the least length, in characters
  std::span<const std::string_view> allowed;  // Enum
  CharacterClass characters;                  // Pattern
  std::string_view error;
  std::string_view text;  // with the placeholders that rules.json explains
};

struct OperationRules {
  std::string_view operation;
  std::span<const Rule> rules;
};

// Sorted by operation.
std::span<const OperationRules> all_rules();

// Throws the AwsError of the first rule, in the table's order, that the input violates. An operation without
// rules accepts everything. `input` points to a value of the shape's structure.
void check_rules(std::string_view operation, const api::Shape& shape, const void* input);

template <class Input>
void check_rules(std::string_view operation, const Input& input) {
  check_rules(operation, api::shape_of<Input>(), &input);
}

// The two halves of check_rules for services that look at one member of the input ("count") later than at the
// rest of its form.
void check_rules_except(std::string_view member, std::string_view operation, const api::Shape& shape,
                        const void* input);
void check_rules_of(std::string_view member, std::string_view operation, const api::Shape& shape,
                    const void* input);

template <class Input>
void check_rules_except(std::string_view member, std::string_view operation, const Input& input) {
  check_rules_except(member, operation, api::shape_of<Input>(), &input);
}

template <class Input>
void check_rules_of(std::string_view member, std::string_view operation, const Input& input) {
  check_rules_of(member, operation, api::shape_of<Input>(), &input);
}

}  // namespace slipway::services::rules
