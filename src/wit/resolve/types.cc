#include <utility>

#include "wit/resolve/package_resolver.h"
#include "wit/resolve/suggest.h"
#include "wit/resolve/toposort.h"
#include "wit/text/docs.h"

namespace weir::wit {
namespace {

// Calls `f(const ast::Id&)` for each name that a type mentions.
template <class F>
void for_each_name(const ast::Type& type, F&& f) {
  using Kind = ast::Type::Kind;
  if (type.kind == Kind::name || type.kind == Kind::own || type.kind == Kind::borrow) f(type.name);
  for (const ast::Type& arg : type.args) for_each_name(arg, f);
}

template <class F>
void for_each_name(const ast::TypeDef& def, F&& f) {
  if (def.alias) for_each_name(*def.alias, f);
  for (const ast::Member& member : def.members) {
    if (member.type) for_each_name(*member.type, f);
  }
}

}  // namespace

bool PackageResolver::use(const ast::Use& use) {
  std::optional<std::string> closed;
  if (!gate(use.attributes.stability, use.from.name.span, closed)) return false;
  if (!closed) {
    if (scope_->closed) {
      return fail(ErrorKind::ungated_in_gated, use.from.name.span, "use", *scope_->closed);
    }
    Target target;
    if (!lookup(use.from, Want::interface, target)) return false;
    for (const ast::Rename& name : use.names) {
      if (!use_name(use, name, target)) return false;
    }
    return true;
  }
  if (!use.from.package) {
    Target target;
    if (!lookup(use.from, Want::interface, target)) return false;
  }
  for (const ast::Rename& name : use.names) {
    if (!define(name.local(), {.closed = closed, .span = name.local().span})) return false;
  }
  return true;
}

bool PackageResolver::use_name(const ast::Use& use, const ast::Rename& name, const Target& target) {
  std::string wanted(name.name.name);
  auto closed = run_.closed.find(target.path + "." + wanted);
  if (target.closed || closed != run_.closed.end()) {
    return fail(ErrorKind::gated, name.name.span, wanted,
                target.closed ? *target.closed : closed->second);
  }
  const Interface& from = resolve_[target.interface];
  const TypeId* found = from.types.find(wanted);
  if (!found) {
    if (from.functions.contains(wanted)) {
      return fail(ErrorKind::not_a_type, name.name.span, wanted, "function");
    }
    Suggestion suggestion(name.name.name);
    for (const auto& [other, unused] : from.types) suggestion.offer(other);
    return fail(ErrorKind::type_not_in_interface, name.name.span, wanted,
                resolve_.id_of(target.interface), suggestion.take());
  }
  const ast::Id& local = name.local();
  TypeId id = resolve_.types.add({.shape = Alias{*found},
                                  .name = std::string(local.name),
                                  .owner = scope_->owner,
                                  .stability = use.attributes.stability,
                                  .external_id = use.attributes.external_id,
                                  .span = name.name.span});
  return define(local, {.type = id, .span = local.span});
}

bool PackageResolver::define(const ast::Id& id, Name name) {
  if (auto earlier = scope_->name_set.add(id.name)) {
    ErrorKind kind =
        *earlier == id.name ? ErrorKind::duplicate_name : ErrorKind::name_differs_in_case;
    const Name& other = *scope_->names.find(*earlier);
    fail(kind, id.span, std::string(id.name),
         kind == ErrorKind::duplicate_name ? (other.is_function ? "function" : "type")
                                           : std::string(*earlier));
    error_.related = other.span;
    return false;
  }
  if (name.type.valid()) scope_->types.emplace_back(id.name, name.type);
  if (name.closed && !name.is_function && !scope_->path.empty()) {
    note_closed(scope_->path + "." + std::string(id.name), *name.closed);
  }
  scope_->names.insert(id.name, std::move(name));
  return true;
}

// Defines types in an order in which each finds what it mentions.
bool PackageResolver::type_defs(const std::vector<const ast::TypeDef*>& defs) {
  std::unordered_map<std::string_view, uint32_t> by_name;
  for (uint32_t i = 0; i < defs.size(); ++i) {
    auto [at, inserted] = by_name.try_emplace(defs[i]->name.name, i);
    if (inserted && !scope_->names.contains(defs[i]->name.name)) continue;
    fail(ErrorKind::duplicate_name, defs[i]->name.span, std::string(defs[i]->name.name), "type");
    error_.related =
        inserted ? scope_->names.find(defs[i]->name.name)->span : defs[at->second]->name.span;
    return false;
  }
  std::vector<std::vector<uint32_t>> needs(defs.size());
  std::vector<std::vector<Span>> spans(defs.size());
  const ast::Id* unknown = nullptr;
  for (uint32_t i = 0; i < defs.size(); ++i) {
    for_each_name(*defs[i], [&](const ast::Id& name) {
      if (auto found = by_name.find(name.name); found != by_name.end()) {
        needs[i].push_back(found->second);
        spans[i].push_back(name.span);
      } else if (!scope_->names.contains(name.name) && !unknown) {
        unknown = &name;
      }
    });
  }
  if (unknown) {
    Suggestion suggestion(unknown->name);
    for (const auto& [name, unused] : by_name) suggestion.offer(name);
    for (const auto& [name, unused] : scope_->names) suggestion.offer(name);
    std::string hint = suggestion.take();
    if (unknown->name == "float32") hint = "f32";
    if (unknown->name == "float64") hint = "f64";
    return fail(ErrorKind::unknown_type, unknown->span, std::string(unknown->name), "", hint);
  }
  Toposort sorted = toposort(needs);
  if (sorted.cycle) {
    uint32_t to = needs[sorted.cycle->from][sorted.cycle->index];
    return fail(ErrorKind::type_cycle, spans[sorted.cycle->from][sorted.cycle->index],
                std::string(defs[to]->name.name));
  }
  for (uint32_t i : sorted.order) {
    if (!type_def(*defs[i])) return false;
  }
  return true;
}

bool PackageResolver::type_def(const ast::TypeDef& def) {
  std::optional<std::string> closed;
  if (!gate(def.attributes.stability, def.name.span, closed)) return false;
  if (scope_->closed && !closed) {
    return fail(ErrorKind::ungated_in_gated, def.name.span, "type", *scope_->closed);
  }
  if (closed) return define(def.name, {.closed = closed, .span = def.name.span});
  TypeDef made{.shape = Resource{},
               .name = std::string(def.name.name),
               .owner = scope_->owner,
               .docs = docs_text(def.docs.comments),
               .stability = def.attributes.stability,
               .external_id = def.attributes.external_id,
               .span = def.name.span};
  if (!definition(def, made.shape)) return false;
  TypeId id = resolve_.types.add(std::move(made));
  return define(def.name, {.type = id, .span = def.name.span});
}

bool PackageResolver::definition(const ast::TypeDef& def, Shape& made) {
  switch (def.kind) {
    case ast::TypeDef::Kind::alias:
      return shape(*def.alias, def.attributes.stability, made);
    case ast::TypeDef::Kind::resource:
      made = Resource{};
      return check_resource(def);
    default:
      return members(def, made);
  }
}

bool PackageResolver::members(const ast::TypeDef& def, Shape& made) {
  using Kind = ast::TypeDef::Kind;
  bool needs_member = def.kind == Kind::variant || def.kind == Kind::enum_;
  if (def.members.empty() && needs_member) {
    return fail(ErrorKind::empty_type, def.name.span,
                def.kind == Kind::variant ? "variant" : "enum");
  }
  constexpr size_t kMaxFlags = 32;
  if (def.kind == Kind::flags && def.members.size() > kMaxFlags) {
    return fail(ErrorKind::too_many_flags, def.members[kMaxFlags].name.span);
  }
  NameSet names;
  Record record;
  Variant variant;
  std::vector<Label> labels;
  size_t count = def.members.size();
  if (def.kind == Kind::record) {
    record.fields.reserve(count);
  } else if (def.kind == Kind::variant) {
    variant.cases.reserve(count);
  } else {
    labels.reserve(count);
  }
  for (const ast::Member& member : def.members) {
    if (auto earlier = names.add(member.name.name)) {
      bool same = *earlier == member.name.name;
      return fail(same ? ErrorKind::duplicate_name : ErrorKind::name_differs_in_case,
                  member.name.span, std::string(member.name.name),
                  same ? (def.kind == Kind::record ? "field" : "case") : std::string(*earlier));
    }
    std::string name(member.name.name);
    std::optional<Type> type;
    if (!optional_type(member.type ? &*member.type : nullptr, def.attributes.stability, type)) {
      return false;
    }
    if (def.kind == Kind::record) {
      record.fields.push_back(
          {std::move(name), *type, docs_text(member.docs.comments), member.name.span});
    } else if (def.kind == Kind::variant) {
      variant.cases.push_back(
          {std::move(name), type, docs_text(member.docs.comments), member.name.span});
    } else {
      labels.push_back({std::move(name), docs_text(member.docs.comments), member.name.span});
    }
  }
  if (def.kind == Kind::record) made = std::move(record);
  if (def.kind == Kind::variant) made = std::move(variant);
  if (def.kind == Kind::enum_) made = Enum{std::move(labels)};
  if (def.kind == Kind::flags) made = Flags{std::move(labels)};
  return true;
}

// The functions of a resource: different names, one constructor at most.
bool PackageResolver::check_resource(const ast::TypeDef& def) {
  NameSet names;
  AccessorPairs accessors;
  // In components, `[method]a.a` would stand beside `a`.
  names.add(def.name.name);
  bool constructor = false;
  for (const ast::NamedFunc& func : def.funcs) {
    if (func.kind == ast::NamedFunc::Kind::constructor) {
      if (std::exchange(constructor, true)) {
        return fail(ErrorKind::repeated_constructor, func.name.span, std::string(def.name.name));
      }
      continue;
    }
    Accessor accessor = func.func.accessor;
    bool is_static = func.kind == ast::NamedFunc::Kind::static_;
    if (accessor != Accessor::none &&
        accessors.add(func.name.name, accessor, is_static, func.name.span)) {
      continue;
    }
    if (auto earlier = names.add(func.name.name)) {
      bool same = *earlier == func.name.name;
      return fail(same ? ErrorKind::duplicate_name : ErrorKind::name_differs_in_case,
                  func.name.span, std::string(func.name.name),
                  !same                             ? std::string(*earlier)
                  : func.name.name == def.name.name ? "resource"
                                                    : "function");
    }
  }
  return no_lone_setter(accessors);
}

// What a type is made of. A mere name is an alias here.
bool PackageResolver::shape(const ast::Type& ast, const Stability& stability, Shape& made) {
  using Kind = ast::Type::Kind;
  if (ast.kind == Kind::prim) {
    made = Alias{static_cast<Prim>(ast.number)};
    return true;
  }
  if (ast.kind == Kind::name) {
    const Name* name = nullptr;
    if (!find_type(ast.name, false, &name)) return false;
    made = Alias{name->type};
    return true;
  }
  if (ast.kind == Kind::own || ast.kind == Kind::borrow) {
    TypeId resource;
    if (!find_resource(ast.name, resource)) return false;
    made = ast.kind == Kind::own ? Shape(Own{resource}) : Shape(Borrow{resource});
    return true;
  }
  std::vector<Type> args;
  args.reserve(ast.args.size());
  for (const ast::Type& arg : ast.args) {
    Type arg_type = Prim::boolean;
    if (!type(arg, stability, arg_type)) return false;
    args.push_back(arg_type);
  }
  const TypeTable& types = resolve_.types;
  std::optional<Type> first;
  if (!args.empty()) first = args[0];
  switch (ast.kind) {
    case Kind::list:
      made = List{*first};
      return true;
    case Kind::fixed_list:
      made = FixedList{*first, ast.number};
      return true;
    case Kind::tuple:
      made = Tuple{std::move(args)};
      return true;
    case Kind::option:
      made = Option{*first};
      return true;
    case Kind::map: {
      Prim key = first->is_prim() ? first->prim() : Prim::error_context;
      if (key == Prim::error_context || key == Prim::f32 || key == Prim::f64) {
        return fail(ErrorKind::bad_map_key, ast.args[0].span);
      }
      if (types.contains_handle(args[1])) {
        return fail(ErrorKind::handle_in_map, ast.args[1].span);
      }
      made = Map{*first, args[1]};
      return true;
    }
    case Kind::result: {
      ResultType result;
      if (ast.has_ok) result.ok = first;
      if (ast.has_err) result.err = args.back();
      made = result;
      return true;
    }
    default:
      if (first && types.contains_borrow(*first)) {
        return fail(ErrorKind::borrow_in_stream, ast.args[0].span,
                    ast.kind == Kind::stream ? "stream" : "future");
      }
      made = ast.kind == Kind::stream ? Shape(Stream{first}) : Shape(Future{first});
      return true;
  }
}

bool PackageResolver::type(const ast::Type& ast, const Stability& stability, Type& result) {
  if (ast.kind == ast::Type::Kind::prim) {
    result = static_cast<Prim>(ast.number);
    return true;
  }
  if (ast.kind == ast::Type::Kind::name) {
    const Name* name = nullptr;
    if (!find_type(ast.name, false, &name)) return false;
    result = value_of(name->type);
    return true;
  }
  Shape made = Resource{};
  if (!shape(ast, stability, made)) return false;
  result = anonymous(std::move(made), stability, ast.span);
  return true;
}

bool PackageResolver::optional_type(const ast::Type* ast, const Stability& stability,
                                    std::optional<Type>& result) {
  if (!ast) return true;
  return type(*ast, stability, result.emplace(Prim::boolean));
}

// The type of a value that is given by name: a resource stands for an owned handle to it.
Type PackageResolver::value_of(TypeId named) {
  if (!resolve_.types.get<Resource>(named)) return named;
  return anonymous(Own{named}, {}, {});
}

Type PackageResolver::anonymous(Shape shape, const Stability& stability, Span span) {
  std::string key(1, static_cast<char>(shape.index()));
  auto append = [&](uint32_t number) {
    key.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  if (const auto* result = std::get_if<ResultType>(&shape)) {
    append(result->ok.has_value() + 2 * result->err.has_value());
  }
  if (const auto* list = std::get_if<FixedList>(&shape)) append(list->length);
  // A list of something gated is gated like it; a handle is not.
  bool inherits = !std::holds_alternative<Own>(shape);
  Stability inherited = stability;
  for_each_reference(shape, [&](Type type) {
    append(type.bits());
    if (!inherits || inherited.known() || type.is_prim()) return;
    const Own* own = std::get_if<Own>(&resolve_[type.id()].shape);
    inherited = resolve_[own ? own->resource : type.id()].stability;
  });
  auto found = anonymous_.find(key);
  if (found != anonymous_.end()) return found->second;
  TypeId id = resolve_.types.add(
      {.shape = std::move(shape), .stability = std::move(inherited), .span = span});
  anonymous_.emplace(std::move(key), id);
  return id;
}

bool PackageResolver::find_type(const ast::Id& name, bool closed_allowed, const Name** found) {
  *found = scope_->names.find(name.name);
  if (!*found) {
    Suggestion suggestion(name.name);
    for (const auto& [other, meaning] : scope_->names) {
      if (!meaning.is_function) suggestion.offer(other);
    }
    for (auto prim = Prim::boolean; prim <= Prim::error_context;
         prim = static_cast<Prim>(static_cast<uint8_t>(prim) + 1)) {
      suggestion.offer(weir::wit::name_of(prim));
    }
    return fail(ErrorKind::unknown_type, name.span, std::string(name.name), "", suggestion.take());
  }
  if ((*found)->is_function) {
    return fail(ErrorKind::not_a_type, name.span, std::string(name.name), "function");
  }
  if ((*found)->closed && !closed_allowed) {
    return fail(ErrorKind::gated, name.span, std::string(name.name), *(*found)->closed);
  }
  return true;
}

bool PackageResolver::find_resource(const ast::Id& name, TypeId& resource) {
  const Name* found = nullptr;
  if (!find_type(name, false, &found)) return false;
  resource = found->type;
  if (resolve_.types.get<Resource>(resource)) return true;
  return fail(ErrorKind::not_a_resource, name.span, std::string(name.name));
}

// For what is behind a closed gate: its names must mean something, but nothing is made.
bool PackageResolver::check_names(const ast::Type& type) {
  bool good = true;
  for_each_name(type, [&](const ast::Id& name) {
    const Name* unused = nullptr;
    if (good) good = find_type(name, true, &unused);
  });
  return good;
}

}  // namespace weir::wit
