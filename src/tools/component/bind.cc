#include <charconv>

#include "tools/component/encoder.h"
#include "wit/version.h"

namespace weir::tools {
namespace {

bool compatible(const std::string& a, const std::string& b) {
  size_t at_a = a.find('@');
  size_t at_b = b.find('@');
  if (at_a == std::string::npos || at_b == std::string::npos) return false;
  if (a.compare(0, at_a, b, 0, at_b) != 0) return false;
  auto version_a = wit::parse_version(std::string_view(a).substr(at_a + 1));
  auto version_b = wit::parse_version(std::string_view(b).substr(at_b + 1));
  if (!version_a || !version_b) return false;
  std::string track = wit::compatible_track(*version_a);
  return !track.empty() && track == wit::compatible_track(*version_b);
}

// Types that share parts may have more of them than anybody can visit.
constexpr uint32_t kMaxVisits = 100'000;

// Takes a prefix off.
bool take(std::string& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.erase(0, prefix.size());
  return true;
}

// The code of a built-in without operands but the flags that follow it; nothing for others.
std::optional<std::vector<uint8_t>> plain_builtin(const std::string& name) {
  static const std::map<std::string, std::vector<uint8_t>, std::less<>> kBuiltins = {
      {"[subtask-cancel]", {0x06, 0x00}},
      {"[async-lower][subtask-cancel]", {0x06, 0x01}},
      {"[subtask-drop]", {0x0d}},
      {"[waitable-set-new]", {0x1f}},
      {"[waitable-set-drop]", {0x22}},
      {"[waitable-join]", {0x23}},
      {"[backpressure-inc]", {0x24}},
      {"[backpressure-dec]", {0x25}},
      {"[thread-yield]", {0x0c, 0x00}},
      {"[cancellable][thread-yield]", {0x0c, 0x01}},
      {"[context-get-0]", {0x0a, 0x7f, 0x00}},
      {"[context-get-1]", {0x0a, 0x7f, 0x01}},
      {"[context-set-0]", {0x0b, 0x7f, 0x00}},
      {"[context-set-1]", {0x0b, 0x7f, 0x01}},
      {"[task-cancel]", {0x05}},
      {"[error-context-drop]", {0x1e}},
  };
  auto found = kBuiltins.find(name);
  if (found == kBuiltins.end()) return std::nullopt;
  return found->second;
}

// Built-ins with a memory: the code and its flag.
std::optional<std::vector<uint8_t>> memory_builtin(const std::string& name) {
  static const std::map<std::string, std::vector<uint8_t>, std::less<>> kBuiltins = {
      {"[waitable-set-wait]", {0x20, 0x00}},
      {"[cancellable][waitable-set-wait]", {0x20, 0x01}},
      {"[waitable-set-poll]", {0x21, 0x00}},
      {"[cancellable][waitable-set-poll]", {0x21, 0x01}},
  };
  auto found = kBuiltins.find(name);
  if (found == kBuiltins.end()) return std::nullopt;
  return found->second;
}

// `[error-context-new-utf8]` and the like: the code, and how the message is encoded.
struct ErrorContextBuiltin {
  uint8_t code;
  uint8_t encoding;
};
std::optional<ErrorContextBuiltin> error_context_builtin(std::string name) {
  bool makes = take(name, "[error-context-new-");
  if (!makes && !take(name, "[error-context-debug-message-")) return std::nullopt;
  static constexpr const char* kEncodings[] = {"utf8]", "utf16]", "latin1+utf16]"};
  for (uint8_t i = 0; i < 3; ++i) {
    if (name == kEncodings[i]) return ErrorContextBuiltin{uint8_t(makes ? 0x1c : 0x1d), i};
  }
  return std::nullopt;
}

}  // namespace

Encoder::Import Encoder::find_import(const std::string& name, const std::string& function) {
  Import found;
  for (bool exact : {true, false}) {
    for (const auto& world : worlds_) {
      for (const ScopeItem& item : world->types->scope->items) {
        if (!item.import || item.sort != ScopeItem::Sort::instance || found) continue;
        if (exact ? item.name == name : compatible(item.name, name)) found = {world.get(), &item};
      }
    }
  }
  if (!found) return found;
  Import best = representative(*found.world, *found.item);
  const Scope& inside = best.world->types->scope->instance_of(*best.item);
  bool enough = function.empty() || inside.find(function, ScopeItem::Sort::func) != nullptr;
  return enough ? best : found;
}

const Encoder::Export* Encoder::find_export(const std::string& name) const {
  for (const Export& item : exports_) {
    if (item.item->name == name) return &item;
  }
  return nullptr;
}

CanonOptions Encoder::options_for(const CoreSource& source, bool realloc) {
  CanonOptions options;
  const CoreSource& worlds = source.worlds.empty() ? main_ : source;
  if (!worlds.worlds.empty()) options.encoding = static_cast<uint8_t>(worlds.worlds[0].encoding);
  options.memory = memory_;
  if (!realloc || !memory_) return options;
  for (const char* name : {"cabi_import_realloc", "cabi_realloc", "canonical_abi_realloc"}) {
    if (!source.module.find_export(name)) continue;
    options.realloc = core_export(source, name);
    break;
  }
  return options;
}

Encoder::Binding Encoder::bind_lower(CoreSource& source, Import import, const std::string& function,
                                     bool async) {
  mark_import(import, function);
  return {[this, &source, import, function, async] {
            CanonOptions options = options_for(source, true);
            options.async = async;
            return out_.lower(imported_function(import, function), options);
          },
          true};
}

// resource.new (2), resource.drop (3) and resource.rep (4).
Encoder::Binding Encoder::bind_resource(uint8_t code, Place resource) {
  mark(resource);
  return {[this, code, resource] {
            uint32_t type = type_at(resource);
            wasm::Writer out;
            out.byte(code);
            out.u32(type);
            return out_.builtin(out);
          },
          false};
}

Encoder::Binding Encoder::bind_task_return(World& world, const Scope& scope,
                                           const FunctionShape& function) {
  const std::optional<TypeTemplate>& result = function.result;
  if (result) {
    for (const auto& hole : result->holes) mark({&world, &scope, hole.index});
  }
  return {[this, &world, &scope, &result] {
            wasm::Writer out;
            out.byte(0x09);
            if (result) {
              std::unordered_map<uint32_t, uint32_t> parts;
              for (const auto& hole : result->holes) {
                parts[hole.index] = type_at({&world, &scope, hole.index});
              }
              out.byte(0x00);
              result->write(out, [&](uint32_t part) { return parts[part]; });
            } else {
              out.byte(0x01);
              out.byte(0x00);
            }
            options_for(main_, false).write(out);
            return out_.builtin(out);
          },
          true};
}

// The streams and futures that a type mentions, parts before wholes.
void Encoder::find_streams(Place at, std::vector<Place>& found, uint32_t& visits) {
  if (++visits > kMaxVisits) return;
  at = follow(at);
  const TypeEntry& entry = at.entry();
  if (entry.kind == TypeEntry::Kind::named) {
    find_streams({at.world, at.scope, entry.index}, found, visits);
    return;
  }
  if (entry.kind != TypeEntry::Kind::definition || entry.definition.bytes.empty()) return;
  uint8_t code = entry.definition.bytes[0];
  if (code == 0x68 || code == 0x69) return;
  for (const auto& hole : entry.definition.holes) {
    find_streams({at.world, at.scope, hole.index}, found, visits);
  }
  if (code == 0x65 || code == 0x66) found.push_back(at);
}

// `[stream-new-0]f`, `[async-lower][future-read-1]f` and the like.
Result<Encoder::Binding> Encoder::bind_stream(CoreSource& source, World& world, const Scope& scope,
                                              const std::string& name) {
  std::string rest = name;
  bool async = take(rest, "[async-lower]");
  bool stream = take(rest, "[stream-");
  if (!stream && !take(rest, "[future-")) return Err("");
  static constexpr std::pair<const char*, uint8_t> kVerbs[] = {
      {"new", 0},          {"read", 1},          {"write", 2},         {"cancel-read", 3},
      {"cancel-write", 4}, {"drop-readable", 5}, {"drop-writable", 6},
  };
  for (const auto& [verb, offset] : kVerbs) {
    std::string tail = rest;
    if (!take(tail, std::string(verb) + "-")) continue;
    uint32_t index = 0;
    auto [end, error] = std::from_chars(tail.data(), tail.data() + tail.size(), index);
    if (error != std::errc() || end == tail.data() + tail.size() || *end != ']') continue;
    std::string function(tail, static_cast<size_t>(end + 1 - tail.data()));
    const ScopeItem* item = scope.find(function, ScopeItem::Sort::func);
    std::vector<Place> found;
    uint32_t visits = 0;
    if (item) find_streams({&world, &scope, item->type}, found, visits);
    if (index >= found.size()) break;
    Place type = found[index];
    mark(type);
    uint8_t code = static_cast<uint8_t>((stream ? 0x0e : 0x15) + offset);
    bool transfer = offset == 1 || offset == 2;
    bool cancel = offset == 3 || offset == 4;
    bool read = offset == 1;
    return Binding{[=, this, &source] {
                     uint32_t at = type_at(type);
                     wasm::Writer out;
                     out.byte(code);
                     out.u32(at);
                     if (transfer) {
                       CanonOptions options = options_for(source, read);
                       options.async = async;
                       options.write(out);
                     } else if (cancel) {
                       out.byte(async ? 1 : 0);
                     }
                     return out_.builtin(out);
                   },
                   transfer};
  }
  return Err("");
}

Result<Encoder::Binding> Encoder::bind_root(CoreSource& source, const std::string& name,
                                            bool exported) {
  if (auto code = plain_builtin(name)) {
    return Binding{[this, bytes = *code] {
                     wasm::Writer out;
                     out.bytes(bytes);
                     return out_.builtin(out);
                   },
                   false};
  }
  if (auto code = memory_builtin(name)) {
    return Binding{[this, bytes = *code] {
                     wasm::Writer out;
                     out.bytes(bytes);
                     out.u32(memory_.value_or(0));
                     return out_.builtin(out);
                   },
                   true};
  }
  if (auto builtin = error_context_builtin(name)) {
    return Binding{[this, &source, found = *builtin] {
                     CanonOptions options = options_for(source, found.code == 0x1d);
                     options.encoding = found.encoding;
                     wasm::Writer out;
                     out.byte(found.code);
                     options.write(out);
                     return out_.builtin(out);
                   },
                   true};
  }
  for (const auto& world : worlds_) {
    const Scope& scope = *world->types->scope;
    std::string rest = name;
    if (exported) {
      if (take(rest, "[task-return]")) {
        for (const ScopeItem& item : scope.items) {
          if (item.import || item.sort != ScopeItem::Sort::func || item.name != rest) continue;
          return bind_task_return(*world, scope, *scope.types[item.type].function);
        }
      }
    } else if (take(rest, "[resource-drop]")) {
      if (const ScopeItem* item = scope.find(rest, ScopeItem::Sort::type)) {
        return bind_resource(3, {world.get(), &scope, item->type});
      }
    } else {
      bool async = take(rest, "[async-lower]");
      const ScopeItem* item = scope.find(rest, ScopeItem::Sort::func);
      if (item && item->import) return bind_lower(source, {world.get(), item}, rest, async);
    }
    auto stream = bind_stream(source, *world, scope, name);
    if (stream.ok()) return stream;
  }
  return Err("");
}

Result<Encoder::Binding> Encoder::bind_interface(CoreSource& source, const std::string& module,
                                                 const std::string& name) {
  std::string rest = name;
  if (take(rest, "[resource-drop]")) {
    Import import = find_import(module);
    if (!import) return Err("");
    const Scope& scope = import.world->types->scope->instance_of(*import.item);
    const ScopeItem* item = scope.find(rest, ScopeItem::Sort::type);
    if (!item) return Err("");
    return bind_resource(3, {import.world, &scope, item->type});
  }
  bool async = take(rest, "[async-lower]");
  Import import = find_import(module, rest);
  if (!import) return Err("");
  const Scope& scope = import.world->types->scope->instance_of(*import.item);
  if (scope.find(rest, ScopeItem::Sort::func)) return bind_lower(source, import, rest, async);
  return bind_stream(source, *import.world, scope, name);
}

Result<Encoder::Binding> Encoder::bind_exported(CoreSource& source, const std::string& module,
                                                const std::string& name) {
  const Export* item = find_export(module);
  if (!item || item->item->sort != ScopeItem::Sort::instance) return Err("");
  const Scope& scope = item->world->types->scope->instance_of(*item->item);
  static constexpr std::pair<const char*, uint8_t> kResources[] = {
      {"[resource-new]", 2}, {"[resource-drop]", 3}, {"[resource-rep]", 4}};
  for (const auto& [prefix, code] : kResources) {
    std::string rest = name;
    if (!take(rest, prefix)) continue;
    const ScopeItem* type = scope.find(rest, ScopeItem::Sort::type);
    if (!type) return Err("");
    return bind_resource(code, {item->world, &scope, type->type});
  }
  std::string rest = name;
  if (take(rest, "[task-return]")) {
    const ScopeItem* function = scope.find(rest, ScopeItem::Sort::func);
    if (!function) return Err("");
    return bind_task_return(*item->world, scope, *scope.types[function->type].function);
  }
  return bind_stream(source, *item->world, scope, name);
}

Result<Encoder::Binding> Encoder::bind_import(CoreSource& source, const std::string& module,
                                              const std::string& name) {
  for (CoreSource& adapter : adapters_) {
    if (adapter.name != module || &adapter == &source) continue;
    if (!adapter.module.find_export(name)) {
      return Err(Error{"the adapter `" + module + "` has no function `" + name +
                       "`, which the module imports"});
    }
    return Binding{[this, &adapter, name] { return core_export(adapter, name); }, true};
  }
  std::string interface = module;
  Result<Binding> binding = Err("");
  if (module == "$root" || module == "[export]$root") {
    binding = bind_root(source, name, module != "$root");
  } else if (take(interface, "[export]")) {
    binding = bind_exported(source, interface, name);
  } else {
    binding = bind_interface(source, module, name);
  }
  if (binding.ok()) return binding;
  std::string hint;
  if (source.worlds.empty()) {
    hint =
        "; the module has no section `component-type`: link W_component_type.o with it, or add "
        "one with `weir component embed`";
  } else if (module == "wasi_snapshot_preview1") {
    hint = "; give an adapter with --adapt";
  } else {
    hint = "; the world `" + source.worlds[0].name + "` has no such import";
  }
  return Err(
      Error{source.name + ": the import `" + name + "` of `" + module + "` cannot be met" + hint});
}

Result<void> Encoder::bind(CoreSource& source, std::vector<BoundImport>& bound) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const wasm::Import& import : source.module.imports) {
    bool adapter = &source != &main_;
    bool own = adapter && (import.module == "env" || import.module == "__main_module__");
    if (own || !seen.emplace(import.module, import.name).second) continue;
    const wasm::CoreFunc* type = core_types_.func(import.type.type);
    if (import.type.kind != wasm::ExternKind::func || !type) {
      return Err(Error{source.name + ": imports the " + wasm::name_of(import.type.kind) + " `" +
                       import.name + "` of `" + import.module +
                       "`; a component can give it functions only"});
    }
    Binding binding = WEIR_TRY(bind_import(source, import.module, import.name));
    BoundImport made{import.module, import.name, 0, binding};
    if (binding.indirect) {
      made.slot = static_cast<uint32_t>(slots_.size());
      slots_.push_back({*type, binding.make});
    }
    bound.push_back(std::move(made));
  }
  return {};
}

Result<void> Encoder::bind_exports(CoreSource& source) {
  for (const auto& world : worlds_) {
    bool own = false;
    for (const WorldTypes& types : source.worlds) own = own || &types == world->types;
    if (!own) continue;
    const Scope& scope = *world->types->scope;
    for (const ScopeItem& item : scope.items) {
      if (item.import || item.sort == ScopeItem::Sort::type) continue;
      if (find_export(item.name)) continue;
      exports_.push_back({world.get(), &item, &source});
      if (item.sort == ScopeItem::Sort::func) {
        mark({world.get(), &scope, item.type});
        continue;
      }
      const Scope& inside = scope.instance_of(item);
      for (const ScopeItem& each : inside.items) mark({world.get(), &inside, each.type});
    }
  }
  return {};
}

}  // namespace weir::tools
