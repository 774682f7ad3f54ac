// Strict JSON (RFC 8259) in one piece of memory, read token by token: strings without escapes are views into
// the text. For json_decode.cpp. Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::protocol {

enum class JsonToken : std::uint8_t {
  BeginObject,
  EndObject,
  BeginArray,
  EndArray,
  Colon,
  Comma,
  String,
  Integer,
  Float,  // also whole numbers that no std::int64_t holds
  True,
  False,
  Null,
  End,     // of the text
  Invalid  // no token begins or goes on so
};

class JsonScanner final {
 public:
  // `text` outlives the scanner. A byte order mark at its start is skipped.
  explicit JsonScanner(std::string_view text);

  // Not after End or Invalid.
  JsonToken next();

  // Of the last token; valid until the next one. String: decoded, valid UTF-8; Float: as written.
  std::string_view text() const { return value_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }
  // Bytes up to the end of the last token; with Invalid up to the byte that does not fit, which for an end
  // that came too early is the one after the last.
  std::size_t position() const { return at_; }

 private:
  int peek() const { return at_ < text_.size() ? static_cast<unsigned char>(text_[at_]) : -1; }
  // The next byte, or -1 behind the end; counted either way.
  int get() {
    const int byte = peek();
    ++at_;
    return byte;
  }
  JsonToken literal(std::string_view word, JsonToken token);
  JsonToken string();
  bool escape();
  std::int32_t hex4();
  JsonToken number();
  bool digits();
  JsonToken convert(std::string_view number, bool whole);

  std::string_view text_;
  std::size_t at_ = 0;
  std::string_view value_;
  std::string decoded_;  // of a string with escapes
  std::int64_t integer_ = 0;
  double real_ = 0;
};

}  // namespace slipway::protocol
