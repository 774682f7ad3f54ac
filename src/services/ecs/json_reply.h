// Building an answer out of ready JSON text. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace slipway::services::ecs {

// `{"<name>":[…],…}`: members of ready elements, one after the other. Names are plain.
class JsonReply final {
 public:
  // Begins the array member `name`; ends the one before.
  void begin(std::string_view name);
  // Makes room for `count` elements of about `size` bytes: growing a long answer step by step costs more than
  // writing it.
  void expect(std::size_t count, std::size_t size) { text_.reserve(text_.size() + count * (size + 8) + 256); }
  // Appends ready JSON to the array.
  void add(std::string_view json);
  void add_string(std::string_view text);
  // Appends `{"arn":…,"reason":…}`.
  void add_failure(std::string_view arn, std::string_view reason);
  // Ends the array, then appends the text member "nextToken".
  void next_token(std::string_view token);
  std::string finish();

 private:
  void separate();
  std::string text_ = "{";
  bool in_array_ = false;
  bool first_ = true;
};

}  // namespace slipway::services::ecs
