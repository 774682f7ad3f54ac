// How `--help` looks: an option's value, then on the next column what it means, its default and its variable.
// Installed on the command line by run(); commands inherit it.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace slipway::cli {

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter();
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace slipway::cli
