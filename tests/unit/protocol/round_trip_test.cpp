// decode(encode(x)) == x for random values of every served shape.
#include <gtest/gtest.h>

#include <memory>

#include "slipway/api/ecs/Task.h"
#include "slipway/api/services.h"
#include "slipway/protocol/codec.h"
#include "unit/protocol/random_value.h"
#include "unit/protocol/toy_shapes.h"

namespace slipway::protocol {
namespace {

using api::Shape;
using Object = std::unique_ptr<void, void (*)(void*)>;

Object create(const Shape& shape) { return {shape.object.create(), shape.object.destroy}; }

std::vector<const Shape*> inputs_and_outputs() {
  std::vector<const Shape*> found;
  for (const api::Service* service : api::kServices) {
    for (const api::Operation& operation : service->operations) {
      if (operation.input) found.push_back(operation.input);
      if (operation.output) found.push_back(operation.output);
    }
  }
  return found;
}

constexpr std::uint32_t kSeeds = 20;

TEST(RoundTrip, json_gives_back_every_served_shape) {
  for (const Shape* shape : inputs_and_outputs()) {
    for (std::uint32_t seed = 0; seed < kSeeds; ++seed) {
      const Object before = create(*shape);
      const Object after = create(*shape);
      toy::RandomValue(seed).fill(*shape, before.get());
      const std::string text = encode_json(*shape, before.get());
      ASSERT_NO_THROW(decode_json(*shape, text, after.get()))
          << shape->name << " seed " << seed << ' ' << text;
      EXPECT_TRUE(toy::same(*shape, before.get(), after.get()))
          << shape->name << " seed " << seed << ' ' << text;
    }
  }
}

TEST(RoundTrip, json_gives_back_kinds_that_no_served_shape_has) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    toy::Everything before;
    toy::RandomValue(seed).fill(toy::kEverything, &before);
    EXPECT_EQ(from_json<toy::Everything>(to_json(before)), before)
        << "seed " << seed << ' ' << to_json(before);
  }
}

TEST(RoundTrip, json_by_type_agrees_with_json_by_table) {
  api::ecs::Task before;
  toy::RandomValue(7).fill(api::shape_of<api::ecs::Task>(), &before);
  EXPECT_EQ(from_json<api::ecs::Task>(to_json(before)), before);
}

TEST(RoundTrip, query_reads_what_a_client_would_send) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    toy::Everything before;
    toy::RandomValue(seed).fill(toy::kEverything, &before);
    // Not sent by the form writer of the test: they have tests of their own. An empty row in a matrix has no
    // field.
    before.time = before.iso_time = before.unix_time = std::nullopt;
    before.blob = std::nullopt;
    before.matrix = std::nullopt;
    // A structure without members has no field either.
    if (before.origin == toy::Point{}) before.origin = std::nullopt;
    if (before.points) std::erase(*before.points, toy::Point{});
    if (before.by_name)
      std::erase_if(*before.by_name, [](const auto& e) { return e.second == toy::Point{}; });
    toy::Everything after;
    const std::string form = toy::to_form(toy::kEverything, &before);
    decode_query(toy::kEverything, form, &after);
    // A flattened empty list under its items' name reads as an empty list; nothing differs.
    EXPECT_EQ(after, before) << "seed " << seed << ' ' << form;
  }
}

}  // namespace
}  // namespace slipway::protocol
