#include "cli/chunked_body.h"

#include <algorithm>
#include <charconv>

namespace slipway::cli {
namespace {

constexpr std::size_t kLongestLine = 8 * 1024;

}  // namespace

std::string ChunkedBody::feed(std::string_view bytes) {
  std::string out;
  while (!bytes.empty() && part_ != Part::Done && part_ != Part::Broken) {
    if (part_ == Part::Data) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      out += bytes.substr(0, size);
      bytes.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) part_ = Part::DataEnd;
      continue;
    }
    const auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line_.size() > kLongestLine) part_ = Part::Broken;
    if (end != std::string_view::npos && part_ != Part::Broken) end_line();
  }
  return out;
}

void ChunkedBody::end_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  const std::string line = std::move(line_);
  line_.clear();
  if (part_ == Part::DataEnd) {
    part_ = line.empty() ? Part::Size : Part::Broken;
  } else if (part_ == Part::Trailer) {
    if (line.empty()) part_ = Part::Done;
  } else {
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
    const bool read =
        error == std::errc{} && (end == line.data() + line.size() || *end == ';' || *end == ' ');
    part_ = !read ? Part::Broken : left_ == 0 ? Part::Trailer : Part::Data;
  }
}

}  // namespace slipway::cli
