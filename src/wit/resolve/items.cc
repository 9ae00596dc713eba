#include "wit/resolve/package_resolver.h"
#include "wit/resolve/suggest.h"
#include "wit/resolve/toposort.h"

namespace weir::wit {

bool PackageResolver::fail(ErrorKind kind, Span span, std::string name, std::string other,
                           std::string hint) {
  error_ = {.kind = kind,
            .span = span,
            .name = std::move(name),
            .other = std::move(other),
            .hint = std::move(hint)};
  return false;
}

bool PackageResolver::run() {
  package_ = {static_cast<uint32_t>(resolve_.packages.size())};
  resolve_.packages.push_back({.name = ast_.name, .docs = ast_.docs, .span = ast_.span});
  resolve_.package_names.emplace(to_string(ast_.name), package_);

  std::vector<uint32_t> order;
  if (!collect_items() || !order_items(order)) return false;
  // Worlds mention interfaces, never the other way round.
  for (uint32_t i : order) {
    if (items_[i].interface && !resolve_interface(items_[i])) return false;
  }
  for (uint32_t i : order) {
    if (items_[i].world && !resolve_world(items_[i])) return false;
  }
  return true;
}

std::string PackageResolver::path_of(std::string_view item) const {
  return to_string(ast_.name) + "/" + std::string(item);
}

// Gathers the interfaces and worlds of all files.
bool PackageResolver::collect_items() {
  file_uses_.resize(ast_.files.size());
  for (uint32_t file = 0; file < ast_.files.size(); ++file) {
    for (const ast::TopItem& top : *ast_.files[file]) {
      const auto* interface = std::get_if<ast::Interface>(&top);
      const auto* world = std::get_if<ast::World>(&top);
      if (!interface && !world) continue;
      const ast::Id& name = interface ? interface->name : world->name;
      auto [at, inserted] =
          item_by_name_.try_emplace(name.name, static_cast<uint32_t>(items_.size()));
      if (!inserted) {
        fail(ErrorKind::duplicate_name, name.span, std::string(name.name),
             interface ? "interface" : "world");
        error_.related = items_[at->second].name.span;
        return false;
      }
      const Stability& stability =
          interface ? interface->attributes.stability : world->attributes.stability;
      Item item{.name = name, .file = file, .interface = interface, .world = world};
      if (!gate(stability, name.span, item.closed)) return false;
      if (item.closed) note_closed(path_of(name.name), *item.closed);
      items_.push_back(std::move(item));
    }
  }
  for (uint32_t file = 0; file < ast_.files.size(); ++file) {
    if (!check_file_names(file)) return false;
  }
  return true;
}

// Gathers the names that `use` brings into one file, beside those of its own items.
bool PackageResolver::check_file_names(uint32_t file) {
  for (const ast::TopItem& top : *ast_.files[file]) {
    const auto* use = std::get_if<ast::TopUse>(&top);
    if (!use) continue;
    const ast::Id& name = use->local();
    auto own = item_by_name_.find(name.name);
    bool clash = own != item_by_name_.end() && items_[own->second].file == file;
    if (clash || !file_uses_[file].try_emplace(name.name, use).second) {
      return fail(ErrorKind::duplicate_name, name.span, std::string(name.name), "interface");
    }
  }
  // Each has to lead somewhere, whether it is used or not.
  for (const ast::TopItem& top : *ast_.files[file]) {
    const auto* use = std::get_if<ast::TopUse>(&top);
    if (!use) continue;
    Target target;
    bool found = use->path.package ? lookup_foreign(use->path, Want::interface, target)
                                   : lookup_local(use->path.name, target);
    if (!found) return false;
  }
  return true;
}

const ast::UsePath* PackageResolver::alias(std::string_view name, uint32_t file) const {
  auto found = file_uses_[file].find(name);
  return found == file_uses_[file].end() ? nullptr : &found->second->path;
}

// Adds an edge to the item of this package that a path leads to, if it does.
bool PackageResolver::dependency(const ast::UsePath& path, uint32_t file,
                                 std::vector<uint32_t>& needs, std::vector<Span>& spans) {
  if (path.package) return true;
  std::string_view name = path.name.name;
  if (const ast::UsePath* other = alias(name, file)) {
    if (other->package) return true;
    name = other->name.name;
  }
  auto found = item_by_name_.find(name);
  if (found == item_by_name_.end()) {
    Target unused;
    return lookup_local(path.name, unused);
  }
  needs.push_back(found->second);
  spans.push_back(path.name.span);
  return true;
}

bool PackageResolver::order_items(std::vector<uint32_t>& order) {
  std::vector<std::vector<uint32_t>> needs(items_.size());
  std::vector<std::vector<Span>> spans(items_.size());
  for (uint32_t i = 0; i < items_.size(); ++i) {
    const Item& item = items_[i];
    if (item.interface) {
      for (const ast::InterfaceItem& part : item.interface->items) {
        const auto* use = std::get_if<ast::Use>(&part);
        if (use && !dependency(use->from, item.file, needs[i], spans[i])) return false;
      }
      continue;
    }
    for (const ast::WorldItem& part : item.world->items) {
      const auto* include = std::get_if<ast::Include>(&part);
      if (include && !dependency(include->from, item.file, needs[i], spans[i])) return false;
    }
  }
  Toposort sorted = toposort(needs);
  if (sorted.cycle) {
    const Item& on_cycle = items_[needs[sorted.cycle->from][sorted.cycle->index]];
    return fail(ErrorKind::item_cycle, spans[sorted.cycle->from][sorted.cycle->index],
                std::string(on_cycle.name.name), on_cycle.interface ? "interface" : "world");
  }
  order = std::move(sorted.order);
  return true;
}

bool PackageResolver::lookup(const ast::UsePath& path, Want want, Target& target) {
  const ast::UsePath* real = &path;
  if (!path.package) {
    if (const ast::UsePath* other = alias(path.name.name, file_)) real = other;
  }
  bool found =
      real->package ? lookup_foreign(*real, want, target) : lookup_local(real->name, target);
  if (!found) return false;
  if (want == Want::interface && target.is_world) {
    return fail(ErrorKind::not_an_interface, path.name.span, std::string(path.name.name));
  }
  if (want == Want::world && !target.is_world) {
    return fail(ErrorKind::not_a_world, path.name.span, std::string(path.name.name));
  }
  return true;
}

bool PackageResolver::lookup_local(const ast::Id& name, Target& target) {
  auto found = item_by_name_.find(name.name);
  if (found == item_by_name_.end()) {
    Suggestion suggestion(name.name);
    for (const Item& item : items_) suggestion.offer(item.name.name);
    return fail(ErrorKind::unknown_item, name.span, std::string(name.name), "", suggestion.take());
  }
  const Item& item = items_[found->second];
  target.is_world = item.world != nullptr;
  target.closed = item.closed;
  target.path = path_of(name.name);
  (target.is_world ? target.world.index : target.interface.index) = item.index;
  return true;
}

bool PackageResolver::lookup_foreign(const ast::UsePath& path, Want want, Target& target) {
  PackageName name = wit::name_of(*path.package);
  auto id = resolve_.find_package(name);
  if (!id) return fail(ErrorKind::package_not_found, path.package->span, to_string(name));
  const Package& package = resolve_[*id];
  target.path = to_string(name) + "/" + std::string(path.name.name);
  if (const InterfaceId* interface = package.interfaces.find(path.name.name)) {
    target.interface = *interface;
    return true;
  }
  if (const WorldId* world = package.worlds.find(path.name.name)) {
    target.is_world = true;
    target.world = *world;
    if (want == Want::world) return true;
    return fail(ErrorKind::not_an_interface, path.name.span, std::string(path.name.name));
  }
  if (auto closed = run_.closed.find(target.path); closed != run_.closed.end()) {
    target.closed = closed->second;
    target.is_world = want == Want::world;
    return true;
  }
  Suggestion suggestion(path.name.name);
  for (const auto& [other, unused] : package.interfaces) suggestion.offer(other);
  for (const auto& [other, unused] : package.worlds) suggestion.offer(other);
  return fail(ErrorKind::not_in_package, path.name.span, std::string(path.name.name),
              to_string(name), suggestion.take());
}

}  // namespace weir::wit
