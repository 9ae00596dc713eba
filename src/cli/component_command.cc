#include <filesystem>
#include <memory>

#include "cli/tool_verbs.h"
#include "cli/version.h"
#include "host/file.h"
#include "tools/component/new_component.h"

namespace weir::cli {
namespace {

struct NewOptions {
  std::string path;
  std::string output;
  // NAME=FILE, or FILE, whose name is the adapter's.
  std::vector<std::string> adapters;
};

Result<int> new_component(const NewOptions& options) {
  auto module = WEIR_TRY(host::read_file(options.path));
  std::vector<host::FileContent> files;
  files.reserve(options.adapters.size());
  tools::NewComponentOptions made{options.path, module.bytes.span(), {}, version_number()};
  for (const std::string& adapter : options.adapters) {
    size_t equals = adapter.find('=');
    std::string file = equals == std::string::npos ? adapter : adapter.substr(equals + 1);
    // `wasi_snapshot_preview1.reactor.wasm` adapts `wasi_snapshot_preview1`.
    std::string base = std::filesystem::path(file).filename().string();
    std::string name =
        equals == std::string::npos ? base.substr(0, base.find('.')) : adapter.substr(0, equals);
    files.push_back(WEIR_TRY(host::read_file(file)));
    made.adapters.emplace_back(name, files.back().bytes.span());
  }
  auto component = WEIR_TRY(tools::new_component(made));
  WEIR_TRY(host::write_file_atomically(options.output, component, 0644));
  return 0;
}

void add_new(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<NewOptions>();
  CLI::App* command =
      component.add_subcommand("new", "Make a component of a core module that knows its world");
  command->add_option("module", options->path, "The core module")
      ->required()
      ->type_name("CORE.wasm");
  command
      ->add_option("--adapt", options->adapters,
                   "An adapter for what the module imports from NAME; may be repeated. That for "
                   "wasi_snapshot_preview1 comes with Weir")
      ->take_all()
      ->type_name("[NAME=]FILE");
  command->add_option("-o,--output", options->output, "The component to write")
      ->required()
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return new_component(*options); }; });
}

}  // namespace

void add_component(CLI::App& app, Tool& chosen) {
  CLI::App* component = app.add_subcommand("component", "Make components and take them apart");
  component->require_subcommand(1);
  add_new(*component, chosen);
}

}  // namespace weir::cli
