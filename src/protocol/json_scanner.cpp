#include "protocol/json_scanner.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "protocol/utf8.h"

namespace slipway::protocol {
namespace {

bool is_digit(int byte) { return byte >= '0' && byte <= '9'; }

// Whether a byte may stand in a string as it is and needs no look at those behind it.
bool is_plain(unsigned char byte) { return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\'; }

// Bytes from `at` on that are plain: eight at a time, then one by one. A borrow can only make a byte after
// one that is not plain look so too.
std::size_t plain_end(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const std::uint64_t quote = bytes ^ (kOnes * '"');
    const std::uint64_t backslash = bytes ^ (kOnes * '\\');
    const std::uint64_t odd = ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash) |
                              ((bytes - kOnes * 0x20) & ~bytes) | bytes;
    if ((odd & (kOnes * 0x80)) != 0) break;
  }
  while (at < text.size() && is_plain(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto put_rest = [&put, point](unsigned shift) { put(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | (point >> 6U));
    put_rest(0);
  } else if (point < 0x10000) {
    put(0xE0U | (point >> 12U));
    put_rest(6);
    put_rest(0);
  } else {
    put(0xF0U | (point >> 18U));
    put_rest(12);
    put_rest(6);
    put_rest(0);
  }
}

}  // namespace

JsonScanner::JsonScanner(std::string_view text) : text_(text) {
  if (text.starts_with("\xEF\xBB\xBF")) at_ = 3;
}

JsonToken JsonScanner::next() {
  int byte = get();
  while (byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t') byte = get();
  switch (byte) {
    case '{':
      return JsonToken::BeginObject;
    case '}':
      return JsonToken::EndObject;
    case '[':
      return JsonToken::BeginArray;
    case ']':
      return JsonToken::EndArray;
    case ':':
      return JsonToken::Colon;
    case ',':
      return JsonToken::Comma;
    case '"':
      return string();
    case 't':
      return literal("rue", JsonToken::True);
    case 'f':
      return literal("alse", JsonToken::False);
    case 'n':
      return literal("ull", JsonToken::Null);
    case -1:
      return JsonToken::End;
    default:
      if (byte != '-' && !is_digit(byte)) return JsonToken::Invalid;
      --at_;
      return number();
  }
}

// The rest of a word after its first letter.
JsonToken JsonScanner::literal(std::string_view word, JsonToken token) {
  for (const char c : word) {
    if (get() != c) return JsonToken::Invalid;
  }
  return token;
}

JsonToken JsonScanner::string() {
  const std::size_t begin = at_;
  std::size_t copied = at_;  // up to here the text is in decoded_
  bool escaped = false;
  for (;;) {
    at_ = plain_end(text_, at_);
    const std::size_t here = at_;
    const int byte = get();
    if (byte == '"') {
      if (escaped) {
        decoded_.append(text_, copied, here - copied);
        value_ = decoded_;
      } else {
        value_ = text_.substr(begin, here - begin);
      }
      return JsonToken::String;
    }
    if (byte == '\\') {
      if (!escaped) decoded_.clear();
      escaped = true;
      decoded_.append(text_, copied, here - copied);
      if (!escape()) return JsonToken::Invalid;
      copied = at_;
    } else {
      const std::size_t length = byte < 0x80 ? 0 : utf8_length(text_, here);
      if (length == 0) return JsonToken::Invalid;
      at_ = here + length;
    }
  }
}

// After the backslash.
bool JsonScanner::escape() {
  constexpr std::string_view kNames = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
  const int name = get();
  if (name != 'u') {
    const std::size_t place = name < 0 ? std::string_view::npos : kNames.find(static_cast<char>(name));
    if (place == std::string_view::npos) return false;
    decoded_ += kMeanings[place];
    return true;
  }
  std::int32_t point = hex4();
  if (point >= 0xD800 && point <= 0xDBFF) {
    if (get() != '\\' || get() != 'u') return false;
    const std::int32_t low = hex4();
    if (low < 0xDC00 || low > 0xDFFF) return false;
    point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
  } else if (point < 0 || (point >= 0xDC00 && point <= 0xDFFF)) {
    return false;
  }
  append_utf8(decoded_, static_cast<std::uint32_t>(point));
  return true;
}

// -1 when a digit is none.
std::int32_t JsonScanner::hex4() {
  std::int32_t value = 0;
  for (int i = 0; i < 4; ++i) {
    const int byte = get();
    const int letter = byte | 0x20;
    if (is_digit(byte)) {
      value = value * 16 + (byte - '0');
    } else if (byte > 0 && letter >= 'a' && letter <= 'f') {
      value = value * 16 + (letter - 'a' + 10);
    } else {
      return -1;
    }
  }
  return value;
}

// One or more; at_ stays at the byte behind, or behind the byte that should have been the first.
bool JsonScanner::digits() {
  if (!is_digit(get())) return false;
  while (is_digit(peek())) ++at_;
  return true;
}

JsonToken JsonScanner::number() {
  const std::size_t begin = at_;
  if (peek() == '-') ++at_;
  if (peek() == '0') {
    ++at_;
  } else if (!digits()) {
    return JsonToken::Invalid;
  }
  bool whole = true;
  if (peek() == '.') {
    whole = false;
    ++at_;
    if (!digits()) return JsonToken::Invalid;
  }
  if (peek() == 'e' || peek() == 'E') {
    whole = false;
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return JsonToken::Invalid;
  }
  return convert(text_.substr(begin, at_ - begin), whole);
}

// A number beyond all doubles is refused.
JsonToken JsonScanner::convert(std::string_view number, bool whole) {
  const char* end = number.data() + number.size();
  if (whole && std::from_chars(number.data(), end, integer_).ec == std::errc{}) return JsonToken::Integer;
  if (std::from_chars(number.data(), end, real_).ec != std::errc{}) {
    // Too large, or so small that it is 0: from_chars does not say which.
    real_ = std::strtod(std::string(number).c_str(), nullptr);
    if (!std::isfinite(real_)) return JsonToken::Invalid;
  }
  value_ = number;
  return JsonToken::Float;
}

}  // namespace slipway::protocol
