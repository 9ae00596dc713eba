#include "wit/resolve/packages.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "wit/resolve/suggest.h"
#include "wit/resolve/toposort.h"
#include "wit/text/docs.h"

namespace weir::wit {
namespace {

// Calls `f(const ast::UsePath&)` for each path in a package.
template <class F>
void for_each_path(const std::vector<ast::InterfaceItem>& items, F&& f) {
  for (const ast::InterfaceItem& item : items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) f(use->from);
  }
}

template <class F>
void for_each_path(const ast::World& world, F&& f) {
  for (const ast::WorldItem& item : world.items) {
    if (const auto* use = std::get_if<ast::Use>(&item)) {
      f(use->from);
    } else if (const auto* include = std::get_if<ast::Include>(&item)) {
      f(include->from);
    } else if (const auto* ext = std::get_if<ast::Extern>(&item)) {
      if (const auto* path = std::get_if<ast::Extern::Path>(&ext->kind)) f(path->path);
      if (const auto* path = std::get_if<ast::Extern::NamedPath>(&ext->kind)) f(path->path);
      if (const auto* body = std::get_if<ast::Extern::Inline>(&ext->kind)) {
        for_each_path(body->items, f);
      }
    }
  }
}

template <class F>
void for_each_path(const PackageAst& package, F&& f) {
  for (const std::vector<ast::TopItem>* items : package.files) {
    for (const ast::TopItem& item : *items) {
      if (const auto* use = std::get_if<ast::TopUse>(&item)) f(use->path);
      if (const auto* interface = std::get_if<ast::Interface>(&item)) {
        for_each_path(interface->items, f);
      }
      if (const auto* world = std::get_if<ast::World>(&item)) for_each_path(*world, f);
    }
  }
}

// Joins the files of a group to its own package, and adds those nested in them.
WitResult<void> add_group(const FileGroup& group, std::vector<PackageAst>& packages) {
  PackageAst own;
  for (const ast::File& file : group) {
    own.files.push_back(&file.items);
    for (const ast::NestedPackage& nested : file.nested) {
      packages.push_back({name_of(nested.name),
                          nested.name.span,
                          docs_text(nested.docs.comments),
                          {&nested.items}});
    }
    if (!file.package) continue;
    PackageName name = name_of(*file.package);
    if (own.span.known() && name != own.name) {
      return Err(WitError{.kind = ErrorKind::package_name_mismatch,
                          .span = file.package->span,
                          .name = to_string(name),
                          .other = to_string(own.name),
                          .related = own.span});
    }
    own.name = std::move(name);
    own.span = file.package->span;
    std::string docs = docs_text(file.package_docs.comments);
    if (docs.empty()) continue;
    if (!own.docs.empty()) {
      return Err(
          WitError{.kind = ErrorKind::repeated_package_docs, .span = file.package_docs.span});
    }
    own.docs = std::move(docs);
  }
  if (!own.span.known()) {
    return Err(WitError{.kind = ErrorKind::missing_package_name, .span = group[0].start});
  }
  packages.push_back(std::move(own));
  return {};
}

WitError not_found(const ast::PackageName& wanted, const std::vector<PackageAst>& packages,
                   const Resolve& known) {
  PackageName name = name_of(wanted);
  Suggestion suggestion(wanted.name.name);
  std::string same_name;
  auto offer = [&](const PackageName& candidate) {
    if (candidate.space == name.space && candidate.name == name.name) {
      same_name = to_string(candidate);
    }
    suggestion.offer(candidate.name);
  };
  for (const PackageAst& package : packages) offer(package.name);
  for (const Package& package : known.packages) offer(package.name);
  std::string close = suggestion.take();
  if (!close.empty()) close = name.space + ":" + close;
  return {.kind = ErrorKind::package_not_found,
          .span = wanted.span,
          .name = to_string(name),
          .hint = same_name.empty() ? close : same_name};
}

}  // namespace

PackageName name_of(const ast::PackageName& name) {
  return {std::string(name.space.name), std::string(name.name.name), name.version};
}

WitResult<std::vector<PackageAst>> order_packages(const std::vector<FileGroup>& groups,
                                                  const Resolve& known, PackageName& main) {
  std::vector<PackageAst> packages;
  for (size_t i = 0; i < groups.size(); ++i) {
    WEIR_TRY(add_group(groups[i], packages));
    if (i == 0) main = packages.back().name;
  }
  // By name, so that the order does not depend on how the files are called.
  std::ranges::sort(packages, [](const PackageAst& a, const PackageAst& b) {
    if (a.name.space != b.name.space) return a.name.space < b.name.space;
    if (a.name.name != b.name.name) return a.name.name < b.name.name;
    if (!a.name.version || !b.name.version) return !a.name.version && b.name.version;
    auto order = compare(*a.name.version, *b.name.version);
    return order != 0 ? order < 0 : a.name.version->build < b.name.version->build;
  });

  std::unordered_map<std::string, uint32_t> by_name;
  for (uint32_t i = 0; i < packages.size(); ++i) {
    auto [at, inserted] = by_name.try_emplace(to_string(packages[i].name), i);
    auto earlier = known.find_package(packages[i].name);
    if (inserted && !earlier) continue;
    return Err(WitError{.kind = ErrorKind::duplicate_package,
                        .span = packages[i].span,
                        .name = to_string(packages[i].name),
                        .related = earlier ? known[*earlier].span : packages[at->second].span});
  }

  std::vector<std::vector<uint32_t>> needs(packages.size());
  std::vector<std::vector<Span>> spans(packages.size());
  std::vector<uint32_t> seen_by(packages.size(), UINT32_MAX);
  std::optional<WitError> error;
  for (uint32_t i = 0; i < packages.size(); ++i) {
    for_each_path(packages[i], [&](const ast::UsePath& path) {
      if (!path.package || error) return;
      PackageName name = name_of(*path.package);
      auto found = by_name.find(to_string(name));
      if (found != by_name.end()) {
        if (std::exchange(seen_by[found->second], i) == i) return;
        needs[i].push_back(found->second);
        spans[i].push_back(path.package->span);
      } else if (!known.find_package(name)) {
        error = not_found(*path.package, packages, known);
      }
    });
    if (error) return Err(std::move(*error));
  }

  Toposort sorted = toposort(needs);
  if (sorted.cycle) {
    uint32_t to = needs[sorted.cycle->from][sorted.cycle->index];
    return Err(WitError{.kind = ErrorKind::package_cycle,
                        .span = spans[sorted.cycle->from][sorted.cycle->index],
                        .name = to_string(packages[to].name)});
  }
  std::vector<PackageAst> ordered;
  for (uint32_t i : sorted.order) ordered.push_back(std::move(packages[i]));
  return ordered;
}

}  // namespace weir::wit
