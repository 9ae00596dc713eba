#include <utility>

#include "wit/resolve/package_resolver.h"
#include "wit/resolve/setter_order.h"
#include "wit/text/docs.h"

namespace weir::wit {

bool PackageResolver::resolve_world(Item& item) {
  file_ = item.file;
  const ast::World& ast = *item.world;
  Scope scope;
  scope.closed = item.closed;
  WorldId id{static_cast<uint32_t>(resolve_.worlds.size())};
  scope.owner = Owner::of(id);
  scope_ = &scope;
  claimed_[0].clear();
  claimed_[1].clear();
  World world{.name = std::string(item.name.name),
              .package = package_,
              .docs = docs_text(ast.docs.comments),
              .stability = ast.attributes.stability,
              .span = item.name.span};
  if (!world_types(ast)) return false;
  world.imports.reserve(scope.types.size() + ast.items.size());
  for (const auto& [name, type] : scope.types) {
    Span span = scope.names.find(name)->span;
    world.imports.insert(WorldKey::of(std::string(name)), WorldType{type, span});
  }
  for (const auto& [name, meaning] : scope.names) claimed_[0].emplace(name, "type");

  for (const ast::WorldItem& part : ast.items) {
    if (const auto* def = std::get_if<ast::TypeDef>(&part)) {
      for (const ast::NamedFunc& func : def->funcs) {
        bool admitted = false;
        if (!admit_function(func, &def->name, admitted)) return false;
        if (!admitted) continue;
        Function made;
        if (!function(func, &def->name, made)) return false;
        WorldKey key = WorldKey::of(made.name);
        world.imports.insert(std::move(key), std::move(made));
      }
    } else if (const auto* ext = std::get_if<ast::Extern>(&part)) {
      if (!world_extern(*ext, world)) return false;
    }
  }
  for (const ast::WorldItem& part : ast.items) {
    const auto* include = std::get_if<ast::Include>(&part);
    if (include && !this->include(*include, world, id)) return false;
  }
  if (item.closed) return true;
  for (WorldItems* items : {&world.imports, &world.exports}) {
    put_setters_behind_getters(*items,
                               [](const WorldItem& each) { return std::get_if<Function>(&each); });
  }
  if (!check_world_names(world, item.name.span) || !elaborate(world)) return false;
  resolve_.worlds.push_back(std::move(world));
  resolve_[package_].worlds.insert(std::string(item.name.name), id);
  item.index = id.index;
  return true;
}

bool PackageResolver::world_types(const ast::World& ast) {
  std::vector<const ast::TypeDef*> defs;
  for (const ast::WorldItem& item : ast.items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      if (!this->use(*use)) return false;
    } else if (const auto* def = std::get_if<ast::TypeDef>(&item)) {
      defs.push_back(def);
    }
  }
  return type_defs(defs);
}

// Notes the name of an import or export, which must not be taken.
bool PackageResolver::claim(bool import, const ast::Id& name, const char* what,
                            std::string_view prefix) {
  std::string whole = std::string(prefix).append(name.name);
  auto [at, inserted] = claimed_[import ? 0 : 1].try_emplace(std::move(whole), what);
  return inserted || fail(ErrorKind::duplicate_name, name.span, std::string(name.name), at->second);
}

bool PackageResolver::world_extern(const ast::Extern& ast, World& world) {
  std::optional<std::string> closed = scope_->closed;
  auto gate_at = [&](const ast::Id& name) {
    return gate(ast.attributes.stability, name.span, closed);
  };
  if (const auto* path = std::get_if<ast::Extern::Path>(&ast.kind)) {
    return gate_at(path->path.name) && world_path(ast, path->path, nullptr, closed, world);
  }
  if (const auto* path = std::get_if<ast::Extern::NamedPath>(&ast.kind)) {
    return gate_at(path->name) && claim(ast.import, path->name, "interface") &&
           world_path(ast, path->path, &path->name, closed, world);
  }
  if (const auto* body = std::get_if<ast::Extern::Inline>(&ast.kind)) {
    return gate_at(body->name) && claim(ast.import, body->name, "interface") &&
           world_inline(ast, *body, closed, world);
  }
  const auto& func = std::get<ast::Extern::Function>(ast.kind);
  std::string_view annotation = annotation_of(func.func.accessor);
  if (!gate_at(func.name) || !claim(ast.import, func.name, "function", annotation)) return false;
  if (closed) return check_function_names(func.func);
  ast::NamedFunc named{
      .docs = ast.docs, .attributes = ast.attributes, .name = func.name, .func = func.func};
  Function made;
  if (!function(named, nullptr, made)) return false;
  WorldKey key = WorldKey::of(made.name);
  (ast.import ? world.imports : world.exports).insert(std::move(key), std::move(made));
  return true;
}

// `import a;`, `import label: a;`
bool PackageResolver::world_path(const ast::Extern& ast, const ast::UsePath& path,
                                 const ast::Id* name, const std::optional<std::string>& closed,
                                 World& world) {
  if (closed && path.package) return true;
  Target target;
  if (!lookup(path, Want::interface, target)) return false;
  if (closed) return true;
  if (target.closed) {
    return fail(ErrorKind::gated, path.name.span, std::string(path.name.name), *target.closed);
  }
  WorldInterface item{.id = target.interface,
                      .stability = ast.attributes.stability,
                      .docs = docs_text(ast.docs.comments),
                      .external_id = ast.attributes.external_id,
                      .span = name ? name->span : path.name.span};
  WorldKey key = name ? WorldKey::of(std::string(name->name)) : WorldKey::of(target.interface);
  bool inserted = (ast.import ? world.imports : world.exports).insert(key, std::move(item));
  return inserted || fail(ErrorKind::repeated_interface, path.name.span,
                          std::string(path.name.name), ast.import ? "import" : "export");
}

// `import a: interface { ... }`
bool PackageResolver::world_inline(const ast::Extern& ast, const ast::Extern::Inline& body,
                                   std::optional<std::string> closed, World& world) {
  Scope scope;
  scope.closed = std::move(closed);
  Scope* outer = std::exchange(scope_, &scope);
  Interface interface{.package = package_,
                      .docs = docs_text(ast.docs.comments),
                      .stability = ast.attributes.stability,
                      .span = body.name.span};
  InterfaceId id{static_cast<uint32_t>(resolve_.interfaces.size())};
  bool made = interface_body(body.items, interface, id);
  scope_ = outer;
  if (!made || scope.closed) return made;
  resolve_.interfaces.push_back(std::move(interface));
  (ast.import ? world.imports : world.exports)
      .insert(WorldKey::of(std::string(body.name.name)),
              WorldInterface{.id = id,
                             .stability = ast.attributes.stability,
                             .external_id = ast.attributes.external_id,
                             .span = body.name.span});
  return true;
}

bool PackageResolver::check_world_names(const World& world, Span span) {
  for (const WorldItems* items : {&world.imports, &world.exports}) {
    NameSet names;
    AccessorPairs accessors;
    for (const auto& [key, item] : *items) {
      if (key.is_interface()) continue;
      std::string_view name = key.name;
      Accessor accessor = take_accessor(name);
      if (accessor != Accessor::none && accessors.add(name, accessor, false, span)) continue;
      if (auto earlier = names.add(name)) {
        return fail(ErrorKind::name_differs_in_case, span, key.name, std::string(*earlier));
      }
    }
    if (!no_lone_setter(accessors)) return false;
  }
  return true;
}

}  // namespace weir::wit
