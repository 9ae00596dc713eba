#include <sys/stat.h>

#include <filesystem>
#include <memory>

#include "cli/environment_twins.h"
#include "cli/tool_verbs.h"
#include "host/file.h"
#include "tools/wit/open.h"
#include "util/bytes.h"
#include "wit/bindgen/c/c.h"
#include "wit/bindgen/cpp/cpp.h"

namespace weir::cli {
namespace {

// What the bindings of all languages take.
struct BindgenOptions {
  std::string path;
  std::string world;
  std::string folder = ".";
  std::vector<std::string> features;
  bool all_features = false;
  std::vector<std::string> sync;
  std::string world_name;
  std::vector<std::string> renames;
  std::string encoding = "utf8";
  // C alone.
  std::string autodrop_borrows = "no";
};

std::string known_worlds(const wit::Resolve& resolve, wit::PackageId main) {
  std::string text;
  for (size_t i = 0; i < resolve.worlds.size(); ++i) {
    wit::WorldId id{static_cast<uint32_t>(i)};
    bool own = main.valid() && resolve[id].package == main;
    text += (text.empty() ? "" : ", ") + (own ? resolve[id].name : resolve.id_of(id));
  }
  return text.empty() ? "there is none" : "there are " + text;
}

struct OpenedWorld {
  tools::OpenedWit wit;
  wit::WorldId world;
};

Result<OpenedWorld> open_world(const BindgenOptions& options) {
  wit::Features features;
  features.all = options.all_features;
  features.names.insert(options.features.begin(), options.features.end());
  auto opened = WEIR_TRY(tools::open_wit(options.path, features));
  auto world = opened.resolve.find_world(options.world, opened.main);
  if (options.world.empty() && opened.world.valid()) world = opened.world;
  if (!world) {
    return Err(Error{(options.world.empty() ? "name a world with --world"
                                            : "there is no world `" + options.world + "`") +
                     ": " + known_worlds(opened.resolve, opened.main)});
  }
  return OpenedWorld{std::move(opened), *world};
}

// The path of a new file in the folder to write to, without its ending.
Result<std::string> stem_of(const BindgenOptions& options, const std::string& name) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return Err(Error{options.folder + ": cannot be made: " + error.message()});
  return (std::filesystem::path(options.folder) / name).string();
}

// Sets what the options of all languages have.
template <class Options>
Result<void> take_options(const BindgenOptions& from, Options& to) {
  to.world_name = from.world_name;
  if (from.encoding == "utf16") to.encoding = wit::StringEncoding::utf16;
  to.sync.insert(from.sync.begin(), from.sync.end());
  for (const std::string& rename : from.renames) {
    size_t equals = rename.find('=');
    if (equals == std::string::npos) {
      return Err(Error{"--rename: '" + rename + "' is not INTERFACE=NAME"});
    }
    to.renames[rename.substr(0, equals)] = rename.substr(equals + 1);
  }
  return {};
}

Result<int> bindgen_c(const BindgenOptions& options) {
  OpenedWorld opened = WEIR_TRY(open_world(options));
  wit::COptions c;
  WEIR_TRY(take_options(options, c));
  c.autodrop_borrows = options.autodrop_borrows == "yes";
  wit::CBindings bindings = WEIR_TRY(wit::generate_c(opened.wit.resolve, opened.world, c));
  std::string stem = WEIR_TRY(stem_of(options, bindings.name));
  WEIR_TRY(host::write_file_atomically(stem + ".h", as_bytes(bindings.header), 0644));
  WEIR_TRY(host::write_file_atomically(stem + ".c", as_bytes(bindings.source), 0644));
  WEIR_TRY(host::write_file_atomically(stem + "_component_type.o", bindings.object, 0644));
  return 0;
}

Result<int> bindgen_cpp(const BindgenOptions& options) {
  OpenedWorld opened = WEIR_TRY(open_world(options));
  wit::CppOptions cpp;
  WEIR_TRY(take_options(options, cpp));
  wit::CppBindings bindings = WEIR_TRY(wit::generate_cpp(opened.wit.resolve, opened.world, cpp));
  for (const auto& [name, text] : bindings.files) {
    std::string path = WEIR_TRY(stem_of(options, name));
    WEIR_TRY(host::write_file_atomically(path, as_bytes(text), 0644));
  }
  std::string stem = WEIR_TRY(stem_of(options, bindings.name));
  WEIR_TRY(host::write_file_atomically(stem + "_component_type.o", bindings.object, 0644));
  return 0;
}

void describe_options(CLI::App& command, BindgenOptions& options) {
  command
      .add_option("path", options.path,
                  "A folder of WIT with its `deps`, a .wit file, a binary package or a component")
      ->required()
      ->type_name("PATH");
  command
      .add_option("-w,--world", options.world,
                  "The world; needed where the package has more than one")
      ->type_name("W");
  command.add_option("-o,--output", options.folder, "The folder to write to")
      ->type_name("DIR")
      ->capture_default_str();
  command
      .add_option("--features", options.features, "Let in what is `@unstable` under these names")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("F,...");
  command.add_flag("--all-features", options.all_features, "Let in all that is `@unstable`");
  command
      .add_option("--rename-world", options.world_name,
                  "Call the world so in the names of the language and of files")
      ->type_name("NAME");
  command
      .add_option("--sync", options.sync,
                  "Bind `async` functions like synchronous ones: all, or "
                  "[import:|export:]FUNCTION where that is ns:pkg/interface#name")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("FUNCTION,...");
  command
      .add_option("--rename", options.renames,
                  "Call an interface of the world NAME in the names of the language, in C++ a "
                  "namespace; may be repeated")
      ->type_size(1)
      ->allow_extra_args(false)
      ->take_all()
      ->type_name("INTERFACE=NAME");
  command.add_option("--string-encoding", options.encoding, "How the guest's strings are encoded")
      ->check(CLI::IsMember({"utf8", "utf16"}))
      ->type_name("utf8|utf16")
      ->capture_default_str();
}

}  // namespace

void add_bindgen(CLI::App& app, Tool& chosen) {
  CLI::App* bindgen = app.add_subcommand("bindgen", "Generate bindings for guests from WIT");
  bindgen->require_subcommand(1);
  auto options = std::make_shared<BindgenOptions>();
  CLI::App* c = bindgen->add_subcommand("c", "C bindings: W.h, W.c and W_component_type.o");
  describe_options(*c, *options);
  c->add_option("--autodrop-borrows", options->autodrop_borrows,
                "Drop the borrowed handles that an export is given when it returns, instead of "
                "X_drop_borrow")
      ->check(CLI::IsMember({"yes", "no"}))
      ->type_name("yes|no")
      ->capture_default_str();
  c->callback([options, &chosen] { chosen = [options] { return bindgen_c(*options); }; });
  CLI::App* cpp = bindgen->add_subcommand("cpp",
                                          "C++20 bindings: W.hpp, W.cpp, W_component_type.o, and "
                                          "the headers wit*.hpp, which all worlds "
                                          "share");
  describe_options(*cpp, *options);
  cpp->callback([options, &chosen] { chosen = [options] { return bindgen_cpp(*options); }; });
  describe_twins(*c);
  describe_twins(*cpp);
}

}  // namespace weir::cli
