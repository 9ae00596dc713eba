#include "wit/resolve.h"

namespace weir::wit {
namespace {

std::string path_in(const PackageName& package, std::string_view item) {
  std::string path = package.space + ":" + package.name + "/" + std::string(item);
  if (package.version) path += "@" + to_string(*package.version);
  return path;
}

// Calls `f(package, item name)` for each package that a path can mean.
template <class F>
void for_each_meaning(const Resolve& resolve, std::string_view path, PackageId main, F&& f) {
  size_t slash = path.find('/');
  if (slash == std::string_view::npos) {
    if (main.valid()) f(resolve[main], path);
    return;
  }
  std::string_view package = path.substr(0, slash);
  std::string_view item = path.substr(slash + 1);
  std::optional<std::string_view> version;
  if (size_t at = item.find('@'); at != std::string_view::npos) {
    version = item.substr(at + 1);
    item = item.substr(0, at);
  }
  for (const Package& candidate : resolve.packages) {
    if (candidate.name.space + ":" + candidate.name.name != package) continue;
    bool same_version =
        !version || (candidate.name.version && to_string(*candidate.name.version) == *version);
    if (same_version) f(candidate, item);
  }
}

}  // namespace

std::string to_string(const PackageName& name) {
  std::string text = name.space + ":" + name.name;
  if (name.version) text += "@" + to_string(*name.version);
  return text;
}

std::string_view Function::item_name() const {
  std::string_view item = name;
  // Of `[method][get]fields.size` too.
  item.remove_prefix(item.rfind(']') + 1);
  bool dotted = kind == Kind::method || kind == Kind::static_;
  if (dotted) item.remove_prefix(item.find('.') + 1);
  return item;
}

std::optional<PackageId> Resolve::find_package(const PackageName& name) const {
  auto found = package_names.find(to_string(name));
  if (found == package_names.end()) return std::nullopt;
  return found->second;
}

std::optional<InterfaceId> Resolve::find_interface(std::string_view path, PackageId main) const {
  std::optional<InterfaceId> result;
  size_t count = 0;
  for_each_meaning(*this, path, main, [&](const Package& package, std::string_view item) {
    if (const InterfaceId* id = package.interfaces.find(item)) {
      result = *id;
      ++count;
    }
  });
  return count == 1 ? result : std::nullopt;
}

std::optional<WorldId> Resolve::find_world(std::string_view path, PackageId main) const {
  if (path.empty() && main.valid() && (*this)[main].worlds.size() == 1) {
    return (*this)[main].worlds[0].second;
  }
  std::optional<WorldId> result;
  size_t count = 0;
  for_each_meaning(*this, path, main, [&](const Package& package, std::string_view item) {
    if (const WorldId* id = package.worlds.find(item)) {
      result = *id;
      ++count;
    }
  });
  return count == 1 ? result : std::nullopt;
}

std::string Resolve::id_of(InterfaceId id) const {
  const Interface& interface = (*this)[id];
  return interface.name.empty() ? "" : path_in((*this)[interface.package].name, interface.name);
}

std::string Resolve::id_of(WorldId id) const {
  const World& world = (*this)[id];
  return path_in((*this)[world.package].name, world.name);
}

std::string Resolve::name_of(const WorldKey& key) const {
  return key.is_interface() ? id_of(key.interface) : key.name;
}

std::optional<TypeId> Resolve::used_type(TypeId id) const {
  const TypeDef& def = types[id];
  const Alias* alias = std::get_if<Alias>(&def.shape);
  if (!alias || alias->target.is_prim()) return std::nullopt;
  Owner owner = types[alias->target.id()].owner;
  if (owner.kind != Owner::Kind::interface || owner == def.owner) return std::nullopt;
  return alias->target.id();
}

}  // namespace weir::wit
