// UTF-8 checking, for the codecs: what goes on the wire or into the store is valid UTF-8. Pure, any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace slipway::protocol {

// Bytes of the well-formed character that `text` has at `position` (1 to 4), or 0: overlong forms,
// surrogates, values above U+10FFFF and cut sequences are not characters (Unicode 15, table 3-7). `position`
// is inside `text`.
std::size_t utf8_length(std::string_view text, std::size_t position);

bool is_utf8(std::string_view text);

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

}  // namespace slipway::protocol
