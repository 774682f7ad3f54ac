#include "server/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>

namespace slipway::server {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, with a gzip header

// z_stream wants a pointer to non-const bytes, which inflate only reads.
Bytef* input_bytes(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));  // NOLINT: zlib's interface
}

}  // namespace

GunzipResult gunzip(std::string_view compressed, std::size_t limit, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) return GunzipResult::Malformed;
  const auto end = [](z_stream* s) { inflateEnd(s); };
  const std::unique_ptr<z_stream, decltype(end)> owner(&stream, end);

  stream.next_in = input_bytes(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::array<char, 16 * 1024> block;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = static_cast<uInt>(block.size());
    const int status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return GunzipResult::Malformed;
    const std::size_t made = block.size() - stream.avail_out;
    if (made > limit - std::min(limit, out.size())) return GunzipResult::TooLarge;
    out.append(block.data(), made);
    if (status != Z_STREAM_END) continue;
    if (stream.avail_in == 0) return GunzipResult::Done;
    // RFC 1952: a file may hold several members.
    if (inflateReset(&stream) != Z_OK) return GunzipResult::Malformed;
  }
}

}  // namespace slipway::server
