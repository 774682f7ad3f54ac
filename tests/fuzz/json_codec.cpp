// Whatever bytes arrive: the JSON codec decodes them or says SerializationException, and what it decoded it
// can write and read again. The first byte chooses the shape.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "slipway/api/services.h"
#include "slipway/protocol/codec.h"

namespace {

using slipway::api::Shape;
using Object = std::unique_ptr<void, void (*)(void*)>;

std::vector<const Shape*> inputs_and_outputs() {
  std::vector<const Shape*> found;
  for (const slipway::api::Service* service : slipway::api::kServices) {
    for (const slipway::api::Operation& operation : service->operations) {
      if (operation.input) found.push_back(operation.input);
      if (operation.output) found.push_back(operation.output);
    }
  }
  return found;
}

// False when the codec refused the text.
bool decode(const Shape& shape, std::string_view text, void* object) {
  try {
    slipway::protocol::decode_json(shape, text, object);
    return true;
  } catch (const slipway::AwsError& error) {
    if (error.code() != "SerializationException" || error.status() != 400) std::abort();
    return false;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::vector<const Shape*> shapes = inputs_and_outputs();
  if (size == 0) return 0;
  const Shape& shape = *shapes[data[0] % shapes.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Object first(shape.object.create(), shape.object.destroy);
  if (!decode(shape, text, first.get())) return 0;
  const std::string written = slipway::protocol::encode_json(shape, first.get());
  const Object second(shape.object.create(), shape.object.destroy);
  if (!decode(shape, written, second.get())) std::abort();
  if (slipway::protocol::encode_json(shape, second.get()) != written) std::abort();
  return 0;
}
