// Bytes of a pull's progress stream, in pieces whose size the first byte chooses; then the same bytes as an
// image reference.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/docker/streams.h"
#include "runtime/reference.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway::runtime;
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{1} + data[0];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto reference = parse_image_reference(bytes);
  // What was read once reads the same again.
  if (reference && parse_image_reference(reference->familiar())->familiar() != reference->familiar())
    std::abort();
  docker::PullDecoder decoder;
  while (!bytes.empty()) {
    decoder.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return 0;
}
