// Reads the type sections and the declarators of component and instance types.
#include "component/decoder.h"
#include "component/names.h"

namespace weir::component {
namespace {

std::optional<Prim> prim_of(uint8_t code) {
  switch (code) {
    case 0x7f:
      return Prim::boolean;
    case 0x7e:
      return Prim::s8;
    case 0x7d:
      return Prim::u8;
    case 0x7c:
      return Prim::s16;
    case 0x7b:
      return Prim::u16;
    case 0x7a:
      return Prim::s32;
    case 0x79:
      return Prim::u32;
    case 0x78:
      return Prim::s64;
    case 0x77:
      return Prim::u64;
    case 0x76:
      return Prim::f32;
    case 0x75:
      return Prim::f64;
    case 0x74:
      return Prim::character;
    case 0x73:
      return Prim::string;
    case 0x64:
      return Prim::error_context;
    default:
      return std::nullopt;
  }
}

bool is_key_type(ValType type) {
  if (!type.is_prim()) return false;
  switch (type.prim()) {
    case Prim::f32:
    case Prim::f64:
    case Prim::error_context:
      return false;
    default:
      return true;
  }
}

// The lowest code (as a byte) that begins a type and not an index.
constexpr uint8_t kFirstTypeCode = 0x40;

}  // namespace

void Decoder::core_type(Reader& r, Scope& s) {
  limit(r, s.core_types.size(), limits::kTypes, "types");
  uint8_t lead = r.byte();
  if (!r.ok()) return;
  if (lead == 0x50) {
    s.core_types.push_back(module_type(r, s));
    return;
  }
  if (lead == 0x00) {
    // A type that is not final has a leading zero here, for 0x50 alone is a module type.
    if (r.peek() != 0x50) r.fail("invalid leading byte 0x00 in core type");
    lead = r.byte();
  }
  // Module types have places in the index space, but core types may not mention them.
  std::vector<wasm::CoreTypeId> space;
  for (const CoreAny& any : s.core_types) {
    const wasm::CoreTypeId* id = std::get_if<wasm::CoreTypeId>(&any);
    space.push_back(id ? *id : wasm::kNoCoreType);
  }
  size_t before = space.size();
  u_.core.read_group(r, lead, space);
  for (size_t i = before; i < space.size(); ++i) s.core_types.push_back(space[i]);
}

ModuleTypeId Decoder::module_type(Reader& r, Scope& s) {
  ModuleType type;
  std::vector<wasm::CoreTypeId> space;
  std::unordered_set<std::string> seen;
  uint32_t count = r.count(limits::kTypes, "declarations of a module type");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint64_t at = r.offset();
    uint8_t kind = r.byte();
    switch (kind) {
      case 0x00: {
        std::string module(r.name());
        std::string name(r.name());
        wasm::ExternType import = wasm::read_extern_type(r, u_.core, space);
        if (!seen.insert(module + '\0' + name).second) {
          r.fail_at(at, "duplicate import name `" + module + ":" + name + "` already defined");
        }
        type.imports.push_back({std::move(module), std::move(name), import});
        break;
      }
      case 0x01:
        u_.core.read_group(r, space);
        break;
      case 0x02: {
        r.expect(0x10, "the sort of an alias of a module type");
        r.expect(0x01, "the kind of an alias of a module type");
        uint32_t outer = r.u32();
        uint32_t index = r.u32();
        if (!r.ok()) break;
        // 0 is the module type itself, 1 the scope that it stands in.
        if (outer == 0) {
          if (in_range(r, index, space.size(), "type", at)) space.push_back(space[index]);
          break;
        }
        const Scope* target = &s;
        for (uint32_t n = 1; n < outer && target; ++n) target = target->outer;
        if (!target) {
          r.fail_at(at, "invalid outer alias count of " + std::to_string(outer));
          break;
        }
        if (!in_range(r, index, target->core_types.size(), "type", at)) break;
        const wasm::CoreTypeId* id = std::get_if<wasm::CoreTypeId>(&target->core_types[index]);
        if (!id) {
          r.fail_at(at, "not a core type: aliases of module types are not allowed here");
          break;
        }
        space.push_back(*id);
        break;
      }
      case 0x03: {
        std::string name(r.name());
        wasm::ExternType exported = wasm::read_extern_type(r, u_.core, space);
        if (!type.exports.emplace(name, exported).second) {
          r.fail_at(at, "duplicate export name `" + name + "` already defined");
        }
        break;
      }
      default:
        r.fail_at(at, "invalid leading byte " + std::to_string(kind) + " for a module declaration");
    }
  }
  return u_.add(std::move(type));
}

void Decoder::type(Reader& r, Scope& s) {
  limit(r, s.types.size(), limits::kTypes, "types");
  uint64_t at = r.offset();
  uint8_t code = r.byte();
  switch (code) {
    case 0x40:
      func_type(r, s, false);
      break;
    case 0x43:
      need(r, features_.async, "the component model async feature", at);
      func_type(r, s, true);
      break;
    case 0x41:
      component_type(r, s);
      break;
    case 0x42:
      instance_type(r, s);
      break;
    case 0x3f:
      resource_type(r, s, at);
      break;
    default:
      defined_type(r, s, code, at);
      break;
  }
  check_budget(r);
}

std::optional<ValType> Decoder::primitive(Reader& r, uint8_t code, uint64_t at) {
  std::optional<Prim> prim = prim_of(code);
  if (!prim) {
    r.fail_at(
        at, "invalid leading byte (0x" + [&] {
          const char* digits = "0123456789abcdef";
          return std::string{digits[code >> 4], digits[code & 15]};
        }() + ") for a type");
    return std::nullopt;
  }
  if (*prim == Prim::error_context) {
    need(r, features_.error_context, "the component model error-context feature", at);
  }
  return ValType(*prim);
}

std::optional<ValType> Decoder::value_type(Reader& r, const Scope& s) {
  uint64_t at = r.offset();
  uint8_t first = r.peek();
  // One byte of a negative number: a primitive type.
  if (first >= kFirstTypeCode && first < 0x80) {
    r.byte();
    if (!r.ok()) return std::nullopt;
    return primitive(r, first, at);
  }
  int64_t index = r.s33();
  if (!r.ok()) return std::nullopt;
  if (index < 0) {
    r.fail_at(at, "invalid leading byte for a value type");
    return std::nullopt;
  }
  if (!in_range(r, static_cast<uint64_t>(index), s.types.size(), "type", at)) return std::nullopt;
  AnyType found = s.types[static_cast<size_t>(index)];
  if (found.kind != AnyType::Kind::value) {
    r.fail_at(at, "type index " + std::to_string(index) + " is not a defined type, but a " +
                      name_of(found.kind));
    return std::nullopt;
  }
  return found.value();
}

std::optional<ValType> Decoder::optional_value_type(Reader& r, const Scope& s) {
  uint64_t at = r.offset();
  uint8_t present = r.byte();
  if (present > 1) r.fail_at(at, "invalid leading byte for an optional type");
  if (!r.ok() || present == 0) return std::nullopt;
  return value_type(r, s);
}

std::optional<ResourceId> Decoder::resource_at(Reader& r, const Scope& s) {
  uint64_t at = r.offset();
  uint32_t index = r.u32();
  if (!in_range(r, index, s.types.size(), "type", at)) return std::nullopt;
  AnyType found = s.types[index];
  if (found.kind != AnyType::Kind::resource) {
    r.fail_at(at, "type index " + std::to_string(index) + " is not a resource type, but a " +
                      name_of(found.kind));
    return std::nullopt;
  }
  return found.resource();
}

std::string Decoder::label(Reader& r, std::unordered_set<std::string>& seen, const char* what) {
  uint64_t at = r.offset();
  std::string name(r.name());
  if (!r.ok()) return name;
  if (name.empty()) {
    r.fail_at(at, std::string(what) + " name cannot be empty");
  } else if (!is_label(name)) {
    r.fail_at(at, std::string(what) + " name `" + name + "` is not in kebab case");
  } else if (!seen.insert(unique_key(name)).second) {
    r.fail_at(at,
              std::string(what) + " name `" + name + "` conflicts with previous " + what + " name");
  }
  return name;
}

AnyType Decoder::add_shape(Reader& r, uint64_t at, Shape shape) {
  TypeId id = t_.add(std::move(shape));
  if (t_.depth(id) > limits::kTypeDepth) r.fail_at(at, "the type nests too deep");
  if (t_.wide_layout(id).size > wit::kMaxValueSize) {
    r.fail_at(at, "the size of the type's values exceeds maximum byte size of 2^28");
  }
  return ValType(id);
}

void Decoder::defined_type(Reader& r, Scope& s, uint8_t code, uint64_t at) {
  if (!r.ok()) return;
  auto some = [&](std::optional<ValType> type) { return type.value_or(ValType(Prim::boolean)); };
  std::unordered_set<std::string> seen;
  Shape shape = List{Prim::boolean};
  switch (code) {
    case 0x72: {
      Record record;
      uint32_t count = r.count(limits::kFields, "record fields");
      if (count == 0) r.fail_at(at, "record type must have at least one field");
      for (uint32_t i = 0; i < count && r.ok(); ++i) {
        std::string name = label(r, seen, "record field");
        record.fields.push_back({std::move(name), some(value_type(r, s))});
      }
      shape = std::move(record);
      break;
    }
    case 0x71: {
      Variant variant;
      uint32_t count = r.count(limits::kFields, "variant cases");
      if (count == 0) r.fail_at(at, "variant type must have at least one case");
      for (uint32_t i = 0; i < count && r.ok(); ++i) {
        std::string name = label(r, seen, "variant case");
        std::optional<ValType> payload = optional_value_type(r, s);
        r.expect(0, "the byte after a variant case");
        variant.cases.push_back({std::move(name), payload});
      }
      shape = std::move(variant);
      break;
    }
    case 0x70:
      shape = List{some(value_type(r, s))};
      break;
    case 0x67: {
      need(r, features_.fixed_lists, "the fixed length lists feature", at);
      ValType element = some(value_type(r, s));
      uint32_t length = r.u32();
      if (length == 0) r.fail_at(at, "fixed length lists must have more than zero elements");
      shape = FixedList{element, length};
      break;
    }
    case 0x6f: {
      Tuple tuple;
      uint32_t count = r.count(limits::kFields, "tuple types");
      if (count == 0) r.fail_at(at, "tuple type must have at least one type");
      for (uint32_t i = 0; i < count && r.ok(); ++i) tuple.types.push_back(some(value_type(r, s)));
      shape = std::move(tuple);
      break;
    }
    case 0x6e:
    case 0x6d: {
      bool flags = code == 0x6e;
      const char* what = flags ? "flag" : "enum tag";
      std::vector<std::string> names;
      uint32_t count = r.count(limits::kFields, flags ? "flags" : "enum cases");
      if (count == 0) {
        r.fail_at(at, flags ? "flags must have at least one entry"
                            : "enum type must have at least one variant");
      }
      if (flags && count > limits::kFlags) r.fail_at(at, "cannot have more than 32 flags");
      for (uint32_t i = 0; i < count && r.ok(); ++i) names.push_back(label(r, seen, what));
      if (flags) {
        shape = Flags{std::move(names)};
      } else {
        shape = Enum{std::move(names)};
      }
      break;
    }
    case 0x6b:
      shape = Option{some(value_type(r, s))};
      break;
    case 0x6a: {
      std::optional<ValType> ok = optional_value_type(r, s);
      std::optional<ValType> err = optional_value_type(r, s);
      shape = ResultType{ok, err};
      break;
    }
    case 0x69:
      shape = Own{resource_at(r, s).value_or(ResourceId{})};
      break;
    case 0x68:
      shape = Borrow{resource_at(r, s).value_or(ResourceId{})};
      break;
    case 0x66:
    case 0x65: {
      bool stream = code == 0x66;
      need(r, features_.async, "the component model async feature", at);
      std::optional<ValType> element = optional_value_type(r, s);
      if (element && t_.contents(*element).borrow) {
        r.fail_at(at, std::string(stream ? "stream" : "future") +
                          " types cannot contain a borrow: `borrow` is not allowed there");
      }
      if (stream && element && element->is(Prim::character)) {
        r.fail_at(at, "`(stream char)` is not valid at this time");
      }
      if (stream) {
        shape = Stream{element};
      } else {
        shape = Future{element};
      }
      break;
    }
    case 0x63: {
      need(r, features_.map, "the component model map feature", at);
      uint64_t key_at = r.offset();
      ValType key = some(value_type(r, s));
      if (r.ok() && !is_key_type(key)) r.fail_at(key_at, "invalid map key type");
      ValType value = some(value_type(r, s));
      if (r.ok() && t_.contents(value).handle) {
        r.fail_at(at, "the values of a map cannot contain handles");
      }
      shape = Map{key, value};
      break;
    }
    default: {
      std::optional<ValType> type = primitive(r, code, at);
      if (r.ok() && type) s.types.push_back(*type);
      return;
    }
  }
  if (!r.ok()) return;
  s.types.push_back(add_shape(r, at, std::move(shape)));
}

std::optional<ValType> Decoder::result_list(Reader& r, const Scope& s) {
  uint64_t at = r.offset();
  uint8_t kind = r.byte();
  if (kind == 0) return value_type(r, s);
  if (kind != 1) r.fail_at(at, "invalid leading byte for a result list");
  r.expect(0, "the count of named results");
  return std::nullopt;
}

void Decoder::func_type(Reader& r, Scope& s, bool async) {
  uint64_t at = r.offset();
  FuncType type;
  type.async = async;
  std::unordered_set<std::string> seen;
  uint32_t count = r.count(limits::kParams, "function parameters");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    std::string name = label(r, seen, "function parameter");
    std::optional<ValType> param = value_type(r, s);
    type.params.push_back({std::move(name), param.value_or(ValType(Prim::boolean))});
  }
  type.result = result_list(r, s);
  if (!r.ok()) return;
  if (type.result && t_.contents(*type.result).borrow) {
    r.fail_at(at, "function result cannot contain a `borrow` type");
    return;
  }
  s.types.push_back(t_.intern(std::move(type)));
}

void Decoder::resource_type(Reader& r, Scope& s, uint64_t at) {
  if (s.kind != Scope::Kind::component) {
    r.fail_at(at, "resources can only be defined within a concrete component");
    return;
  }
  uint8_t representation = r.byte();
  if (r.ok() && representation != 0x7f) {
    r.fail_at(at, "resources can only be represented by `i32`");
  }
  uint8_t has_destructor = r.byte();
  ResourceDefinition definition;
  if (has_destructor == 1) {
    uint64_t index_at = r.offset();
    uint32_t index = r.u32();
    expect_core_type(r, s, index, {{wasm::kI32}, {}}, "core function `dtor`", index_at);
    definition.destructor = index;
  } else if (has_destructor != 0) {
    r.fail_at(at, "invalid leading byte for an optional destructor");
  }
  if (!r.ok()) return;
  definition.id = t_.add_resource();
  s.defined.push_back(definition.id);
  s.local.insert(definition.id.index);
  s.types.push_back(definition.id);
  s.definitions.push_back(definition);
}

void Decoder::component_type(Reader& r, Scope& outer) {
  if (++nesting_ > limits::kNesting) r.fail("types nest too deep");
  Scope s(Scope::Kind::component_type, &outer);
  uint32_t count = r.count(limits::kTypes, "declarations of a component type");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    if (r.peek() == 0x03) {
      r.byte();
      import(r, s);
    } else {
      declaration(r, s);
    }
  }
  --nesting_;
  ComponentType type;
  finish(r, s, type);
  if (r.ok()) outer.types.push_back(u_.add(std::move(type)));
}

void Decoder::instance_type(Reader& r, Scope& outer) {
  if (++nesting_ > limits::kNesting) r.fail("types nest too deep");
  Scope s(Scope::Kind::instance_type, &outer);
  uint32_t count = r.count(limits::kTypes, "declarations of an instance type");
  for (uint32_t i = 0; i < count && r.ok(); ++i) declaration(r, s);
  --nesting_;
  if (!r.ok()) return;
  InstanceType type;
  for (const ExternList::Item& item : s.exports) {
    type.resources = type.resources || u_.mentions_resource(item.type);
  }
  type.exports = std::move(s.exports);
  type.defined = std::move(s.defined);
  outer.types.push_back(u_.add(std::move(type)));
}

void Decoder::declaration(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  uint8_t kind = r.byte();
  switch (kind) {
    case 0x00:
      core_type(r, s);
      break;
    case 0x01:
      type(r, s);
      break;
    case 0x02:
      alias(r, s);
      break;
    case 0x04:
      export_declaration(r, s);
      break;
    default:
      r.fail_at(at, "invalid leading byte " + std::to_string(kind) +
                        " for a declaration of a component or instance type");
  }
}

}  // namespace weir::component
