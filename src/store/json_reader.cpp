#include "store/json_reader.h"

#include <charconv>

namespace slipway::store {
namespace {

constexpr int kMaxDepth = 64;

void append_utf8(std::string& out, char32_t c) {
  const auto byte = [&out](char32_t value) { out.push_back(static_cast<char>(value)); };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xC0 | (c >> 6));
    byte(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    byte(0xE0 | (c >> 12));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  } else {
    byte(0xF0 | (c >> 18));
    byte(0x80 | ((c >> 12) & 0x3F));
    byte(0x80 | ((c >> 6) & 0x3F));
    byte(0x80 | (c & 0x3F));
  }
}

}  // namespace

void JsonReader::fail(std::string_view wanted) const {
  throw JsonError("expected " + std::string(wanted) + " at offset " + std::to_string(at_));
}

void JsonReader::space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c != ' ' && c != '\n' && c != '\t' && c != '\r') return;
    ++at_;
  }
}

bool JsonReader::accept(char wanted) {
  space();
  if (at_ >= text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

void JsonReader::expect(char wanted) {
  if (!accept(wanted)) fail(std::string_view(&wanted, 1));
}

std::string JsonReader::string() {
  expect('"');
  std::string out;
  while (true) {
    const auto end = text_.find_first_of("\"\\", at_);
    if (end == std::string_view::npos) fail("the end of a string");
    out.append(text_.substr(at_, end - at_));
    at_ = end + 1;
    if (text_[end] == '"') return out;
    escape(out);
  }
}

void JsonReader::escape(std::string& out) {
  if (at_ >= text_.size()) fail("an escape");
  const char c = text_[at_++];
  switch (c) {
    case 'b':
      out.push_back('\b');
      return;
    case 'f':
      out.push_back('\f');
      return;
    case 'n':
      out.push_back('\n');
      return;
    case 'r':
      out.push_back('\r');
      return;
    case 't':
      out.push_back('\t');
      return;
    case '"':
    case '\\':
    case '/':
      out.push_back(c);
      return;
    case 'u':
      break;
    default:
      fail("an escape");
  }
  char32_t unit = code_unit();
  if (unit >= 0xD800 && unit < 0xDC00 && text_.substr(at_, 2) == "\\u") {
    at_ += 2;
    const char32_t low = code_unit();
    unit = low >= 0xDC00 && low < 0xE000 ? 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00) : 0xFFFD;
  }
  append_utf8(out, unit >= 0xD800 && unit < 0xE000 ? 0xFFFD : unit);
}

char32_t JsonReader::code_unit() {
  std::uint32_t value = 0;
  if (at_ + 4 > text_.size()) fail("four hexadecimal digits");
  const char* first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, first + 4, value, 16);
  if (error != std::errc() || end != first + 4) fail("four hexadecimal digits");
  at_ += 4;
  return value;
}

std::int64_t JsonReader::integer() {
  space();
  std::int64_t value = 0;
  const char* first = text_.data() + at_;
  const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
  if (error != std::errc()) fail("an integer");
  at_ += static_cast<std::size_t>(end - first);
  return value;
}

bool JsonReader::boolean() {
  space();
  for (const auto word : {std::string_view("true"), std::string_view("false")}) {
    if (text_.substr(at_).starts_with(word)) {
      at_ += word.size();
      return word == "true";
    }
  }
  fail("true or false");
}

std::string_view JsonReader::raw() {
  space();
  const auto begin = at_;
  skip_value(0);
  return text_.substr(begin, at_ - begin);
}

void JsonReader::skip_string() {
  expect('"');
  while (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"') return;
    if (c == '\\') ++at_;
  }
  fail("the end of a string");
}

void JsonReader::skip_value(int depth) {
  space();
  if (at_ >= text_.size() || depth > kMaxDepth) fail("a value");
  const char c = text_[at_];
  if (c == '"') return skip_string();
  if (c == '{' || c == '[') {
    const char close = c == '{' ? '}' : ']';
    ++at_;
    if (accept(close)) return;
    do {
      if (c == '{') {
        space();
        skip_string();
        expect(':');
      }
      skip_value(depth + 1);
    } while (accept(','));
    return expect(close);
  }
  const auto end = text_.find_first_of(",]} \n\t\r", at_);
  const auto stop = end == std::string_view::npos ? text_.size() : end;
  if (stop == at_) fail("a value");
  at_ = stop;
}

void JsonReader::end() {
  space();
  if (at_ != text_.size()) fail("the end");
}

}  // namespace slipway::store
