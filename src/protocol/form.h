// application/x-www-form-urlencoded text: request bodies of the query protocol, and query strings. Pure, any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::protocol {

// `+` is a space, %XX a byte; nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> form_decode(std::string_view text);

struct FormField {
  std::string_view name;   // still encoded
  std::string_view value;  // still encoded; empty without `=`
};
// Takes the first field off `form`; nothing when none is left. Empty fields (`&&`) are passed over.
std::optional<FormField> take_form_field(std::string_view& form);

}  // namespace slipway::protocol
