// Writes the store's own JSON documents: members with their default value are left out, so that documents
// stay small and reading tolerates members that an older Slipway did not know.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "slipway/protocol/codec.h"

namespace slipway::store {

class JsonWriter final {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void key(std::string_view name) {
    separate();
    out_.push_back('"');
    out_ += name;
    out_ += "\":";
    first_ = true;
  }
  void value(std::string_view text) {
    separate();
    protocol::append_json_string(out_, text);
  }
  void value(std::int64_t number) {
    separate();
    out_ += std::to_string(number);
  }
  void value(bool flag) {
    separate();
    out_ += flag ? "true" : "false";
  }
  // Text that is JSON already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }

  void text(std::string_view name, std::string_view content) {
    if (content.empty()) return;
    key(name);
    value(content);
  }
  void number(std::string_view name, std::int64_t content) {
    if (content == 0) return;
    key(name);
    value(content);
  }
  void flag(std::string_view name, bool content) {
    if (!content) return;
    key(name);
    value(true);
  }
  std::string take() { return std::move(out_); }

 private:
  void separate() {
    if (!first_) out_.push_back(',');
    first_ = false;
  }
  void open(char c) {
    separate();
    out_.push_back(c);
    first_ = true;
  }
  void close(char c) {
    out_.push_back(c);
    first_ = false;
  }

  std::string out_;
  bool first_ = true;
};

}  // namespace slipway::store
