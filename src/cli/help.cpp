#include "cli/help.h"

#include <algorithm>

namespace slipway::cli {
namespace {

constexpr std::size_t kColumn = 38;

// CLI11 names a checked text "TEXT:<what the check is called>", a choice "TEXT:{a,b}".
std::string value_name(const CLI::Option& option) {
  std::string name = option.get_type_name();
  for (const std::string prefix : {"TEXT:", "INT:", "FLOAT:"}) {
    if (name.starts_with(prefix)) name = name.substr(prefix.size());
  }
  if (name.starts_with('{') && name.ends_with('}')) {
    name = name.substr(1, name.size() - 2);
    std::replace(name.begin(), name.end(), ',', '|');
  }
  return name;
}

}  // namespace

HelpFormatter::HelpFormatter() {
  column_width(kColumn);
  label("SUBCOMMAND", "COMMAND");
}

std::string HelpFormatter::make_option_opts(const CLI::Option* option) const {
  return option->get_type_size() == 0 ? "" : " " + value_name(*option);
}

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  std::string text = option->get_description();
  if (const std::string value = option->get_default_str(); !value.empty() && option->get_type_size() != 0) {
    text += " (default ";
    text += value;
    text += ')';
  }
  if (const std::string variable = option->get_envname(); !variable.empty()) {
    text += " [$";
    text += variable;
    text += ']';
  }
  return text;
}

}  // namespace slipway::cli
