#include "wit/resolve/package_resolver.h"
#include "wit/resolve/setter_order.h"
#include "wit/text/docs.h"

namespace weir::wit {

bool PackageResolver::resolve_interface(Item& item) {
  file_ = item.file;
  Scope scope;
  scope.path = path_of(item.name.name);
  scope.closed = item.closed;
  scope_ = &scope;
  Interface interface{.name = std::string(item.name.name),
                      .package = package_,
                      .docs = docs_text(item.interface->docs.comments),
                      .stability = item.interface->attributes.stability,
                      .span = item.name.span};
  InterfaceId id{static_cast<uint32_t>(resolve_.interfaces.size())};
  if (!interface_body(item.interface->items, interface, id)) return false;
  if (item.closed) return true;
  resolve_.interfaces.push_back(std::move(interface));
  resolve_[package_].interfaces.insert(std::string(item.name.name), id);
  item.index = id.index;
  return true;
}

// Fills an interface from the items between its braces. The scope is fresh and knows whether
// anything is to be made.
bool PackageResolver::interface_body(const std::vector<ast::InterfaceItem>& items,
                                     Interface& interface, InterfaceId id) {
  scope_->owner = Owner::of(id);
  std::vector<const ast::TypeDef*> defs;
  size_t functions = 0;
  for (const ast::InterfaceItem& item : items) {
    if (std::holds_alternative<ast::NamedFunc>(item)) ++functions;
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      if (!this->use(*use)) return false;
    } else if (const auto* def = std::get_if<ast::TypeDef>(&item)) {
      defs.push_back(def);
      functions += def->funcs.size();
    }
  }
  if (!type_defs(defs)) return false;
  interface.types.reserve(scope_->types.size());
  interface.functions.reserve(functions);
  for (const auto& [name, type] : scope_->types) interface.types.insert(std::string(name), type);

  for (const ast::InterfaceItem& item : items) {
    if (const auto* func = std::get_if<ast::NamedFunc>(&item)) {
      if (!define_function(*func)) return false;
      if (!add_function(*func, nullptr, interface.functions)) return false;
    } else if (const auto* def = std::get_if<ast::TypeDef>(&item)) {
      for (const ast::NamedFunc& func : def->funcs) {
        if (!add_function(func, &def->name, interface.functions)) return false;
      }
    }
  }
  put_setters_behind_getters(interface.functions, [](const Function& f) { return &f; });
  find_dependencies(interface);
  return no_lone_setter(scope_->accessors);
}

// Takes the name of a function, which the other accessor of the same property may have.
bool PackageResolver::define_function(const ast::NamedFunc& func) {
  Accessor accessor = func.func.accessor;
  if (accessor != Accessor::none &&
      scope_->accessors.add(func.name.name, accessor, false, func.name.span)) {
    return true;
  }
  return define(func.name, {.is_function = true, .span = func.name.span});
}

bool PackageResolver::no_lone_setter(const AccessorPairs& accessors) {
  auto lone = accessors.lone_setter();
  return !lone || fail(ErrorKind::lone_setter, lone->second, std::string(lone->first));
}

bool PackageResolver::add_function(const ast::NamedFunc& ast, const ast::Id* resource,
                                   OrderedMap<std::string, Function>& functions) {
  bool admitted = false;
  if (!admit_function(ast, resource, admitted)) return false;
  if (!admitted) return true;
  Function made;
  if (!function(ast, resource, made)) return false;
  std::string name = made.name;
  functions.insert(std::move(name), std::move(made));
  return true;
}

void PackageResolver::find_dependencies(Interface& interface) {
  std::unordered_set<uint32_t> seen;
  for (const auto& [name, type] : interface.types) {
    auto used = resolve_.used_type(type);
    if (!used) continue;
    InterfaceId from = resolve_[*used].owner.interface();
    if (seen.insert(from.index).second) interface.dependencies.push_back(from);
  }
}

}  // namespace weir::wit
