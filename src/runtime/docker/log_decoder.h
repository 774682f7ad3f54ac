// The answer of GET /containers/{id}/logs?timestamps=1: frames of stdout and stderr, or, of a container with
// a terminal, plain text. No I/O: bytes in, pieces out. Control thread only.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "slipway/runtime/engine.h"

namespace slipway::runtime::docker {

class LogDecoder final {
 public:
  enum class Form {
    Frames,  // 8 bytes (stream, 0, 0, 0, length) before each piece
    Text     // of a terminal: all of it is stdout
  };

  explicit LogDecoder(Form form) : form_(form) {}

  // The pieces that `bytes` completes. None once error() says something.
  std::vector<LogPiece> feed(std::string_view bytes);
  // At the end of the answer: what has no newline.
  std::vector<LogPiece> finish();
  // What the engine reports inside the stream, or what is wrong with the frames; empty: nothing.
  const std::string& error() const { return error_; }

 private:
  void read_frames(std::vector<LogPiece>& out);
  void read_frame(std::uint8_t stream, std::string_view payload, std::vector<LogPiece>& out);
  void read_text(std::vector<LogPiece>& out);
  bool read_stamp();
  bool read_line(std::vector<LogPiece>& out);
  void take_stamp(std::string_view& text);

  Form form_;
  std::string rest_;       // bytes that are not decoded yet
  std::size_t begin_ = 0;  // of them: where the next frame or line begins
  LogTime time_{};         // of the last stamp
  bool stamped_ = false;   // text form: the stamp of the current line was read
  std::string error_;
};

}  // namespace slipway::runtime::docker
