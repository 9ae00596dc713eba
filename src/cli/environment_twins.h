#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace weir::cli {

// The environment variable that stands for a long flag: `--max-memory` is `WEIR_MAX_MEMORY`.
std::string twin_name(std::string_view long_flag);

// Names each long flag's twin in the help text of `command`.
void describe_twins(CLI::App& command);

// Gives every option of `command` that the command line left out the value of its twin, where that
// is set (values of a repeated flag are separated by line breaks). `lookup` finds a variable or
// gives null. Throws CLI::ValidationError, whose text names the variable, when a value is refused.
void apply_twins(CLI::App& command, const std::function<const char*(const std::string&)>& lookup);

}  // namespace weir::cli
