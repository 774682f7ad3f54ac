// The served part of the cluster query language: one comparison of one attribute.
#include <algorithm>
#include <optional>

#include "slipway/scheduler/placement.h"

namespace slipway::scheduler {

namespace {

enum class Operator { Equals, NotEquals, Exists, NotExists, In, NotIn };

struct Comparison {
  std::string name;
  Operator op = Operator::Exists;
  std::vector<std::string> values;
};

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

// The text up to the next space; `text` keeps what follows it.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const auto word = text.substr(0, text.find_first_of(kSpaces));
  text = trim(text.substr(word.size()));
  return word;
}

std::optional<Operator> operator_of(std::string_view word) {
  if (word == "==" || word == "equals") return Operator::Equals;
  if (word == "!=" || word == "not_equals") return Operator::NotEquals;
  if (word == "exists") return Operator::Exists;
  if (word == "!exists" || word == "not_exists") return Operator::NotExists;
  if (word == "in") return Operator::In;
  if (word == "!in" || word == "not_in") return Operator::NotIn;
  return std::nullopt;
}

bool is_value(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n()[],&|\"'") == std::string_view::npos;
}

std::optional<std::vector<std::string>> parse_list(std::string_view text) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> values;
  while (true) {
    const auto comma = text.find(',');
    const auto value = trim(text.substr(0, comma));
    if (!is_value(value)) return std::nullopt;
    values.emplace_back(value);
    if (comma == std::string_view::npos) return values;
    text.remove_prefix(comma + 1);
  }
}

std::optional<Comparison> parse(std::string_view text) {
  constexpr std::string_view kSubject = "attribute:";
  const auto subject = take_word(text);
  if (!subject.starts_with(kSubject) || !is_value(subject.substr(kSubject.size()))) return std::nullopt;
  const auto op = operator_of(take_word(text));
  if (!op) return std::nullopt;
  Comparison comparison{std::string(subject.substr(kSubject.size())), *op, {}};
  if (*op == Operator::Exists || *op == Operator::NotExists) {
    if (!text.empty()) return std::nullopt;
  } else if (*op == Operator::In || *op == Operator::NotIn) {
    auto values = parse_list(text);
    if (!values) return std::nullopt;
    comparison.values = std::move(*values);
  } else {
    if (!is_value(text)) return std::nullopt;
    comparison.values.emplace_back(text);
  }
  return comparison;
}

}  // namespace

bool is_understood(std::string_view expression) { return parse(expression).has_value(); }

bool matches(std::string_view expression, const std::vector<std::string>& attributes) {
  const auto comparison = parse(expression);
  if (!comparison) return false;
  bool exists = false;
  bool equal = false;
  for (const std::string_view attribute : attributes) {
    const auto sign = attribute.find('=');
    if (attribute.substr(0, sign) != comparison->name) continue;
    exists = true;
    const auto value = sign == std::string_view::npos ? std::string_view{} : attribute.substr(sign + 1);
    const auto& values = comparison->values;
    equal = equal || std::find(values.begin(), values.end(), value) != values.end();
  }
  switch (comparison->op) {
    case Operator::Exists:
      return exists;
    case Operator::NotExists:
      return !exists;
    case Operator::Equals:
    case Operator::In:
      return equal;
    case Operator::NotEquals:
    case Operator::NotIn:
      return !equal;
  }
  return false;
}

}  // namespace slipway::scheduler
