// Columns on a terminal (with a bold header), tab-separated when piped.
#pragma once

#include <string>
#include <vector>

namespace slipway::cli {

enum class Colour { Plain, Bold, Green, Yellow, Red, Dim, Cyan, Magenta, Blue };

// Standard output is a terminal and $NO_COLOR is not set.
bool on_terminal();
// `text` in that colour on a terminal, else as it is.
std::string paint(const std::string& text, Colour colour);

class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  void print() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace slipway::cli
