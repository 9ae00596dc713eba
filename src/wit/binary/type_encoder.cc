#include "wit/binary/type_encoder.h"

#include <algorithm>

#include "util/assert.h"
#include "wit/binary/codes.h"

namespace weir::wit::binary {
namespace {

// The functions in the order of the resources they belong to; those of none come last. WIT text
// writes them so, and both roads then lead to the same order.
std::vector<const Function*> in_order_of_resources(const Interface& interface) {
  std::unordered_map<TypeId, uint32_t> ranks;
  for (const auto& [name, id] : interface.types) {
    ranks.emplace(id, static_cast<uint32_t>(ranks.size()));
  }
  std::vector<std::pair<uint32_t, uint32_t>> order;
  for (uint32_t i = 0; i < interface.functions.size(); ++i) {
    auto found = ranks.find(interface.functions[i].second.resource);
    order.emplace_back(found == ranks.end() ? UINT32_MAX : found->second, i);
  }
  std::ranges::sort(order);
  std::vector<const Function*> functions;
  for (auto [rank, i] : order) functions.push_back(&interface.functions[i].second);
  return functions;
}

}  // namespace

void TypeEncoder::add_interface(bool import, const ExternName& name, InterfaceId id,
                                bool types_only) {
  const Interface& interface = resolve_[id];
  Scope scope;
  inner_ = &scope;
  interface_ = id;
  for (const auto& [unused, type] : interface.types) definition(type);
  if (!types_only) {
    for (const Function* function : in_order_of_resources(interface)) {
      uint32_t type = function_type(*function);
      scope.declarations.func(false, {function->name, "", function->external_id}, type);
    }
  }
  inner_ = nullptr;
  interface_ = {};
  uint32_t type = outer_.declarations.type(scope.declarations.definition(kInstance));
  uint32_t instance = outer_.declarations.instance(import, name, type);
  // What uses types of an interface means those of the one without a plain name, if there is one;
  // only some components that were not made of WIT have none.
  if (!name.implements.empty() && instances_.contains(id)) return;
  instances_[id] = instance;
  for (const auto& [unused, used] : interface.types) aliased_.erase(used);
}

void TypeEncoder::add_function(bool import, const ExternName& name, const Function& function) {
  uint32_t type = function_type(function);
  outer_.declarations.func(import, name, type);
}

void TypeEncoder::add_import_type(TypeId id) {
  import_types_ = true;
  definition(id);
  import_types_ = false;
}

wasm::Writer TypeEncoder::finish() const { return outer_.declarations.definition(kComponent); }

ExternName TypeEncoder::name_of(TypeId id) const {
  return {resolve_[id].name, "", resolve_[id].external_id};
}

TypeRef TypeEncoder::type(Type type) {
  if (type.is_prim()) return type.prim();
  return definition(type.id());
}

std::optional<TypeRef> TypeEncoder::type(std::optional<Type> type) {
  if (!type) return std::nullopt;
  return this->type(*type);
}

TypeRef TypeEncoder::definition(TypeId id) {
  auto known = scope().types.find(id);
  if (known != scope().types.end()) return known->second;
  const TypeDef& def = resolve_[id];
  if (def.owner.kind == Owner::Kind::interface && def.owner.interface() != interface_) {
    uint32_t index = foreign_type(def.owner.interface(), id);
    scope().types.emplace(id, index);
    return index;
  }
  if (std::holds_alternative<Resource>(def.shape)) {
    uint32_t index = scope().declarations.resource(import_types_, name_of(id));
    scope().types.emplace(id, index);
    return index;
  }
  TypeRef made = shape(def);
  if (!def.name.empty()) {
    uint32_t index = made.index();
    if (made.is_prim()) {
      wasm::Writer out;
      out.byte(code_of(made.prim()));
      index = scope().declarations.type(out);
    }
    made = scope().declarations.named_type(import_types_, name_of(id), index);
  }
  if (!made.is_prim()) scope().types.emplace(id, made.index());
  return made;
}

uint32_t TypeEncoder::foreign_type(InterfaceId owner, TypeId id) {
  auto [at, fresh] = aliased_.try_emplace(id, 0);
  if (fresh) {
    auto instance = instances_.find(owner);
    WEIR_ASSERT(instance != instances_.end());
    at->second = outer_.declarations.alias_export(instance->second, resolve_[id].name);
  }
  return inner_ ? inner_->declarations.alias_outer(1, at->second) : at->second;
}

uint32_t TypeEncoder::intern(const wasm::Writer& definition) {
  auto [at, fresh] = scope().interned.try_emplace(definition.data(), 0);
  if (fresh) at->second = scope().declarations.type(definition);
  return at->second;
}

// What a definition is made of. Its parts are defined first, so they precede it.
TypeRef TypeEncoder::shape(const TypeDef& def) {
  wasm::Writer out;
  auto names = [&](uint8_t code, const std::vector<Label>& labels) {
    out.byte(code);
    out.u32(static_cast<uint32_t>(labels.size()));
    for (const Label& label : labels) out.name(label.name);
  };
  auto of_one = [&](uint8_t code, Type part) {
    TypeRef ref = type(part);
    out.byte(code);
    write(out, ref);
  };
  auto of_optional = [&](uint8_t code, std::optional<Type> part) {
    std::optional<TypeRef> ref = type(part);
    out.byte(code);
    write(out, ref);
  };
  auto handle = [&](uint8_t code, TypeId resource) {
    TypeRef ref = definition(resource);
    out.byte(code);
    out.u32(ref.index());
  };
  if (const auto* s = std::get_if<Alias>(&def.shape)) return type(s->target);
  if (const auto* s = std::get_if<Record>(&def.shape)) {
    std::vector<TypeRef> refs;
    for (const Field& field : s->fields) refs.push_back(type(field.type));
    out.byte(kRecord);
    out.u32(static_cast<uint32_t>(refs.size()));
    for (size_t i = 0; i < refs.size(); ++i) {
      out.name(s->fields[i].name);
      write(out, refs[i]);
    }
  } else if (const auto* s = std::get_if<Variant>(&def.shape)) {
    std::vector<std::optional<TypeRef>> refs;
    for (const Case& c : s->cases) refs.push_back(type(c.type));
    out.byte(kVariant);
    out.u32(static_cast<uint32_t>(refs.size()));
    for (size_t i = 0; i < refs.size(); ++i) {
      out.name(s->cases[i].name);
      write(out, refs[i]);
      out.byte(0);
    }
  } else if (const auto* s = std::get_if<Enum>(&def.shape)) {
    names(kEnum, s->cases);
  } else if (const auto* s = std::get_if<Flags>(&def.shape)) {
    names(kFlags, s->flags);
  } else if (const auto* s = std::get_if<Tuple>(&def.shape)) {
    std::vector<TypeRef> refs;
    for (Type element : s->types) refs.push_back(type(element));
    out.byte(kTuple);
    out.u32(static_cast<uint32_t>(refs.size()));
    for (TypeRef ref : refs) write(out, ref);
  } else if (const auto* s = std::get_if<List>(&def.shape)) {
    of_one(kList, s->element);
  } else if (const auto* s = std::get_if<FixedList>(&def.shape)) {
    of_one(kFixedList, s->element);
    out.u32(s->length);
  } else if (const auto* s = std::get_if<Map>(&def.shape)) {
    TypeRef key = type(s->key);
    TypeRef value = type(s->value);
    out.byte(kMap);
    write(out, key);
    write(out, value);
  } else if (const auto* s = std::get_if<Option>(&def.shape)) {
    of_one(kOption, s->value);
  } else if (const auto* s = std::get_if<ResultType>(&def.shape)) {
    std::optional<TypeRef> ok = type(s->ok);
    std::optional<TypeRef> err = type(s->err);
    out.byte(kResult);
    write(out, ok);
    write(out, err);
  } else if (const auto* s = std::get_if<Own>(&def.shape)) {
    handle(kOwn, s->resource);
  } else if (const auto* s = std::get_if<Borrow>(&def.shape)) {
    handle(kBorrow, s->resource);
  } else if (const auto* s = std::get_if<Stream>(&def.shape)) {
    of_optional(kStream, s->element);
  } else if (const auto* s = std::get_if<Future>(&def.shape)) {
    of_optional(kFuture, s->value);
  }
  return def.name.empty() ? intern(out) : scope().declarations.type(out);
}

uint32_t TypeEncoder::function_type(const Function& function) {
  std::vector<TypeRef> params;
  for (const Param& param : function.params) params.push_back(type(param.type));
  std::optional<TypeRef> result = type(function.result);
  wasm::Writer out;
  out.byte(function.async ? kAsyncFunc : kFunc);
  out.u32(static_cast<uint32_t>(params.size()));
  for (size_t i = 0; i < params.size(); ++i) {
    out.name(function.params[i].name);
    write(out, params[i]);
  }
  if (result) {
    out.byte(0);
    write(out, *result);
  } else {
    out.byte(1);
    out.byte(0);
  }
  return intern(out);
}

}  // namespace weir::wit::binary
