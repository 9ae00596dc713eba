// Reads imports and exports, and checks their names and what their types may mention.
#include "component/decoder.h"
#include "component/names.h"
#include "component/subtype.h"
#include "wit/version.h"

namespace weir::component {

Decoder::NameAttributes Decoder::name_attributes(Reader& r) {
  uint64_t at = r.offset();
  NameAttributes result;
  uint8_t kind = r.byte();
  if (r.ok() && kind > 2) {
    r.fail_at(at, "invalid leading byte (0x" + std::to_string(kind) + ") for an extern name");
  }
  result.name = std::string(r.name());
  if (kind != 2 || !r.ok()) return result;
  need(r, features_.attributes || features_.canonical_names, "attributes of extern names", at);
  uint32_t count = r.count(limits::kAttributes, "attributes");
  uint32_t seen = 0;
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint64_t attribute_at = r.offset();
    uint8_t attribute = r.byte();
    std::string value(r.name());
    if (!r.ok()) break;
    if (attribute > 2) {
      r.fail_at(attribute_at, "invalid attribute of an extern name");
      break;
    }
    if (seen & 1u << attribute) r.fail_at(attribute_at, "duplicate attribute of an extern name");
    seen |= 1u << attribute;
    switch (attribute) {
      case 0:
        need(r, features_.attributes, "`implements`", attribute_at);
        if (!is_interface_name(value)) {
          r.fail_at(attribute_at, "`" + value + "` is not a valid interface name for `implements`");
        }
        result.implements = std::move(value);
        break;
      case 1: {
        need(r, features_.canonical_names, "`versionsuffix`", attribute_at);
        result.suffixed = true;
        // It belongs to the interface that `implements` names, else to the name itself.
        const std::string& owner = result.implements.empty() ? result.name : result.implements;
        size_t version = owner.find('@');
        if (version == std::string::npos ||
            !wit::parse_version(owner.substr(version + 1) + value)) {
          r.fail_at(attribute_at,
                    "the version suffix `" + value + "` does not fit `" + owner + "`");
        }
        break;
      }
      case 2:
        need(r, features_.attributes, "`external-id`", attribute_at);
        break;
    }
  }
  return result;
}

std::optional<ExternType> Decoder::extern_type(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  uint8_t kind = r.byte();
  if (!r.ok()) return std::nullopt;
  auto type_at = [&](AnyType::Kind wanted) -> std::optional<AnyType> {
    uint32_t index = r.u32();
    if (!in_range(r, index, s.types.size(), "type", at)) return std::nullopt;
    AnyType found = s.types[index];
    if (found.kind != wanted) {
      r.fail_at(at, "type index " + std::to_string(index) + " is not a " + name_of(wanted) +
                        ", but a " + name_of(found.kind));
      return std::nullopt;
    }
    return found;
  };
  switch (kind) {
    case 0x00: {
      r.expect(0x11, "the core sort of an import or export");
      uint32_t index = r.u32();
      if (!in_range(r, index, s.core_types.size(), "type", at)) return std::nullopt;
      const ModuleTypeId* module = std::get_if<ModuleTypeId>(&s.core_types[index]);
      if (!module) {
        r.fail_at(at, "core type index " + std::to_string(index) + " is not a module type");
        return std::nullopt;
      }
      return *module;
    }
    case 0x01:
      if (auto found = type_at(AnyType::Kind::func)) return found->func();
      return std::nullopt;
    case 0x02:
      r.fail_at(at, "values are not supported (support for component model `value`s)");
      return std::nullopt;
    case 0x03: {
      uint64_t bound_at = r.offset();
      uint8_t bound = r.byte();
      if (bound == 0x01) {
        // The new resource is made by `add_extern`.
        return ExternType::of_type(ResourceId{});
      }
      if (bound != 0x00) {
        r.fail_at(bound_at, "invalid leading byte for a type bound");
        return std::nullopt;
      }
      uint32_t index = r.u32();
      if (!in_range(r, index, s.types.size(), "type", at)) return std::nullopt;
      return ExternType::of_type(s.types[index]);
    }
    case 0x04:
      if (auto found = type_at(AnyType::Kind::component)) return found->component();
      return std::nullopt;
    case 0x05:
      if (auto found = type_at(AnyType::Kind::instance)) return found->instance();
      return std::nullopt;
    default:
      r.fail_at(at, "invalid leading byte " + std::to_string(kind) + " for an extern type");
      return std::nullopt;
  }
}

void Decoder::define(Scope& s, const ExternType& type) {
  switch (type.kind) {
    case ExternType::Kind::module:
      s.modules.push_back(type.module());
      break;
    case ExternType::Kind::func:
      s.funcs.push_back(type.func());
      break;
    case ExternType::Kind::type:
      s.types.push_back(type.type);
      break;
    case ExternType::Kind::component:
      s.components.push_back(type.component());
      break;
    case ExternType::Kind::instance:
      s.instances.push_back(type.instance());
      break;
    case ExternType::Kind::value:
      break;
  }
}

// Resources that the type introduces become new ones of the scope, types get a new name.
ExternType Decoder::open(Scope& s, bool import, const ExternType& type) {
  auto& mine = import ? s.imported : s.defined;
  if (type.kind == ExternType::Kind::instance) {
    std::vector<ResourceId> defined = u_[type.instance()].defined;
    if (defined.empty()) return type;
    u_.work += defined.size();
    if (u_.exhausted()) return type;
    Substitution substitution(u_);
    for (ResourceId old : defined) {
      ResourceId fresh = t_.add_resource();
      substitution.set(old, fresh);
      mine.push_back(fresh);
    }
    InstanceType copy;
    copy.resources = true;
    size_t count = u_[type.instance()].exports.size();
    for (size_t i = 0; i < count && !u_.exhausted(); ++i) {
      ExternList::Item item = u_[type.instance()].exports[i];
      copy.exports.add(std::move(item.name), substitution.apply(item.type));
    }
    u_.work += count;
    return u_.add(std::move(copy));
  }
  if (type.kind != ExternType::Kind::type) return type;
  switch (type.type.kind) {
    case AnyType::Kind::resource: {
      if (type.type.resource().valid()) return ExternType::of_type(t_.alias(type.type.resource()));
      ResourceId fresh = t_.add_resource();
      mine.push_back(fresh);
      return ExternType::of_type(fresh);
    }
    case AnyType::Kind::value: {
      ValType value = type.type.value();
      if (value.is_prim()) return type;
      return ExternType::of_type(ValType(t_.alias(value.id())));
    }
    default:
      return type;
  }
}

bool Decoder::add_extern(Reader& r, Scope& s, const NameAttributes& name, bool import,
                         ExternType& type, uint64_t at) {
  limit(r, s.types.size(), limits::kTypes, "types");
  limit(r, s.funcs.size(), limits::kFunctions, "functions");
  limit(r, s.instances.size(), limits::kInstances, "instances");
  limit(r, s.modules.size(), limits::kModules, "modules");
  limit(r, s.components.size(), limits::kComponents, "components");
  type = open(s, import, type);
  if (!check_budget(r)) return false;
  define(s, type);
  NameSpace& names = import ? s.import_names : s.export_names;
  if (s.kind != Scope::Kind::instance_type) {
    if (!named(s, names, type)) {
      r.fail_at(at, std::string(name_of(type.kind)) + " not valid to be used as " +
                        (import ? "import" : "export") + " `" + name.name +
                        "`: it mentions a type that was not " +
                        (import ? "imported" : "imported or exported") + " before");
      return false;
    }
  }
  register_types(s, import, type);
  if (!check_name(r, s, name, import, type, at)) return false;
  (import ? s.imports : s.exports).add(name.name, type);
  return check_budget(r);
}

bool Decoder::value_named(const NameSpace& names, ValType type) {
  if (type.is_prim()) return true;
  ++u_.work;
  const Shape& shape = t_.shape(type.id());
  bool needs_name = std::holds_alternative<Record>(shape) ||
                    std::holds_alternative<Variant>(shape) || std::holds_alternative<Enum>(shape) ||
                    std::holds_alternative<Flags>(shape);
  if (needs_name) return names.types.contains(AnyType(type).key());
  if (u_.exhausted()) return true;
  return parts_named(names, type.id());
}

bool Decoder::parts_named(const NameSpace& names, TypeId id) {
  auto optional = [&](const std::optional<ValType>& t) { return !t || value_named(names, *t); };
  return std::visit(
      [&](const auto& s) {
        using T = std::remove_cvref_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Record>) {
          for (const Field& field : s.fields) {
            if (!value_named(names, field.type)) return false;
          }
          return true;
        } else if constexpr (std::is_same_v<T, Variant>) {
          for (const Case& c : s.cases) {
            if (!optional(c.type)) return false;
          }
          return true;
        } else if constexpr (std::is_same_v<T, Tuple>) {
          for (ValType t : s.types) {
            if (!value_named(names, t)) return false;
          }
          return true;
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, FixedList>) {
          return value_named(names, s.element);
        } else if constexpr (std::is_same_v<T, Map>) {
          return value_named(names, s.key) && value_named(names, s.value);
        } else if constexpr (std::is_same_v<T, Option>) {
          return value_named(names, s.value);
        } else if constexpr (std::is_same_v<T, ResultType>) {
          return optional(s.ok) && optional(s.err);
        } else if constexpr (std::is_same_v<T, Own> || std::is_same_v<T, Borrow>) {
          return names.types.contains(AnyType(s.resource).key());
        } else if constexpr (std::is_same_v<T, Stream>) {
          return optional(s.element);
        } else if constexpr (std::is_same_v<T, Future>) {
          return optional(s.value);
        } else {
          return true;
        }
      },
      t_.shape(id));
}

bool Decoder::all_named(const NameSpace& names, AnyType type) {
  ++u_.work;
  if (u_.exhausted()) return true;
  switch (type.kind) {
    case AnyType::Kind::resource:
    case AnyType::Kind::component:
      return true;
    case AnyType::Kind::value:
      return type.value().is_prim() || parts_named(names, type.value().id());
    case AnyType::Kind::func: {
      const FuncType& func = t_.func(type.func());
      for (const Field& param : func.params) {
        if (!value_named(names, param.type)) return false;
      }
      return !func.result || value_named(names, *func.result);
    }
    case AnyType::Kind::instance: {
      size_t count = u_[type.instance()].exports.size();
      for (size_t i = 0; i < count; ++i) {
        const ExternType& item = u_[type.instance()].exports[i].type;
        bool ok = true;
        if (item.kind == ExternType::Kind::func) ok = all_named(names, item.func());
        if (item.kind == ExternType::Kind::type) ok = all_named(names, item.type);
        if (item.kind == ExternType::Kind::instance) ok = all_named(names, item.instance());
        if (!ok) return false;
      }
      return true;
    }
  }
  return true;
}

bool Decoder::named(const Scope& s, const NameSpace& names, const ExternType& type) {
  switch (type.kind) {
    case ExternType::Kind::type:
      return all_named(names, type.type);
    case ExternType::Kind::func:
      return all_named(names, type.func());
    // Its own types count as named from where they stand on.
    case ExternType::Kind::instance: {
      NameSpace inner;
      inner.types = names.types;
      auto check = [&](auto& self, InstanceTypeId id) -> bool {
        for (const ExternList::Item& item : u_[id].exports) {
          ++u_.work;
          if (u_.exhausted()) return true;
          switch (item.type.kind) {
            case ExternType::Kind::type:
              if (!all_named(inner, item.type.type)) return false;
              inner.types.insert(item.type.type.key());
              break;
            case ExternType::Kind::func:
              if (!all_named(inner, item.type.func())) return false;
              break;
            case ExternType::Kind::instance:
              if (!self(self, item.type.instance())) return false;
              break;
            default:
              break;
          }
        }
        return true;
      };
      u_.work += names.types.size() / 16;
      return check(check, type.instance());
    }
    default:
      return true;
  }
  (void)s;
}

void Decoder::register_types(Scope& s, bool import, const ExternType& type) {
  ++u_.work;
  if (u_.exhausted()) return;
  if (type.kind == ExternType::Kind::type) {
    // What is imported may be mentioned by exports too.
    if (import) s.import_names.types.insert(type.type.key());
    s.export_names.types.insert(type.type.key());
    if (!import && type.is_resource()) {
      s.exported.insert(t_.canonical(type.type.resource()).index);
    }
  } else if (type.kind == ExternType::Kind::instance) {
    for (const ExternList::Item& item : u_[type.instance()].exports) {
      register_types(s, import, item.type);
    }
  }
}

// Whether it is the getter or setter of a property that has the other one already.
static bool complete_pair(NameSpace& names, const std::string& name, const ExternName& parsed) {
  if (parsed.accessor == wit::Accessor::none) return false;
  std::string property = name;
  property.erase(property.find(wit::annotation_of(parsed.accessor)), 5);
  auto [at, first] = names.accessors.try_emplace(std::move(property), parsed.accessor);
  if (first || at->second == parsed.accessor || at->second == wit::Accessor::none) return false;
  // Complete: a third one is one too many.
  at->second = wit::Accessor::none;
  return true;
}

bool Decoder::check_name(Reader& r, Scope& s, const NameAttributes& attributes, bool import,
                         const ExternType& type, uint64_t at) {
  const std::string& name = attributes.name;
  const std::string& implements = attributes.implements;
  const char* what = import ? "import" : "export";
  NameSpace& names = import ? s.import_names : s.export_names;
  Result<ExternName> parsed = parse_extern_name(name);
  if (!parsed) {
    r.fail_at(at, std::string(what) + " name " + parsed.error().message);
    return false;
  }
  if (parsed->accessor != wit::Accessor::none) {
    need(r, features_.accessors, "accessors", at);
    if (type.kind != ExternType::Kind::func) {
      r.fail_at(at, std::string(what) + " name `" + name + "` is not valid: item is not a func");
    }
    if (!r.ok()) return false;
  }
  if (!complete_pair(names, name, *parsed) && !names.keys.insert(unique_key(name)).second) {
    r.fail_at(
        at, std::string(what) + " name `" + name + "` conflicts with previous name of an " + what);
    return false;
  }
  if (attributes.suffixed && type.kind != ExternType::Kind::instance) {
    r.fail_at(at, "only instances can have a version suffix");
    return false;
  }
  if (!implements.empty() &&
      (type.kind != ExternType::Kind::instance || parsed->kind != ExternName::Kind::label)) {
    r.fail_at(at, "`implements` is only valid on an instance with a plain name");
    return false;
  }
  if (type.is_resource() && parsed->kind == ExternName::Kind::label && !s.bag) {
    names.resources.try_emplace(unique_key(name), type.type.resource());
  }
  if (parsed->kind == ExternName::Kind::label || parsed->kind == ExternName::Kind::interface) {
    return true;
  }

  // Constructors, methods and static functions.
  if (type.kind != ExternType::Kind::func) {
    r.fail_at(at, std::string(what) + " name `" + name + "` is not valid: item is not a func");
    return false;
  }
  auto resource = names.resources.find(unique_key(parsed->first));
  const FuncType& func = t_.func(type.func());
  auto same = [&](ResourceId id) {
    return resource != names.resources.end() && t_.canonical(id) == t_.canonical(resource->second);
  };
  auto fail = [&](const std::string& why) {
    r.fail_at(at, std::string(what) + " name `" + name + "` is not valid: " + why);
    return false;
  };
  switch (parsed->kind) {
    case ExternName::Kind::constructor: {
      if (func.async) return fail("constructor function cannot be async");
      if (!func.result) return fail("function should return one value");
      const Own* own = t_.get<Own>(*func.result);
      if (!own) {
        const ResultType* result = t_.get<ResultType>(*func.result);
        if (result && result->ok) own = t_.get<Own>(*result->ok);
      }
      if (!own) return fail("function should return `(own $T)` or `(result (own $T))`");
      if (!same(own->resource)) {
        return fail("function does not match expected resource name `" +
                    std::string(parsed->first) + "`");
      }
      return true;
    }
    case ExternName::Kind::method: {
      if (func.params.empty()) return fail("function should have at least one argument");
      if (func.params[0].name != "self") {
        return fail("function should have a first argument called `self`");
      }
      const Borrow* borrow = t_.get<Borrow>(func.params[0].type);
      if (!borrow) return fail("function should take a first argument of `(borrow $T)`");
      if (!same(borrow->resource)) {
        return fail("function does not match expected resource name `" +
                    std::string(parsed->first) + "`");
      }
      return true;
    }
    case ExternName::Kind::static_method:
      if (resource == names.resources.end()) {
        return fail("static resource name is not known in this context");
      }
      return true;
    default:
      return true;
  }
}

void Decoder::import(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  if (s.imports.size() >= limits::kImports) r.fail("imports count exceeds limit");
  NameAttributes name = name_attributes(r);
  std::optional<ExternType> type = extern_type(r, s);
  if (!type || !r.ok()) return;
  if (!add_extern(r, s, name, true, *type, at)) return;
  s.definitions.push_back(
      ImportDefinition{std::move(name.name), std::move(name.implements), *type});
}

void Decoder::export_declaration(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  if (s.exports.size() >= limits::kExports) r.fail("exports count exceeds limit");
  NameAttributes name = name_attributes(r);
  std::optional<ExternType> type = extern_type(r, s);
  if (!type || !r.ok()) return;
  add_extern(r, s, name, false, *type, at);
}

void Decoder::export_definition(Reader& r, Scope& s) {
  uint64_t at = r.offset();
  if (s.exports.size() >= limits::kExports) r.fail("exports count exceeds limit");
  NameAttributes name = name_attributes(r);
  ExportDefinition definition;
  definition.what = sort_index(r, s);
  std::optional<ExternType> type = extern_type_of(r, s, definition.what);
  uint64_t flag_at = r.offset();
  uint8_t ascribed = r.byte();
  if (!type || !r.ok()) return;
  if (ascribed > 1) r.fail_at(flag_at, "invalid leading byte for an optional type of an export");
  if (ascribed == 1) {
    std::optional<ExternType> wanted = extern_type(r, s);
    if (!wanted || !r.ok()) return;
    bool opaque = wanted->is_resource() && !wanted->type.resource().valid();
    if (opaque) {
      if (!type->is_resource()) {
        r.fail_at(at, "ascribed type of export is not compatible: expected a resource");
        return;
      }
    } else {
      Substitution substitution(u_);
      Matcher matcher(u_, substitution);
      if (wanted->kind == ExternType::Kind::instance) {
        matcher.introduce(std::vector<ResourceId>(u_[wanted->instance()].defined));
      }
      if (!matcher.match(*type, *wanted)) {
        r.fail_at(at, "ascribed type of export is not compatible: " + matcher.why());
        return;
      }
    }
    type = wanted;
  }
  if (!add_extern(r, s, name, false, *type, at)) return;
  if (ascribed == 1) definition.ascribed = *type;
  definition.type = *type;
  definition.name = std::move(name.name);
  s.definitions.push_back(std::move(definition));
}

}  // namespace weir::component
