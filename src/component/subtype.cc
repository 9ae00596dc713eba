#include "component/subtype.h"

namespace weir::component {

void Matcher::introduce(const std::vector<ResourceId>& resources) {
  for (ResourceId id : resources) introduced_.insert(universe_.values.canonical(id).index);
}

bool Matcher::fail(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  return false;
}

bool Matcher::match(const ExternType& actual, const ExternType& expected) {
  ++universe_.work;
  if (universe_.exhausted()) return fail("the types are too large to compare");
  if (actual.kind != expected.kind) {
    return fail(std::string("expected ") + name_of(expected.kind) + ", found " +
                name_of(actual.kind));
  }
  switch (expected.kind) {
    case ExternType::Kind::module:
      return match_modules(actual.module(), expected.module());
    case ExternType::Kind::func: {
      FuncTypeId wanted = substitution_.apply(expected.func());
      if (universe_.values.equal(actual.func(), wanted, true)) return true;
      return fail("expected the type " + to_string(universe_.values, wanted) + ", found " +
                  to_string(universe_.values, actual.func()));
    }
    case ExternType::Kind::value:
      return fail("values are not supported");
    case ExternType::Kind::type:
      return match_types(actual.type, expected.type);
    case ExternType::Kind::component:
      return match_components(actual.component(), expected.component());
    case ExternType::Kind::instance:
      return match_instances(actual.instance(), expected.instance());
  }
  return false;
}

bool Matcher::match_types(AnyType actual, AnyType expected) {
  Types& types = universe_.values;
  if (actual.kind != expected.kind) {
    return fail(std::string("expected a ") + name_of(expected.kind) + ", found a " +
                name_of(actual.kind));
  }
  switch (expected.kind) {
    case AnyType::Kind::value: {
      ValType wanted = substitution_.apply(expected.value());
      if (types.equal(actual.value(), wanted)) {
        if (!wanted.is_prim()) substitution_.set(expected.value().id(), actual.value().id());
        return true;
      }
      return fail("expected the type " + to_string(types, wanted) + ", found " +
                  to_string(types, actual.value()));
    }
    case AnyType::Kind::func: {
      FuncTypeId wanted = substitution_.apply(expected.func());
      if (types.equal(actual.func(), wanted, true)) return true;
      return fail("expected the type " + to_string(types, wanted) + ", found " +
                  to_string(types, actual.func()));
    }
    case AnyType::Kind::resource: {
      ResourceId wanted = types.canonical(expected.resource());
      if (introduced_.contains(wanted.index) && !substitution_.has(wanted)) {
        substitution_.set(wanted, actual.resource());
        return true;
      }
      if (types.canonical(substitution_.apply(wanted)) == types.canonical(actual.resource())) {
        return true;
      }
      return fail("resource types are not the same");
    }
    // Types of instances and components are equal if each may stand for the other.
    case AnyType::Kind::instance:
    case AnyType::Kind::component: {
      auto both = [&](const ExternType& a, const std::vector<ResourceId>& of_a, const ExternType& b,
                      const std::vector<ResourceId>& of_b) {
        Substitution forth(universe_);
        Matcher there(universe_, forth);
        there.introduce(of_b);
        if (!there.match(a, b)) return fail(there.why());
        Substitution back(universe_);
        Matcher here(universe_, back);
        here.introduce(of_a);
        return here.match(b, a) || fail(here.why());
      };
      if (expected.kind == AnyType::Kind::instance) {
        InstanceTypeId wanted = substitution_.apply(expected.instance());
        if (wanted == actual.instance()) return true;
        std::vector<ResourceId> of_a = universe_[actual.instance()].defined;
        std::vector<ResourceId> of_b = universe_[wanted].defined;
        return both(actual.instance(), of_a, wanted, of_b);
      }
      ComponentTypeId wanted = substitution_.apply(expected.component());
      if (wanted == actual.component()) return true;
      return both(actual.component(), {}, wanted, {});
    }
  }
  return false;
}

bool Matcher::match_instances(InstanceTypeId actual, InstanceTypeId expected) {
  if (actual == expected && !universe_[expected].resources) return true;
  // By index: the arena moves when a substitution adds to it.
  size_t count = universe_[expected].exports.size();
  for (size_t i = 0; i < count; ++i) {
    ExternList::Item item = universe_[expected].exports[i];
    const ExternType* found = universe_[actual].exports.find(item.name);
    if (!found) return fail("missing expected export `" + item.name + "`");
    if (!match(ExternType(*found), item.type)) {
      why_ = "type mismatch in instance export `" + item.name + "`: " + why_;
      return false;
    }
  }
  return true;
}

bool Matcher::match_components(ComponentTypeId actual, ComponentTypeId expected) {
  // A copy of the expected type in terms of what is known, then: its imports must satisfy the
  // actual component, whose exports must satisfy it.
  expected = substitution_.apply(expected);
  if (actual == expected) return true;
  Substitution inner(universe_);
  Matcher imports(universe_, inner);
  imports.introduce(universe_[actual].imported);
  size_t count = universe_[actual].imports.size();
  for (size_t i = 0; i < count; ++i) {
    ExternList::Item item = universe_[actual].imports[i];
    const ExternType* found = universe_[expected].imports.find(item.name);
    if (!found) return fail("missing expected import `" + item.name + "`");
    if (!imports.match(ExternType(*found), item.type)) {
      return fail("type mismatch in import `" + item.name + "`: " + imports.why());
    }
  }
  Substitution outer(universe_);
  Matcher exports(universe_, outer);
  exports.introduce(universe_[expected].defined);
  count = universe_[expected].exports.size();
  for (size_t i = 0; i < count; ++i) {
    ExternList::Item item = universe_[expected].exports[i];
    const ExternType* found = universe_[actual].exports.find(item.name);
    if (!found) return fail("missing expected export `" + item.name + "`");
    ExternType provided = inner.apply(ExternType(*found));
    if (!exports.match(provided, item.type)) {
      return fail("type mismatch in export `" + item.name + "`: " + exports.why());
    }
  }
  return true;
}

bool Matcher::match_modules(ModuleTypeId actual, ModuleTypeId expected) {
  if (actual == expected) return true;
  const ModuleType& a = universe_[actual];
  const ModuleType& b = universe_[expected];
  for (const wasm::Import& import : a.imports) {
    const wasm::ExternType* given = nullptr;
    for (const wasm::Import& other : b.imports) {
      if (++universe_.work; universe_.exhausted())
        return fail("the types are too large to compare");
      if (other.module == import.module && other.name == import.name) given = &other.type;
    }
    if (!given) {
      return fail("missing expected import `" + import.module + "::" + import.name + "`");
    }
    if (!wasm::matches(universe_.core, *given, import.type)) {
      return fail("type mismatch in import `" + import.module + "::" + import.name + "`");
    }
  }
  for (const auto& [name, type] : b.exports) {
    auto found = a.exports.find(name);
    if (found == a.exports.end()) return fail("missing expected export `" + name + "`");
    if (!wasm::matches(universe_.core, found->second, type)) {
      return fail("type mismatch in export `" + name + "`: expected " +
                  wasm::to_string(universe_.core, type) + ", found " +
                  wasm::to_string(universe_.core, found->second));
    }
  }
  return true;
}

}  // namespace weir::component
