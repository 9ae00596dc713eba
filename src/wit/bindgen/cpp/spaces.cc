#include <algorithm>
#include <iterator>

#include "wit/bindgen/c/names.h"
#include "wit/bindgen/cpp/generator.h"
#include "wit/bindgen/cpp_names.h"

namespace weir::wit {
namespace {

// Functions that the headers of the C library declare, and what the bindings own: no namespace at
// the top can be called so. Sorted.
constexpr std::string_view kTopNames[] = {
    "abort", "abs",   "atoi",   "bsearch", "calloc", "clock",   "ctime",   "div",    "exit",
    "exp",   "free",  "getenv", "index",   "labs",   "log",     "main",    "pow",    "printf",
    "puts",  "qsort", "rand",   "random",  "read",   "realloc", "remove",  "rename", "signal",
    "sin",   "sqrt",  "srand",  "strlen",  "system", "time",    "tolower", "write",
};

static_assert(std::ranges::is_sorted(kTopNames));

std::string part_of_space(std::string_view name) {
  std::string part = snake_case(name);
  if (part == "std" || part == "wit" || part == "exports") part.push_back('_');
  return part;
}

std::string top_of_space(std::string_view name) {
  std::string part = part_of_space(name);
  if (std::ranges::binary_search(kTopNames, std::string_view(part))) part.push_back('_');
  return part;
}

std::string version_space(const Version& version) {
  std::string text = "v";
  for (char c : to_string(version)) {
    text.push_back(c == '.' || c == '-' || c == '+' ? '_' : c);
  }
  return text;
}

}  // namespace

std::string unique_name(std::string name, std::set<std::string>& taken) {
  while (!taken.insert(name).second) name.push_back('_');
  return name;
}

CppGenerator::Space CppGenerator::space_of_interface(const WorldKey& key, InterfaceId id,
                                                     bool exported) const {
  Space space;
  space.exported = exported;
  space.interface = id;
  space.module = resolve_.name_of(key);
  if (exported) space.export_prefix = space.module + "#";
  const Interface& interface = resolve_[id];
  space.docs = interface.docs;
  space.name = exported ? "exports::" : "";
  if (auto renamed = options_.renames.find(space.module); renamed != options_.renames.end()) {
    space.name += renamed->second;
  } else if (!key.is_interface()) {
    space.name += top_of_space(name_) + "::" + part_of_space(key.name);
  } else {
    const PackageName& package = resolve_[interface.package].name;
    space.name += (exported ? part_of_space(package.space) : top_of_space(package.space)) +
                  "::" + part_of_space(package.name) + "::";
    bool siblings = std::ranges::any_of(resolve_.packages, [&](const Package& other) {
      return other.name.space == package.space && other.name.name == package.name &&
             other.name.version != package.version;
    });
    if (siblings && package.version) space.name += version_space(*package.version) + "::";
    space.name += part_of_space(interface.name);
  }
  for (const auto& [name, type] : interface.types) space.types.push_back(type);
  for (const auto& [name, function] : interface.functions) space.functions.push_back(&function);
  std::ranges::sort(space.types);
  return space;
}

// What an interface uses of others comes before it.
void CppGenerator::add_interface(const WorldKey& key, InterfaceId id, bool exported,
                                 const std::map<InterfaceId, WorldKey>& all,
                                 std::set<InterfaceId>& done) {
  if (!done.insert(id).second) return;
  for (InterfaceId needed : resolve_[id].dependencies) {
    auto found = all.find(needed);
    if (found != all.end()) add_interface(found->second, needed, exported, all, done);
  }
  spaces_.push_back(space_of_interface(key, id, exported));
  space_names_[{id, exported}] = spaces_.back().name;
}

void CppGenerator::add_world(bool exported) {
  Space space;
  space.exported = exported;
  space.module = "$root";
  space.name = exported ? "exports::" + part_of_space(name_) : top_of_space(name_);
  space.docs = exported ? "" : world_.docs;
  if (!exported) world_space_ = space.name;
  for (const auto& [key, item] : exported ? world_.exports : world_.imports) {
    if (const auto* type = std::get_if<WorldType>(&item)) space.types.push_back(type->id);
    if (const auto* function = std::get_if<Function>(&item)) space.functions.push_back(function);
  }
  std::ranges::sort(space.types);
  if (!space.types.empty() || !space.functions.empty()) spaces_.push_back(std::move(space));
}

// Imported interfaces, the world's own imports, exported interfaces, the world's own exports.
void CppGenerator::find_spaces() {
  check_renames();
  for (bool exported : {false, true}) {
    std::map<InterfaceId, WorldKey> all;
    const WorldItems& items = exported ? world_.exports : world_.imports;
    for (const auto& [key, item] : items) {
      if (const auto* interface = std::get_if<WorldInterface>(&item)) all[interface->id] = key;
    }
    std::set<InterfaceId> done;
    for (const auto& [key, item] : items) {
      const auto* interface = std::get_if<WorldInterface>(&item);
      if (interface) add_interface(key, interface->id, exported, all, done);
    }
    if (exported) exported_ = done;
    add_world(exported);
  }
  std::set<std::string> names;
  for (const Space& space : spaces_) {
    if (!names.insert(space.name).second) {
      refuse("two interfaces of it would be in the namespace " + space.name);
    }
    name_items(space);
  }
}

// Namespaces are words of lower case that nobody owns, as those made of WIT are.
void CppGenerator::check_renames() {
  for (const auto& [interface, name] : options_.renames) {
    for (size_t at = 0; at != std::string::npos;) {
      size_t end = name.find("::", at);
      std::string part = name.substr(at, end == std::string::npos ? end : end - at);
      if (!is_c_name(part) || (at == 0 ? top_of_space(part) : part_of_space(part)) != part) {
        return refuse("--rename: `" + name + "` is not made of names of lower case that are free");
      }
      at = end == std::string::npos ? end : end + 2;
    }
  }
}

// Gives types, and functions in their namespaces and classes, names that differ.
void CppGenerator::name_items(const Space& space) {
  std::set<std::string> types;
  std::set<std::string> functions;
  std::map<TypeId, std::set<std::string>> members;
  for (TypeId id : space.types) {
    type_names_[id] = unique_name(title_case(resolve_[id].name), types);
  }
  for (const Function* function : space.functions) {
    check(space, *function);
    std::string name(function->item_name());
    if (function->accessor == Accessor::getter) name = "get-" + name;
    if (function->accessor == Accessor::setter) name = "set-" + name;
    if (function->kind == Function::Kind::freestanding) {
      function_names_[function] = unique_name(part_of_space(name), functions);
      continue;
    }
    name = function->kind == Function::Kind::constructor ? "create" : snake_case(name);
    function_names_[function] = unique_name(name, members[function->resource]);
  }
}

bool CppGenerator::is_async(const Space& space, const Function& function) const {
  if (!function.async) return false;
  std::string name = function.name;
  if (space.interface.valid()) name = space.module + "#" + name;
  const auto& sync = options_.sync;
  return !sync.contains("all") && !sync.contains(name) &&
         !sync.contains((space.exported ? "export:" : "import:") + name);
}

void CppGenerator::check(const Space& space, const Function& function) {
  if (is_async(space, function)) needs_async_ = true;
  uint32_t index = 0;
  auto look = [&](auto& self, Type type) -> void {
    if (refused_) return;
    if (++steps_ > kMaxSteps) return refuse("its types have too many parts");
    if (type.is(Prim::error_context)) {
      std::string name = space.interface.valid() ? space.module + "#" : "";
      refuse("`" + name + function.name + "` uses error-context");
    }
    if (type.is_prim()) return;
    const Shape& shape = resolve_[type.id()].shape;
    if (std::holds_alternative<Own>(shape) || std::holds_alternative<Borrow>(shape)) return;
    for_each_reference(shape, [&](Type part) { self(self, part); });
    if (std::holds_alternative<Stream>(shape) || std::holds_alternative<Future>(shape)) {
      needs_async_ = true;
      mentions_.push_back({&space, &function, index++, type.id()});
    }
  };
  for (const Param& param : function.params) look(look, param.type);
  if (function.result) look(look, *function.result);
}

}  // namespace weir::wit
