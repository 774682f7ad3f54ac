#include "cli/table.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "slipway/app/environment.h"

namespace slipway::cli {
namespace {

Colour status_colour(const std::string& text) {
  if (text == "RUNNING" || text == "ACTIVE" || text == "HEALTHY" || text == "ok") return Colour::Green;
  if (text == "PENDING" || text == "PROVISIONING" || text == "STOPPING" || text == "DEPROVISIONING")
    return Colour::Yellow;
  if (text == "UNHEALTHY" || text == "fail") return Colour::Red;
  if (text == "STOPPED" || text == "INACTIVE") return Colour::Dim;
  return Colour::Plain;
}

void print_row(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, bool header) {
  std::string line;
  for (std::size_t i = 0; i < row.size(); ++i) {
    line += paint(row[i], header ? Colour::Bold : status_colour(row[i]));
    if (i + 1 < row.size()) line += std::string(widths[i] - row[i].size() + 2, ' ');
  }
  std::cout << line << '\n';
}

}  // namespace

bool on_terminal() {
  static const bool terminal = isatty(STDOUT_FILENO) != 0 && app::environment("NO_COLOR").empty();
  return terminal;
}

std::string paint(const std::string& text, Colour colour) {
  if (!on_terminal() || colour == Colour::Plain) return text;
  const char* code = "1";
  switch (colour) {
    case Colour::Green:
      code = "32";
      break;
    case Colour::Yellow:
      code = "33";
      break;
    case Colour::Red:
      code = "31";
      break;
    case Colour::Dim:
      code = "2";
      break;
    case Colour::Cyan:
      code = "36";
      break;
    case Colour::Magenta:
      code = "35";
      break;
    case Colour::Blue:
      code = "34";
      break;
    case Colour::Bold:
    case Colour::Plain:
      break;
  }
  return std::string("\033[") + code + "m" + text + "\033[0m";
}

void Table::print() const {
  if (!on_terminal()) {
    for (const auto& row : rows_) {
      for (std::size_t i = 0; i < row.size(); ++i) std::cout << (i == 0 ? "" : "\t") << row[i];
      std::cout << '\n';
    }
    return;
  }
  std::vector<std::size_t> widths(header_.size(), 0);
  for (std::size_t i = 0; i < header_.size(); ++i) {
    widths[i] = header_[i].size();
    for (const auto& row : rows_) widths[i] = std::max(widths[i], row[i].size());
  }
  print_row(header_, widths, true);
  for (const auto& row : rows_) print_row(row, widths, false);
}

}  // namespace slipway::cli
