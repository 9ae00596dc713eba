#include "wit/binary/component_reader.h"

#include <algorithm>

#include "wit/binary/codes.h"

namespace weir::wit::binary {
namespace {

constexpr uint32_t kMaxNesting = 100;
// How many names may be compared in all.
constexpr uint64_t kMaxSearched = 100'000'000;
constexpr uint32_t kMaxItems = 1'000'000;

// What follows the code of a built-in function: `i` an index, `b` a byte, `r` a result list,
// `o` options. Null for a code that is none.
const char* immediates_of(uint8_t code) {
  switch (code) {
    case 0x02:
    case 0x03:
    case 0x04:
    case 0x0e:
    case 0x13:
    case 0x14:
    case 0x15:
    case 0x1a:
    case 0x1b:
      return "i";
    case 0x05:
    case 0x0d:
    case 0x1e:
    case 0x1f:
    case 0x22:
    case 0x23:
    case 0x24:
    case 0x25:
      return "";
    case 0x06:
    case 0x0c:
      return "b";
    case 0x09:
      return "ro";
    case 0x0a:
    case 0x0b:
    case 0x20:
    case 0x21:
      return "bi";
    case 0x0f:
    case 0x10:
    case 0x16:
    case 0x17:
      return "io";
    case 0x11:
    case 0x12:
    case 0x18:
    case 0x19:
      return "ib";
    case 0x1c:
    case 0x1d:
      return "o";
    default:
      return nullptr;
  }
}

}  // namespace

NodeId ComponentReader::add(Reader& r, Node node) {
  if (!r.ok()) return 0;
  std::optional<NodeId> id = graph_.add(std::move(node));
  if (!id) r.fail("the types are too large or nest too deep");
  return id.value_or(0);
}

NodeId ComponentReader::at(Reader& r, const std::vector<NodeId>& space, uint32_t index,
                           const char* what) {
  if (!r.ok()) return 0;
  if (index < space.size()) return space[index];
  r.fail(std::string("there is no ") + what + " " + std::to_string(index));
  return 0;
}

const Extern* ComponentReader::look_up(Reader& r, const std::vector<Extern>& externs,
                                       std::string_view name) {
  searched_ += externs.size();
  if (searched_ > kMaxSearched) r.fail("there are too many imports and exports");
  return r.ok() ? find(externs, name) : nullptr;
}

Result<ComponentTypes> ComponentReader::run() {
  Reader r(bytes_);
  Scope root;
  component(r, root, true);
  if (!r.ok()) return Err(r.error());
  out_.imports = std::move(root.imports);
  out_.exports = std::move(root.exports);
  return std::move(out_);
}

void ComponentReader::component(Reader& r, Scope& s, bool outermost) {
  std::span<const uint8_t> header = r.bytes(std::size(kComponentHeader));
  if (r.ok() && !std::ranges::equal(header, kComponentHeader)) {
    r.fail_at(r.offset() - header.size(), "this is not a WebAssembly component");
  }
  if (++nesting_ > kMaxNesting) r.fail("components nest too deep");
  while (r.ok() && !r.at_end()) {
    uint8_t id = r.byte();
    Reader content = r.sized();
    if (!r.ok()) break;
    if (id == kCustomSection) {
      std::string_view name = content.name();
      std::span<const uint8_t> data = content.bytes(content.remaining());
      if (content.ok() && outermost) out_.custom_sections.emplace_back(name, data);
    } else {
      section(id, content, s);
    }
    r.adopt(content);
  }
  --nesting_;
}

void ComponentReader::section(uint8_t id, Reader& r, Scope& s) {
  auto each = [&](void (ComponentReader::*item)(Reader&, Scope&)) {
    uint32_t count = r.count(kMaxItems, "items of a section");
    for (uint32_t i = 0; i < count && r.ok(); ++i) (this->*item)(r, s);
    if (r.ok() && !r.at_end()) r.fail("a section is longer than what it holds");
  };
  switch (id) {
    // Core modules, their instances and types.
    case 1:
    case 2:
    case 3:
      return;
    case 4:
      nested_component(r, s);
      return;
    case 5:
      each(&ComponentReader::instance);
      return;
    case 6:
      each(&ComponentReader::alias);
      return;
    case kTypeSection:
      each(&ComponentReader::type);
      return;
    case 8:
      each(&ComponentReader::canonical_function);
      return;
    case 10:
      each(&ComponentReader::import_definition);
      return;
    case kExportSection:
      each(&ComponentReader::export_definition);
      return;
    default:
      r.fail("section " + std::to_string(id) + " is not supported");
  }
}

void ComponentReader::import_definition(Reader& r, Scope& s) { described_extern(r, s, true); }

void ComponentReader::nested_component(Reader& r, Scope& s) {
  Scope inner{.outer = &s, .begin = graph_.size()};
  component(r, inner, false);
  s.components.push_back(
      add(r, {ComponentNode{std::move(inner.imports), std::move(inner.exports), inner.begin}, 0}));
}

void ComponentReader::export_definition(Reader& r, Scope& s) {
  Extern e = extern_name(r);
  take_name(r, s.export_names, e.name);
  Extern what = sort_and_index(r, s);
  e.sort = what.sort;
  e.node = what.node;
  uint8_t ascribed = r.byte();
  if (ascribed == 1) {
    Extern described;
    description(r, s, described);
    if (r.ok() && described.sort != e.sort) r.fail("an export is ascribed a type of another sort");
    // The ascribed type of a type says no more than the type itself.
    if (e.sort != Sort::type) e.node = described.node;
  } else if (ascribed != 0) {
    r.fail("invalid leading byte for an optional type");
  }
  if (e.sort == Sort::type) e.node = second_name(r, e.node);
  if (!r.ok()) return;
  define(s, e);
  s.exports.push_back(std::move(e));
}

void ComponentReader::canonical_options(Reader& r) {
  uint32_t count = r.count(16, "canonical options");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint8_t code = r.byte();
    if (code == 0x03 || code == 0x04 || code == 0x05 || code == 0x07) {
      r.u32();
    } else if (code > 0x07) {
      r.fail("invalid leading byte for a canonical option");
    }
  }
}

void ComponentReader::canonical_function(Reader& r, Scope& s) {
  uint8_t code = r.byte();
  if (code <= 0x01) {
    r.expect(0, "the sort of a lift or lower");
    r.u32();
    canonical_options(r);
    if (code == 0x00) s.funcs.push_back(typed<FuncNode>(r, s, r.u32(), "a function type"));
    return;
  }
  const char* immediates = immediates_of(code);
  if (!immediates) {
    r.fail("canonical function " + std::to_string(code) + " is not supported");
    return;
  }
  for (const char* each = immediates; *each; ++each) {
    if (*each == 'i') r.u32();
    if (*each == 'b') r.byte();
    if (*each == 'r') result_list(r, s);
    if (*each == 'o') canonical_options(r);
  }
}

void ComponentReader::instance(Reader& r, Scope& s) {
  uint8_t form = r.byte();
  if (form == 0) {
    instantiate(r, s);
  } else if (form == 1) {
    bag(r, s);
  } else {
    r.fail("invalid leading byte for an instance");
  }
}

void ComponentReader::instantiate(Reader& r, Scope& s) {
  NodeId id = at(r, s.components, r.u32(), "component");
  std::vector<Extern> args;
  uint32_t count = r.count(kMaxItems, "instantiation arguments");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    std::string name(r.name());
    args.push_back(sort_and_index(r, s));
    args.back().name = std::move(name);
  }
  if (!r.ok()) return;
  auto same_kind = [&](NodeId a, NodeId b) {
    return (graph_.get<Shape>(a) && graph_.get<Shape>(b)) ||
           (graph_.get<ResourceNode>(a) && graph_.get<ResourceNode>(b));
  };
  // The types that the component imports are those that it is given.
  std::unordered_map<NodeId, NodeId> replaced;
  auto match = [&](auto&& self, const std::vector<Extern>& wanted,
                   const std::vector<Extern>& given) -> void {
    for (const Extern& want : wanted) {
      const Extern* arg = look_up(r, given, want.name);
      if (!arg || arg->sort != want.sort) continue;
      if (want.sort == Sort::type && same_kind(want.node, arg->node)) {
        replaced.emplace(want.node, arg->node);
      }
      if (want.sort != Sort::instance) continue;
      const auto* from = graph_.get<InstanceNode>(want.node);
      const auto* to = graph_.get<InstanceNode>(arg->node);
      if (from && to) self(self, from->exports, to->exports);
    }
  };
  match(match, graph_.get<ComponentNode>(id)->imports, args);
  if (!r.ok()) return;
  std::optional<NodeId> made = graph_.copy(id, replaced);
  if (!made) {
    r.fail("the types are too large or nest too deep");
    return;
  }
  const auto& component = *graph_.get<ComponentNode>(*made);
  InstanceNode instance{component.exports, component.begin};
  s.instances.push_back(add(r, {std::move(instance), 0}));
}

void ComponentReader::bag(Reader& r, Scope& s) {
  InstanceNode instance{{}, graph_.size()};
  std::unordered_set<std::string> names;
  uint32_t count = r.count(kMaxItems, "exports of an instance");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    Extern name = extern_name(r);
    take_name(r, names, name.name);
    Extern e = sort_and_index(r, s);
    if (e.sort == Sort::type) e.node = second_name(r, e.node);
    e.name = std::move(name.name);
    instance.exports.push_back(std::move(e));
  }
  s.instances.push_back(add(r, {std::move(instance), 0}));
}

}  // namespace weir::wit::binary
