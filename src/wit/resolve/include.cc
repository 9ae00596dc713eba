#include "wit/resolve/clone.h"
#include "wit/resolve/package_resolver.h"

namespace weir::wit {
namespace {

// What a plain name becomes: methods and the like follow their resource.
std::string renamed(const std::string& name, std::string_view from, std::string_view to) {
  if (name == from) return std::string(to);
  size_t bracket = name.find(']');
  if (bracket == std::string::npos) return name;
  std::string_view rest = std::string_view(name).substr(bracket + 1);
  std::string_view resource = rest.substr(0, rest.find('.'));
  if (resource != from) return name;
  return name.substr(0, bracket + 1) + std::string(to) + std::string(rest.substr(resource.size()));
}

}  // namespace

bool PackageResolver::include(const ast::Include& ast, World& world, WorldId id) {
  std::optional<std::string> closed = scope_->closed;
  if (!gate(ast.attributes.stability, ast.from.name.span, closed)) return false;
  if (closed && ast.from.package) return true;
  Target target;
  if (!lookup(ast.from, Want::world, target)) return false;
  if (closed) return true;
  if (target.closed) {
    return fail(ErrorKind::gated, ast.from.name.span, std::string(ast.from.name.name),
                *target.closed);
  }
  // A copy of the lists: cloning adds to the arenas.
  const WorldItems imports = resolve_[target.world].imports;
  const WorldItems exports = resolve_[target.world].exports;
  bool other_package = resolve_[target.world].package != package_;
  if (!charge_world_items(imports.size() + exports.size(), ast.from.name.span)) return false;

  for (const ast::Rename& rename : ast.names) {
    bool used = false;
    for (const WorldItems* items : {&imports, &exports}) {
      for (const auto& [key, item] : *items) {
        used = used || (!key.is_interface() && renamed(key.name, rename.name.name, "") != key.name);
      }
    }
    if (!used) {
      return fail(ErrorKind::include_rename, rename.name.span, std::string(rename.name.name),
                  std::string(ast.from.name.name));
    }
    if (!charge_world_items(imports.size() + exports.size(), rename.name.span)) return false;
  }
  Cloner cloner(resolve_, Owner::of(target.world), Owner::of(id), package_);
  return include_items(ast, true, imports, world.imports, cloner, other_package) &&
         include_items(ast, false, exports, world.exports, cloner, other_package);
}

bool PackageResolver::include_items(const ast::Include& ast, bool import, const WorldItems& from,
                                    WorldItems& to, Cloner& cloner, bool other_package) {
  for (const auto& [key, item] : from) {
    if (!key.is_interface()) {
      std::string name = key.name;
      for (const ast::Rename& rename : ast.names) {
        name = renamed(key.name, rename.name.name, rename.as->name);
        if (name != key.name) break;
      }
      WorldItem copy = cloner.clone(item);
      if (auto* function = std::get_if<Function>(&copy)) function->name = name;
      if (auto* type = std::get_if<WorldType>(&copy)) resolve_.types.edit(type->id).name = name;
      if (to.insert(WorldKey::of(name), std::move(copy))) continue;
      return fail(ErrorKind::include_conflict, ast.from.name.span, name,
                  import ? "import" : "export");
    }
    const auto& source = std::get<WorldInterface>(item);
    to.insert(key, item);
    auto& present = std::get<WorldInterface>(*to.find(key));
    if (other_package && source.stability.kind() == Stability::Kind::stable) {
      // Since when it is in another package says nothing here.
      present.stability = {};
    } else if (source.stability.known() && source.stability != present.stability) {
      if (present.stability.known()) {
        return fail(ErrorKind::include_gates_differ, ast.from.name.span, resolve_.name_of(key));
      }
      present.stability = source.stability;
    }
  }
  return true;
}

}  // namespace weir::wit
