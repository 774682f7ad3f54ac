// A body in HTTP/1.1 chunks, without a socket: bytes in, the body's bytes out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace slipway::cli {

class ChunkedBody final {
 public:
  // The part of the body in `bytes`. Empty once it is done or broken.
  std::string feed(std::string_view bytes);
  // The last chunk and what follows it have come.
  bool done() const { return part_ == Part::Done; }
  // These are no chunks.
  bool broken() const { return part_ == Part::Broken; }

 private:
  enum class Part { Size, Data, DataEnd, Trailer, Done, Broken };
  void end_line();

  Part part_ = Part::Size;
  std::string line_;        // what has come of a line that is not data
  std::uint64_t left_ = 0;  // bytes of the chunk still to come
};

}  // namespace slipway::cli
