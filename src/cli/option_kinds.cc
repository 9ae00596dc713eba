#include "cli/option_kinds.h"

#include <CLI/CLI.hpp>

#include "util/number.h"

namespace weir::cli {
namespace {

// An option whose value `parse` turns into a number, with its default in the help text.
void add_parsed(CLI::App& command, const char* flag, uint64_t& target, const char* help,
                const char* type, const char* shown, Result<uint64_t> (*parse)(std::string_view)) {
  command
      .add_option_function<std::string>(
          flag,
          [&target, parse, flag](const std::string& text) {
            auto value = parse(text);
            if (!value.ok()) throw CLI::ValidationError(flag, value.error().message);
            target = *value;
          },
          help)
      ->type_name(type)
      ->default_str(shown);
}

}  // namespace

void add_duration(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
                  const char* help) {
  add_parsed(command, flag, target, help, "DURATION", shown, parse_duration);
}

void add_size(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
              const char* help) {
  add_parsed(command, flag, target, help, "SIZE", shown, parse_size);
}

}  // namespace weir::cli
