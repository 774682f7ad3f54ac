// Base64 as AWS uses it for blobs: RFC 4648 section 4, with padding, no line breaks. Pure, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::protocol {

std::string base64_encode(std::string_view bytes);

// The bytes, or nothing when `text` is not base64.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace slipway::protocol
