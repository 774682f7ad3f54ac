// JSON's grammar: hands what a text holds to a reader, piece by piece. The reader has begin_object, key,
// end_object, begin_array, end_array, string, integer, real, boolean and null; it throws to end the parsing,
// and must for more than kMaxDepth open lists and objects. For json_decode.cpp. Pure, any thread.
#pragma once

#include <bitset>
#include <string>
#include <string_view>

#include "protocol/json_scanner.h"
#include "protocol/serialization_error.h"

namespace slipway::protocol {

template <class Reader>
class JsonParser final {
 public:
  JsonParser(std::string_view text, Reader& reader) : scanner_(text), reader_(reader) {}

  void run() {
    token_ = scanner_.next();
    do {
      while (value_opens()) {
      }
    } while (another_follows());
    if (scanner_.next() != JsonToken::End) fail();
  }

 private:
  // Reads the value that begins with token_. True when it is a list or object with something in it: then
  // token_ begins the first value of it.
  bool value_opens() {
    switch (token_) {
      case JsonToken::BeginObject:
        reader_.begin_object();  // and counts the depth
        in_object_[depth_++] = true;
        token_ = scanner_.next();
        if (token_ != JsonToken::EndObject) return read_key(), true;
        return end_container(), false;
      case JsonToken::BeginArray:
        reader_.begin_array();
        in_object_[depth_++] = false;
        token_ = scanner_.next();
        if (token_ != JsonToken::EndArray) return true;
        return end_container(), false;
      default:
        return read_scalar(), false;
    }
  }

  void read_scalar() {
    switch (token_) {
      case JsonToken::String:
        return reader_.string(scanner_.text());
      case JsonToken::Integer:
        return reader_.integer(scanner_.integer());
      case JsonToken::Float:
        return reader_.real(scanner_.real(), scanner_.text());
      case JsonToken::True:
        return reader_.boolean(true);
      case JsonToken::False:
        return reader_.boolean(false);
      case JsonToken::Null:
        return reader_.null();
      default:
        fail();
    }
  }

  // After a value: ends the lists and objects that end here. True when token_ begins another value of the one
  // that goes on.
  bool another_follows() {
    while (depth_ > 0) {
      token_ = scanner_.next();
      const bool object = in_object_[depth_ - 1];
      if (token_ == JsonToken::Comma) {
        token_ = scanner_.next();
        if (object) read_key();
        return true;
      }
      if (token_ != (object ? JsonToken::EndObject : JsonToken::EndArray)) fail();
      end_container();
    }
    return false;
  }

  void read_key() {
    if (token_ != JsonToken::String) fail();
    reader_.key(scanner_.text());
    if (scanner_.next() != JsonToken::Colon) fail();
    token_ = scanner_.next();
  }

  void end_container() {
    if (in_object_[--depth_]) {
      reader_.end_object();
    } else {
      reader_.end_array();
    }
  }

  [[noreturn]] void fail() const {
    throw serialization_error("The request body is not valid JSON: it breaks at byte " +
                              std::to_string(scanner_.position()) + ".");
  }

  JsonScanner scanner_;
  Reader& reader_;
  JsonToken token_ = JsonToken::End;
  std::bitset<kMaxDepth> in_object_;  // the reader lets nothing deeper begin
  std::size_t depth_ = 0;
};

}  // namespace slipway::protocol
