// Errors for clients that speak Smithy RPC v2 CBOR (RFC 8949): they read no other form, whatever was asked.
#include <algorithm>

#include "protocol/utf8.h"
#include "slipway/protocol/codec.h"

namespace slipway::protocol {
namespace {

constexpr unsigned kText = 0x60;  // major types
constexpr unsigned kMap = 0xA0;

void append_byte(std::string& out, std::size_t byte) { out += static_cast<char>(byte & 0xFFU); }

void append_head(std::string& out, unsigned type, std::size_t size) {
  if (size < 24) {
    append_byte(out, type + size);
  } else if (size < 0x100) {
    append_byte(out, type + 24U);
    append_byte(out, size);
  } else {
    append_byte(out, type + 26U);
    for (int shift = 24; shift >= 0; shift -= 8) append_byte(out, size >> static_cast<unsigned>(shift));
  }
}

// Invalid UTF-8 becomes U+FFFD.
std::string well_formed(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = utf8_length(text, i);
    out += length == 0 ? kReplacementCharacter : text.substr(i, length);
    i += std::max<std::size_t>(length, 1);
  }
  return out;
}

void append_text(std::string& out, std::string_view raw) {
  const std::string text = well_formed(raw);
  append_head(out, kText, text.size());
  out += text;
}

}  // namespace

std::string encode_cbor_error(std::string_view code, std::string_view message) {
  std::string out;
  append_head(out, kMap, 2);
  append_text(out, "__type");
  append_text(out, code);
  append_text(out, "message");
  append_text(out, message);
  return out;
}

}  // namespace slipway::protocol
