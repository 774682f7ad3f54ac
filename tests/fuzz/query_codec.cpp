// Whatever bytes arrive: the query codec decodes them or says SerializationException, and what it decoded it
// can write as XML. The first byte chooses the shape; every shape serves, also those of JSON services.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "slipway/api/services.h"
#include "slipway/protocol/codec.h"

namespace {

struct Target {
  const slipway::api::Service* service;
  slipway::api::Operation operation;  // whose output is the shape
};

std::vector<Target> targets() {
  std::vector<Target> found;
  for (const slipway::api::Service* service : slipway::api::kServices) {
    for (const slipway::api::Operation& operation : service->operations) {
      for (const slipway::api::Shape* shape : {operation.input, operation.output}) {
        if (!shape) continue;
        found.push_back({service, operation});
        found.back().operation.output = shape;
      }
    }
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<Target> all = targets();
  if (size == 0) return 0;
  const Target& target = all[data[0] % all.size()];
  const slipway::api::Shape& shape = *target.operation.output;
  const std::string_view form(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::unique_ptr<void, void (*)(void*)> object(shape.object.create(), shape.object.destroy);
  try {
    slipway::protocol::decode_query(shape, form, object.get());
  } catch (const slipway::AwsError& error) {
    if (error.code() != "SerializationException" || error.status() != 400) std::abort();
    return 0;
  }
  const std::string xml =
      slipway::protocol::encode_query(*target.service, target.operation, object.get(), "id");
  if (xml.front() != '<' || xml.back() != '>') std::abort();
  return 0;
}
