// Reads imports, exports and aliases.
#include "wit/binary/codes.h"
#include "wit/binary/component_reader.h"

namespace weir::wit::binary {

Extern ComponentReader::extern_name(Reader& r) {
  Extern e;
  uint8_t form = r.byte();
  if (form > kNameWithAttributes)
    r.fail("invalid leading byte for the name of an import or export");
  e.name = r.name();
  if (form != kNameWithAttributes) return e;
  uint32_t count = r.count(3, "attributes of a name");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint8_t attribute = r.byte();
    std::string value(r.name());
    if (attribute == kImplements) {
      e.implements = std::move(value);
    } else if (attribute == kVersionSuffix) {
      (e.implements.empty() ? e.name : e.implements) += value;
    } else if (attribute == kExternalId) {
      e.external_id = std::move(value);
    } else {
      r.fail("invalid attribute of a name");
    }
  }
  return e;
}

void ComponentReader::take_name(Reader& r, std::unordered_set<std::string>& names,
                                const std::string& name) {
  if (!names.insert(name).second) r.fail("the name `" + name + "` is there twice");
}

void ComponentReader::define(Scope& s, const Extern& e) {
  if (e.sort == Sort::func) s.funcs.push_back(e.node);
  if (e.sort == Sort::type) s.types.push_back(e.node);
  if (e.sort == Sort::instance) s.instances.push_back(e.node);
  if (e.sort == Sort::component) s.components.push_back(e.node);
}

// Only values and resources get nodes for their names; WIT names no other types.
NodeId ComponentReader::second_name(Reader& r, NodeId node) {
  if (!r.ok()) return 0;
  if (graph_.get<Shape>(node)) return add(r, {Shape(Alias{Type(TypeId{node})}), 0});
  if (graph_.get<ResourceNode>(node)) return add(r, {ResourceNode{node}, 0});
  return node;
}

void ComponentReader::description(Reader& r, Scope& s, Extern& e) {
  uint8_t kind = r.byte();
  switch (kind) {
    case 0x00:
      r.expect(0x11, "the core sort of an import or export");
      r.u32();
      e.sort = Sort::other;
      return;
    case kFuncSort:
      e.sort = Sort::func;
      e.node = typed<FuncNode>(r, s, r.u32(), "a function type");
      return;
    case kTypeSort: {
      e.sort = Sort::type;
      uint8_t bound = r.byte();
      if (bound == kEqual) {
        e.node = second_name(r, at(r, s.types, r.u32(), "type"));
      } else if (bound == kSubResource) {
        e.node = add(r, {ResourceNode{}, 0});
      } else {
        r.fail("invalid leading byte for a type bound");
      }
      return;
    }
    case kComponentSort:
      e.sort = Sort::component;
      e.node = typed<ComponentNode>(r, s, r.u32(), "a component type");
      return;
    case kInstanceSort: {
      e.sort = Sort::instance;
      NodeId type = typed<InstanceNode>(r, s, r.u32(), "an instance type");
      if (!r.ok()) return;
      std::optional<NodeId> made = graph_.copy(type);
      if (!made) r.fail("the types are too large or nest too deep");
      e.node = made.value_or(0);
      return;
    }
    default:
      r.fail("an import or export of this kind is not supported");
  }
}

void ComponentReader::described_extern(Reader& r, Scope& s, bool import) {
  Extern e = extern_name(r);
  take_name(r, import ? s.import_names : s.export_names, e.name);
  description(r, s, e);
  if (!r.ok()) return;
  define(s, e);
  (import ? s.imports : s.exports).push_back(std::move(e));
}

Extern ComponentReader::sort_and_index(Reader& r, const Scope& s) {
  Extern e;
  uint8_t sort = r.byte();
  if (sort == 0x00) r.byte();
  uint32_t index = r.u32();
  switch (sort) {
    case 0x00:
      break;
    case kFuncSort:
      e.sort = Sort::func;
      e.node = at(r, s.funcs, index, "function");
      break;
    case kTypeSort:
      e.sort = Sort::type;
      e.node = at(r, s.types, index, "type");
      break;
    case kComponentSort:
      e.sort = Sort::component;
      e.node = at(r, s.components, index, "component");
      break;
    case kInstanceSort:
      e.sort = Sort::instance;
      e.node = at(r, s.instances, index, "instance");
      break;
    default:
      r.fail("an item of this sort is not supported");
  }
  return e;
}

void ComponentReader::alias(Reader& r, Scope& s) {
  uint8_t sort = r.byte();
  if (sort == 0x00) r.byte();
  uint8_t target = r.byte();
  if (target == kInstanceExport) {
    NodeId id = at(r, s.instances, r.u32(), "instance");
    std::string_view name = r.name();
    if (!r.ok()) return;
    const Extern* found = look_up(r, graph_.get<InstanceNode>(id)->exports, name);
    if (!r.ok()) return;
    if (!found) {
      r.fail("an instance has no export `" + std::string(name) + "`");
    } else {
      define(s, *found);
    }
  } else if (target == 0x01) {
    // An export of a core instance.
    r.u32();
    r.name();
  } else if (target == kOuter) {
    uint32_t count = r.u32();
    uint32_t index = r.u32();
    Scope* scope = &s;
    for (; count > 0 && scope; --count) scope = scope->outer;
    if (!scope) {
      r.fail("an alias goes further out than there is");
    } else if (sort == kTypeSort) {
      s.types.push_back(at(r, scope->types, index, "type"));
    } else if (sort == kComponentSort) {
      s.components.push_back(at(r, scope->components, index, "component"));
    }
  } else {
    r.fail("invalid leading byte for the target of an alias");
  }
}

}  // namespace weir::wit::binary
