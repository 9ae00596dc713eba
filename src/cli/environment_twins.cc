#include "cli/environment_twins.h"

#include <CLI/CLI.hpp>

namespace weir::cli {
namespace {

bool has_twin(const CLI::Option& option) {
  if (option.get_lnames().empty()) return false;
  const std::string& name = option.get_lnames().front();
  return name != "help" && name != "version";
}

}  // namespace

std::string twin_name(std::string_view long_flag) {
  std::string name = "WEIR_";
  for (char c : long_flag) {
    if (c == '-')
      name.push_back('_');
    else
      name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

void describe_twins(CLI::App& command) {
  for (CLI::Option* option : command.get_options())
    if (has_twin(*option))
      option->description(option->get_description() + " [" +
                          twin_name(option->get_lnames().front()) + "]");
}

void apply_twins(CLI::App& command, const std::function<const char*(const std::string&)>& lookup) {
  for (CLI::Option* option : command.get_options()) {
    if (!has_twin(*option) || option->count() > 0) continue;
    std::string variable = twin_name(option->get_lnames().front());
    const char* value = lookup(variable);
    if (!value) continue;
    bool repeated = option->get_items_expected_max() > 1;
    std::string_view rest = value;
    while (true) {
      size_t end = repeated ? rest.find('\n') : std::string_view::npos;
      std::string_view line = rest.substr(0, end);
      // A flag without a value: its twin says yes or no.
      if (option->get_items_expected_max() == 0) {
        if (line == "1" || line == "true" || line == "yes")
          option->add_result("true");
        else if (line != "0" && line != "false" && line != "no" && !line.empty())
          throw CLI::ValidationError(variable, "write 1 or 0");
      } else if (!line.empty() || !repeated) {
        option->add_result(std::string(line));
      }
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
    }
    if (option->count() == 0) continue;
    try {
      option->run_callback();
    } catch (const CLI::Error& error) {
      throw CLI::ValidationError(variable, error.what());
    }
  }
}

}  // namespace weir::cli
