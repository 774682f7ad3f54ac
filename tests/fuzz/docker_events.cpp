// Bytes of GET /events, in pieces whose size the first byte chooses; then the same bytes as one answer of
// inspect.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/docker/codec.h"
#include "runtime/docker/streams.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace slipway::runtime::docker;
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{1} + data[0];
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole(bytes);
  LineSplitter lines;
  while (!bytes.empty()) {
    for (const std::string& line : lines.feed(bytes.substr(0, piece))) decode_event(line);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  (void)decode_container(whole);
  (void)decode_containers(whole);
  (void)decode_network(whole);
  return 0;
}
