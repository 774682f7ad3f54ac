#include "services/ecs/json_reply.h"

#include <utility>

#include "slipway/protocol/codec.h"

namespace slipway::services::ecs {

void JsonReply::begin(std::string_view name) {
  if (in_array_) text_ += "],";
  text_ += '"';
  text_ += name;
  text_ += "\":[";
  in_array_ = true;
  first_ = true;
}

void JsonReply::separate() {
  if (!first_) text_ += ',';
  first_ = false;
}

void JsonReply::add(std::string_view json) {
  separate();
  text_ += json;
}

void JsonReply::add_string(std::string_view text) {
  separate();
  protocol::append_json_string(text_, text);
}

void JsonReply::add_failure(std::string_view arn, std::string_view reason) {
  separate();
  text_ += "{\"arn\":";
  protocol::append_json_string(text_, arn);
  text_ += ",\"reason\":";
  protocol::append_json_string(text_, reason);
  text_ += '}';
}

void JsonReply::next_token(std::string_view token) {
  text_ += "],\"nextToken\":";
  protocol::append_json_string(text_, token);
  in_array_ = false;
}

std::string JsonReply::finish() {
  if (in_array_) text_ += ']';
  text_ += '}';
  return std::move(text_);
}

}  // namespace slipway::services::ecs
