#include "protocol/serialization_error.h"

namespace slipway::protocol {
namespace {

std::string_view phrase(api::Kind kind) {
  switch (kind) {
    case api::Kind::Boolean:
      return "a Boolean";
    case api::Kind::Integer:
      return "an Integer";
    case api::Kind::Long:
      return "a Long";
    case api::Kind::Double:
      return "a Double";
    case api::Kind::Float:
      return "a Float";
    case api::Kind::Timestamp:
      return "milliseconds since epoch";
    case api::Kind::Blob:
      return "a ByteBuffer";
    default:
      return "a String";
  }
}

}  // namespace

AwsError serialization_error(const std::string& message) { return {"SerializationException", message, 400}; }

AwsError wrong_scalar(std::string_view found, api::Kind wanted) {
  if (wanted == api::Kind::List) return serialization_error("Expected list or null");
  if (wanted == api::Kind::Structure || wanted == api::Kind::Map) return serialization_error("Expected null");
  std::string message(found);
  message += " can not be converted to ";
  message += phrase(wanted);
  return serialization_error(message);
}

AwsError unexpected_list() { return serialization_error("Start of list found where not expected"); }

AwsError unexpected_structure() {
  return serialization_error("Start of structure or map found where not expected.");
}

AwsError too_deep() { return serialization_error("The request nests deeper than 64 levels."); }

}  // namespace slipway::protocol
