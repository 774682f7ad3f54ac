// Bytes of a container's output, as frames (even first byte) or a terminal's text (odd), in pieces whose size
// the first byte chooses and in one: both give the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/docker/log_decoder.h"

namespace {

using namespace slipway::runtime;
using docker::LogDecoder;

std::vector<LogPiece> decode(LogDecoder& decoder, std::string_view bytes, std::size_t size) {
  std::vector<LogPiece> out;
  while (!bytes.empty()) {
    for (LogPiece& piece : decoder.feed(bytes.substr(0, size))) out.push_back(std::move(piece));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  for (LogPiece& piece : decoder.finish()) out.push_back(std::move(piece));
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto form = data[0] % 2 == 0 ? LogDecoder::Form::Frames : LogDecoder::Form::Text;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  LogDecoder in_pieces(form);
  LogDecoder at_once(form);
  const auto first = decode(in_pieces, bytes, std::size_t{1} + data[0]);
  if (first != decode(at_once, bytes, bytes.size())) std::abort();
  if (in_pieces.error() != at_once.error()) std::abort();
  for (const LogPiece& piece : first) {
    if (piece.text.find('\n') != std::string::npos) std::abort();
  }
  return 0;
}
