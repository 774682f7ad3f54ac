// A pull reader for the JSON documents that the store itself wrote. It walks the text once and allocates only
// the values that are asked for: start-up reads a hundred thousand task documents.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace slipway::store {

// The text is not JSON, or not of the kind asked for; what() says where.
class JsonError final : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class JsonReader final {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  // Calls `visit(key)` for each member; the visitor reads or skips its value.
  template <class Visit>
  void object(const Visit& visit) {
    expect('{');
    if (accept('}')) return;
    do {
      const std::string key = string();
      expect(':');
      visit(std::string_view(key));
    } while (accept(','));
    expect('}');
  }
  // Calls `visit()` for each element.
  template <class Visit>
  void array(const Visit& visit) {
    expect('[');
    if (accept(']')) return;
    do {
      visit();
    } while (accept(','));
    expect(']');
  }
  std::string string();
  std::int64_t integer();
  bool boolean();
  // The text of the next value, unparsed.
  std::string_view raw();
  void skip() { raw(); }
  // Throws when anything but white space follows.
  void end();

 private:
  void space();
  void expect(char wanted);
  bool accept(char wanted);
  void skip_string();
  void skip_value(int depth);
  char32_t code_unit();
  void escape(std::string& out);
  [[noreturn]] void fail(std::string_view wanted) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace slipway::store
