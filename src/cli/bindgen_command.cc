#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "cli/tool_verbs.h"
#include "host/file.h"
#include "tools/wit/open.h"
#include "wit/bindgen/c/c.h"

namespace weir::cli {
namespace {

struct BindgenOptions {
  std::string path;
  std::string world;
  std::string folder = ".";
  std::vector<std::string> features;
  bool all_features = false;
  std::vector<std::string> renames;
  std::vector<std::string> sync;
  std::string world_name;
};

std::span<const uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::string known_worlds(const wit::Resolve& resolve, wit::PackageId main) {
  std::string text;
  for (size_t i = 0; i < resolve.worlds.size(); ++i) {
    wit::WorldId id{static_cast<uint32_t>(i)};
    bool own = main.valid() && resolve[id].package == main;
    text += (text.empty() ? "" : ", ") + (own ? resolve[id].name : resolve.id_of(id));
  }
  return text.empty() ? "there is none" : "there are " + text;
}

Result<int> bindgen_c(const BindgenOptions& options) {
  wit::Features features;
  features.all = options.all_features;
  features.names.insert(options.features.begin(), options.features.end());
  auto opened = WEIR_TRY(tools::open_wit(options.path, features));
  const wit::Resolve& resolve = opened.resolve;
  auto world = resolve.find_world(options.world, opened.main);
  if (options.world.empty() && opened.world.valid()) world = opened.world;
  if (!world) {
    return Err(Error{(options.world.empty() ? "name a world with --world"
                                            : "there is no world `" + options.world + "`") +
                     ": " + known_worlds(resolve, opened.main)});
  }
  wit::COptions c;
  c.world_name = options.world_name;
  c.sync.insert(options.sync.begin(), options.sync.end());
  for (const std::string& rename : options.renames) {
    size_t equals = rename.find('=');
    if (equals == std::string::npos) {
      return Err(Error{"--rename: '" + rename + "' is not INTERFACE=NAME"});
    }
    c.renames[rename.substr(0, equals)] = rename.substr(equals + 1);
  }
  wit::CBindings bindings = WEIR_TRY(wit::generate_c(resolve, *world, c));
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return Err(Error{options.folder + ": cannot be made: " + error.message()});
  std::string stem = (std::filesystem::path(options.folder) / bindings.name).string();
  WEIR_TRY(host::write_file_atomically(stem + ".h", bytes_of(bindings.header), 0644));
  WEIR_TRY(host::write_file_atomically(stem + ".c", bytes_of(bindings.source), 0644));
  WEIR_TRY(host::write_file_atomically(stem + "_component_type.o", bindings.object, 0644));
  return 0;
}

}  // namespace

void add_bindgen(CLI::App& app, Tool& chosen) {
  CLI::App* bindgen = app.add_subcommand("bindgen", "Generate bindings for guests from WIT");
  bindgen->require_subcommand(1);
  auto options = std::make_shared<BindgenOptions>();
  CLI::App* c = bindgen->add_subcommand("c", "C bindings: W.h, W.c and W_component_type.o");
  c->add_option("path", options->path,
                "A folder of WIT with its `deps`, a .wit file, a binary package or a component")
      ->required()
      ->type_name("PATH");
  c->add_option("-w,--world", options->world,
                "The world; needed where the package has more than one")
      ->type_name("W");
  c->add_option("-o,--output", options->folder, "The folder to write to")
      ->type_name("DIR")
      ->capture_default_str();
  c->add_option("--features", options->features, "Let in what is `@unstable` under these names")
      ->delimiter(',')
      ->type_name("F,...");
  c->add_flag("--all-features", options->all_features, "Let in all that is `@unstable`");
  c->add_option("--rename", options->renames,
                "Call an interface of the world NAME in the names of C; may be repeated")
      ->type_size(1)
      ->take_all()
      ->type_name("INTERFACE=NAME");
  c->add_option("--rename-world", options->world_name,
                "Call the world so in the names of C and of files")
      ->type_name("NAME");
  c->add_option("--sync", options->sync,
                "Bind `async` functions like synchronous ones: all, or [import:|export:]FUNCTION "
                "where that is ns:pkg/interface#name")
      ->delimiter(',')
      ->type_name("FUNCTION,...");
  c->callback([options, &chosen] { chosen = [options] { return bindgen_c(*options); }; });
}

}  // namespace weir::cli
