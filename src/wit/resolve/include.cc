#include <map>

#include "wit/resolve/clone.h"
#include "wit/resolve/package_resolver.h"

namespace weir::wit {
namespace {

// The list of `include ... with { ... }`.
class Renames {
 public:
  explicit Renames(const std::vector<ast::Rename>& list) {
    for (const ast::Rename& rename : list) by_name_.try_emplace(rename.name.name, Entry{&rename});
  }

  // What a plain name becomes: methods and the like follow their resource.
  std::string apply(const std::string& name) {
    size_t bracket = name.rfind(']');
    size_t begin = bracket == std::string::npos ? 0 : bracket + 1;
    size_t end = bracket == std::string::npos ? name.size() : name.find('.', begin);
    std::string_view stem = std::string_view(name).substr(begin, end - begin);
    auto found = by_name_.find(stem);
    if (found == by_name_.end()) return name;
    found->second.used = true;
    std::string made = name;
    return made.replace(begin, stem.size(), found->second.rename->as->name);
  }

  // One that named nothing, if there is one.
  const ast::Rename* unused() const {
    for (const auto& [name, entry] : by_name_) {
      if (!entry.used) return entry.rename;
    }
    return nullptr;
  }

 private:
  struct Entry {
    const ast::Rename* rename;
    bool used = false;
  };

  std::map<std::string_view, Entry> by_name_;
};

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

  Renames renames(ast.names);
  for (const WorldItems* items : {&imports, &exports}) {
    for (const auto& [key, item] : *items) {
      if (!key.is_interface()) renames.apply(key.name);
    }
  }
  if (const ast::Rename* unused = renames.unused()) {
    return fail(ErrorKind::include_rename, unused->name.span, std::string(unused->name.name),
                std::string(ast.from.name.name));
  }
  Cloner cloner(resolve_, Owner::of(target.world), Owner::of(id), package_);
  return include_items(ast, true, imports, world.imports, cloner, other_package) &&
         include_items(ast, false, exports, world.exports, cloner, other_package);
}

bool PackageResolver::include_items(const ast::Include& ast, bool import, const WorldItems& from,
                                    WorldItems& to, Cloner& cloner, bool other_package) {
  Renames renames(ast.names);
  for (const auto& [key, item] : from) {
    if (!key.is_interface()) {
      std::string name = renames.apply(key.name);
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
