#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "cli/component_text.h"
#include "cli/environment_twins.h"
#include "cli/tool_verbs.h"
#include "cli/version.h"
#include "cli/wasm_file.h"
#include "component/decode.h"
#include "engine/engine.h"
#include "engine/module.h"
#include "host/file.h"
#include "tools/component/embed.h"
#include "tools/component/new_component.h"
#include "tools/component/unbundle.h"
#include "tools/wit/open.h"

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
                   "An adapter for what the module imports from NAME; may be repeated. It has the "
                   "module's memory, and no data of its own there but what its code puts in. That "
                   "for wasi_snapshot_preview1 comes with Weir")
      ->take_all()
      ->type_name("[NAME=]FILE");
  command->add_option("-o,--output", options->output, "The component to write")
      ->required()
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return new_component(*options); }; });
}

struct EmbedOptions {
  std::string wit;
  std::string module;
  std::string output;
  std::string world;
  std::string encoding = "utf8";
  std::vector<std::string> features;
  bool all_features = false;
};

Result<int> embed(const EmbedOptions& options) {
  wit::Features features;
  features.all = options.all_features;
  features.names.insert(options.features.begin(), options.features.end());
  auto opened = WEIR_TRY(tools::open_wit(options.wit, features));
  auto world = opened.resolve.find_world(options.world, opened.main);
  if (options.world.empty() && opened.world.valid()) world = opened.world;
  if (!world) {
    return Err(Error{options.world.empty()
                         ? options.wit + ": name a world with --world"
                         : options.wit + ": there is no world `" + options.world + "`"});
  }
  auto encoding = options.encoding == "utf8"    ? wit::StringEncoding::utf8
                  : options.encoding == "utf16" ? wit::StringEncoding::utf16
                                                : wit::StringEncoding::latin1_utf16;
  auto module = WEIR_TRY(host::read_file(options.module));
  auto made = tools::embed_world(module.bytes.span(), opened.resolve, *world, encoding);
  if (!made.ok()) return Err(Error{options.module + ": " + made.error().message});
  WEIR_TRY(host::write_file_atomically(options.output, *made, 0644));
  return 0;
}

void add_embed(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<EmbedOptions>();
  CLI::App* command = component.add_subcommand(
      "embed", "Write into a core module which world it is for, so that `new` can use it");
  command->add_option("wit", options->wit, "Where the world is: a folder of WIT, a .wit file, ...")
      ->required()
      ->type_name("PATH");
  command->add_option("module", options->module, "The core module")
      ->required()
      ->type_name("CORE.wasm");
  command->add_option("-w,--world", options->world, "The world")->type_name("W");
  command->add_option("--encoding", options->encoding, "How the module's strings are encoded")
      ->check(CLI::IsMember({"utf8", "utf16", "compact-utf16"}))
      ->capture_default_str();
  command
      ->add_option("--features", options->features, "Let in what is `@unstable` under these names")
      ->delimiter(',')
      ->type_name("F,...");
  command->add_flag("--all-features", options->all_features, "Let in all that is `@unstable`");
  command->add_option("-o,--output", options->output, "The module to write")
      ->required()
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return embed(*options); }; });
}

struct UnbundleOptions {
  std::string path;
  std::string output;
  std::string folder = ".";
  // In bytes; what `add_unbundle` says if it is not given.
  std::optional<uint64_t> threshold;
};

constexpr uint64_t kUnbundleThreshold = 10240;

Result<int> unbundle(const UnbundleOptions& options) {
  Bytes bytes = WEIR_TRY(read_wasm(options.path));
  uint64_t threshold = options.threshold.value_or(options.output.empty() ? 0 : kUnbundleThreshold);
  auto named = [&](const Error& error) { return Err(Error{options.path + ": " + error.message}); };
  std::vector<tools::BundledModule> modules;
  tools::Unbundled unbundled;
  if (options.output.empty()) {
    auto all = tools::unbundle(bytes.span(), threshold);
    if (!all.ok()) return named(all.error());
    modules = std::move(*all);
  } else {
    auto taken = tools::take_modules_out(bytes.span(), threshold);
    if (!taken.ok()) return named(taken.error());
    unbundled = std::move(*taken);
    modules = unbundled.modules;
  }
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return Err(Error{options.folder + ": cannot be made: " + error.message()});
  for (size_t i = 0; i < modules.size(); ++i) {
    std::string path =
        (std::filesystem::path(options.folder) / (modules[i].name + ".wasm")).string();
    WEIR_TRY(host::write_file_atomically(path, modules[i].bytes, 0644));
    std::printf("%s: %zu bytes from byte %llu\n", path.c_str(), modules[i].bytes.size(),
                static_cast<unsigned long long>(modules[i].offset));
  }
  if (!options.output.empty()) {
    WEIR_TRY(host::write_file_atomically(options.output, unbundled.component, 0644));
  }
  return 0;
}

void add_unbundle(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<UnbundleOptions>();
  CLI::App* command =
      component.add_subcommand("unbundle", "Take the core modules out of a component");
  command->add_option("component", options->path, "The component")->required()->type_name("X.wasm");
  command
      ->add_option("--module-dir", options->folder,
                   "Where to write unbundled-module0.wasm, unbundled-module1.wasm, ...")
      ->type_name("DIR")
      ->capture_default_str();
  command
      ->add_option("--threshold", options->threshold,
                   "Leave modules of at most so many bytes where they are; 10240 with --output, "
                   "else 0")
      ->type_name("BYTES");
  command
      ->add_option("-o,--output", options->output,
                   "Write the component without these modules, which it imports by the names of "
                   "the files")
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return unbundle(*options); }; });
}

struct ValidateOptions {
  std::string path;
};

Result<int> validate(const ValidateOptions& options) {
  Bytes bytes = WEIR_TRY(read_wasm(options.path));
  auto named = [&](const Error& error) { return Err(Error{options.path + ": " + error.message}); };
  auto engine = WEIR_TRY(engine::Engine::create(engine::Config()));
  if (!component::is_component(bytes.span())) {
    auto valid = engine::validate_module(*engine, bytes.span());
    if (!valid.ok()) return named(valid.error());
    std::printf("%s: a valid core module\n", options.path.c_str());
    return 0;
  }
  auto modules = tools::unbundle(bytes.span());
  if (!modules.ok()) return named(modules.error());
  for (size_t i = 0; i < modules->size(); ++i) {
    auto valid = engine::validate_module(*engine, (*modules)[i].bytes);
    if (!valid.ok()) {
      return named(Error{"core module " + std::to_string(i) + ", from byte " +
                         std::to_string((*modules)[i].offset) + ": " + valid.error().message});
    }
  }
  std::printf("%s: a valid component\n", options.path.c_str());
  return 0;
}

void add_validate(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<ValidateOptions>();
  CLI::App* command =
      component.add_subcommand("validate", "Say whether a component or core module is valid");
  command->add_option("file", options->path, "The file, binary or text")
      ->required()
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return validate(*options); }; });
}

}  // namespace

void add_component(CLI::App& app, Tool& chosen) {
  CLI::App* component = app.add_subcommand("component", "Make components and take them apart");
  component->require_subcommand(1);
  add_new(*component, chosen);
  add_embed(*component, chosen);
  add_unbundle(*component, chosen);
  add_validate(*component, chosen);
  add_print(*component, chosen);
  add_parse(*component, chosen);
  for (CLI::App* verb : component->get_subcommands({})) describe_twins(*verb);
}

}  // namespace weir::cli
