#include "tools/wit/init.h"

#include <filesystem>
#include <fstream>

#include "tools/wit/official.h"

namespace weir::tools {
namespace {

namespace fs = std::filesystem;

// A package and all that it needs.
void needed_packages(const wit::Resolve& resolve, wit::PackageId id, std::vector<bool>& needed) {
  if (needed[id.index]) return;
  needed[id.index] = true;
  for (const wit::Interface& interface : resolve.interfaces) {
    if (interface.package != id) continue;
    for (wit::InterfaceId other : interface.dependencies) {
      needed_packages(resolve, resolve[other].package, needed);
    }
  }
  for (const wit::World& world : resolve.worlds) {
    if (world.package != id) continue;
    for (const wit::WorldItems* items : {&world.imports, &world.exports}) {
      for (const auto& [key, item] : *items) {
        const auto* interface = std::get_if<wit::WorldInterface>(&item);
        if (interface) needed_packages(resolve, resolve[interface->id].package, needed);
      }
    }
  }
}

bool holds_wit(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "deps", error)) return true;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".wit") return true;
  }
  return false;
}

Result<void> write(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) return Err(report(path.string(), "cannot be written"));
  return {};
}

}  // namespace

Result<std::vector<std::string>> init_wit(const std::string& world, const std::string& folder) {
  // Gated packages are needed too if someone lets them in later.
  OpenedWit official = official_wit({.names = {}, .all = true});
  const wit::Resolve& resolve = official.resolve;
  auto id = resolve.find_world(world);
  if (!id) {
    return Err(Error{"error: there is no official world `" + world + "`; there are\n" +
                     list_worlds(resolve)});
  }
  if (holds_wit(folder)) return Err(report(folder, "there is WIT in it already"));
  const std::string& name = resolve[*id].name;
  std::vector<std::string> written;
  auto add = [&](const fs::path& path, const std::string& text) -> Result<void> {
    WEIR_TRY(write(path, text));
    written.push_back(path.string());
    return {};
  };
  WEIR_TRY(add(
      fs::path(folder) / "world.wit",
      "package local:app;\n\nworld " + name + " {\n  include " + resolve.id_of(*id) + ";\n}\n"));
  std::vector<bool> needed(resolve.packages.size(), false);
  needed_packages(resolve, resolve[*id].package, needed);
  for (const OfficialPackage& package : official_packages()) {
    for (uint32_t i = 0; i < needed.size(); ++i) {
      const wit::PackageName& official_name = resolve.packages[i].name;
      if (!needed[i] || official_name.name != package.name ||
          package.release != "wasi-" + to_string(*official_name.version)) {
        continue;
      }
      WEIR_TRY(add(fs::path(folder) / "deps" / package.name / "package.wit", package.text));
    }
  }
  return written;
}

}  // namespace weir::tools
