#include "tools/deps/package_facts.h"

#include <algorithm>
#include <deque>

#include "tools/deps/wasm_bundle.h"
#include "wit/render.h"
#include "wit/source.h"
#include "wit/text/parser.h"

namespace weir::tools::deps {
namespace {

namespace ast = wit::ast;

PackageSpec spec_of(const ast::PackageName& name) {
  return {std::string(name.space.name), std::string(name.name.name),
          name.version ? wit::to_string(*name.version) : ""};
}

// Goes through a file and notes the packages that its paths name.
class NeedsFinder {
 public:
  explicit NeedsFinder(std::vector<PackageSpec>& needs) : needs_(needs) {}

  void file(const ast::File& file) {
    items(file.items);
    for (const ast::NestedPackage& nested : file.nested) items(nested.items);
  }

 private:
  void items(const std::vector<ast::TopItem>& items) {
    for (const ast::TopItem& item : items) {
      if (const auto* use = std::get_if<ast::TopUse>(&item)) path(use->path);
      if (const auto* interface = std::get_if<ast::Interface>(&item))
        this->interface(interface->items);
      if (const auto* world = std::get_if<ast::World>(&item)) this->world(*world);
    }
  }
  void interface(const std::vector<ast::InterfaceItem>& items) {
    for (const ast::InterfaceItem& item : items)
      if (const auto* use = std::get_if<ast::Use>(&item)) path(use->from);
  }
  void world(const ast::World& world) {
    for (const ast::WorldItem& item : world.items) {
      if (const auto* use = std::get_if<ast::Use>(&item)) path(use->from);
      if (const auto* include = std::get_if<ast::Include>(&item)) path(include->from);
      if (const auto* external = std::get_if<ast::Extern>(&item)) {
        if (const auto* plain = std::get_if<ast::Extern::Path>(&external->kind)) path(plain->path);
        if (const auto* named = std::get_if<ast::Extern::NamedPath>(&external->kind))
          path(named->path);
        if (const auto* in_place = std::get_if<ast::Extern::Inline>(&external->kind))
          interface(in_place->items);
      }
    }
  }
  void path(const ast::UsePath& path) {
    if (path.package) needs_.push_back(spec_of(*path.package));
  }

  std::vector<PackageSpec>& needs_;
};

auto key(const PackageSpec& spec) { return std::tie(spec.space, spec.name, spec.version); }

// A package of a bundle, wherever it lies there.
struct Member {
  // Empty for the main one.
  std::string folder;
  PackageFacts facts;
};

Result<std::vector<Member>> members_of(const Bundle& bundle) {
  std::vector<Member> members;
  if (!bundle.main.empty()) members.push_back({"", WEIR_TRY(facts_of(bundle.main))});
  for (const auto& [folder, files] : bundle.deps)
    members.push_back({folder, WEIR_TRY(facts_of(files))});
  return members;
}

}  // namespace

Result<PackageFacts> facts_of(const Files& files) {
  PackageFacts facts;
  wit::SourceMap sources;
  for (const auto& [name, file] : files) {
    auto offset = sources.add(name, file.content);
    if (!offset) return Err(Error{name + " is too large"});
    auto parsed = wit::parse_file(sources.text_at(*offset), *offset);
    if (!parsed.ok()) return Err(Error{wit::render(parsed.error(), sources)});
    if (parsed->package) facts.name = spec_of(*parsed->package);
    NeedsFinder(facts.needs).file(*parsed);
  }
  auto less = [](const PackageSpec& a, const PackageSpec& b) { return key(a) < key(b); };
  std::ranges::sort(facts.needs, less);
  auto same = std::ranges::unique(facts.needs);
  facts.needs.erase(same.begin(), same.end());
  return facts;
}

Result<Bundle> select_package(Bundle bundle, const PackageSpec& spec) {
  std::vector<Member> members = WEIR_TRY(members_of(bundle));
  std::vector<std::string> versions;
  std::string there;
  for (const Member& member : members) {
    if (!member.facts.name) continue;
    const PackageSpec& name = *member.facts.name;
    there += (there.empty() ? "" : ", ") + to_string(name);
    if (name.space == spec.space && name.name == spec.name) versions.push_back(name.version);
  }
  auto version = newest(spec, versions);
  // A package without a version fits a request without one.
  if (!version && spec.version.empty() && std::ranges::find(versions, "") != versions.end())
    version = "";
  if (!version)
    return Err(Error{"there is no " + to_string(spec) + " in it; there is " +
                     (there.empty() ? "no package with a name" : there)});
  PackageSpec chosen{spec.space, spec.name, *version};
  auto find = [&](const PackageSpec& name) {
    return std::ranges::find_if(members, [&](const Member& m) { return m.facts.name == name; });
  };
  Bundle result;
  result.notes = std::move(bundle.notes);
  std::deque<PackageSpec> queue{chosen};
  std::vector<PackageSpec> seen{chosen};
  while (!queue.empty()) {
    PackageSpec name = queue.front();
    queue.pop_front();
    auto member = find(name);
    // What is not there may come from another dependency.
    if (member == members.end()) continue;
    Files& files = member->folder.empty() ? bundle.main : bundle.deps[member->folder];
    if (name == chosen)
      result.main = std::move(files);
    else
      result.deps[member->folder.empty() ? folder_of(name) : member->folder] = std::move(files);
    for (const PackageSpec& need : member->facts.needs) {
      if (std::ranges::find(seen, need) != seen.end()) continue;
      seen.push_back(need);
      queue.push_back(need);
    }
  }
  return result;
}

}  // namespace weir::tools::deps
