#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace weir::cli {

// Help texts of at most 100 columns: the flag with what it takes, then, in a column of their own,
// what it does and its default.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace weir::cli
