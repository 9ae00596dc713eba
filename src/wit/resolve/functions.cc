#include "wit/resolve/package_resolver.h"
#include "wit/text/docs.h"

namespace weir::wit {

bool PackageResolver::check_function_names(const ast::Func& func) {
  for (const ast::Param& param : func.params) {
    if (!check_names(param.type)) return false;
  }
  return !func.result || check_names(*func.result);
}

bool PackageResolver::admit_function(const ast::NamedFunc& ast, const ast::Id* resource,
                                     bool& admitted) {
  std::optional<std::string> closed;
  if (!gate(ast.attributes.stability, ast.name.span, closed)) return false;
  admitted = !closed && !scope_->closed;
  if (!admitted) return check_function_names(ast.func);
  if (!resource) return true;
  const Name& owner = *scope_->names.find(resource->name);
  return !owner.closed ||
         fail(ErrorKind::gated, ast.name.span, std::string(resource->name), *owner.closed);
}

// `resource` is null for a function that belongs to none.
bool PackageResolver::function(const ast::NamedFunc& ast, const ast::Id* resource, Function& made) {
  using Kind = Function::Kind;
  made.kind = static_cast<Kind>(ast.kind);
  made.async = ast.func.async;
  made.accessor = ast.func.accessor;
  made.docs = docs_text(ast.docs.comments);
  made.stability = ast.attributes.stability;
  made.external_id = ast.attributes.external_id;
  made.span = ast.name.span;
  std::string_view accessor = annotation_of(made.accessor);
  if (!resource) {
    made.name.append(accessor).append(ast.name.name);
  } else {
    made.resource = scope_->names.find(resource->name)->type;
    constexpr size_t kLongest = std::string_view("[constructor][get].").size();
    made.name.reserve(kLongest + resource->name.size() + ast.name.name.size());
    if (made.kind == Kind::constructor) {
      made.name.append("[constructor]").append(resource->name);
    } else {
      made.name.append(made.kind == Kind::method ? "[method]" : "[static]").append(accessor);
      made.name.append(resource->name).append(".").append(ast.name.name);
    }
  }
  if (!params(ast.func, made)) return false;

  const ast::Type* result = ast.func.result ? &*ast.func.result : nullptr;
  if (made.kind == Kind::constructor) {
    if (!constructor_result(result, made)) return false;
  } else if (!optional_type(result, {}, made.result)) {
    return false;
  }
  if (made.result && resolve_.types.contains_borrow(*made.result)) {
    return fail(ErrorKind::returns_borrow, result ? result->span : ast.name.span,
                std::string(ast.name.name));
  }
  return check_accessor(ast, made);
}

// A getter takes nothing and returns the value; a setter takes it, and returns nothing or whether
// that failed.
bool PackageResolver::check_accessor(const ast::NamedFunc& ast, const Function& made) {
  const std::vector<ast::Param>& params = ast.func.params;
  if (made.accessor == Accessor::getter) {
    if (!params.empty()) return fail(ErrorKind::getter_params, params[0].name.span);
    return made.result || fail(ErrorKind::getter_result, ast.func.span);
  }
  if (made.accessor == Accessor::none) return true;
  if (params.size() != 1) {
    return fail(ErrorKind::setter_params, params.empty() ? ast.func.span : params[1].name.span);
  }
  if (!made.result) return true;
  const ResultType* result = resolve_.types.get<ResultType>(*made.result);
  return (result && !result->ok) || fail(ErrorKind::setter_result, ast.func.result->span);
}

bool PackageResolver::params(const ast::Func& func, Function& made) {
  NameSet names;
  made.params.reserve(func.params.size() + 1);
  if (made.kind == Function::Kind::method) {
    names.add("self");
    made.params.push_back({"self", anonymous(Borrow{made.resource}, {}, func.span), func.span});
  }
  for (const ast::Param& param : func.params) {
    if (auto earlier = names.add(param.name.name)) {
      bool same = *earlier == param.name.name;
      return fail(same ? ErrorKind::duplicate_name : ErrorKind::name_differs_in_case,
                  param.name.span, std::string(param.name.name),
                  same ? "parameter" : std::string(*earlier));
    }
    Type param_type = Prim::boolean;
    if (!type(param.type, {}, param_type)) return false;
    made.params.push_back({std::string(param.name.name), param_type, param.name.span});
  }
  return true;
}

// A constructor returns its resource, or a result with that as `ok`.
bool PackageResolver::constructor_result(const ast::Type* declared, Function& made) {
  made.result = value_of(made.resource);
  if (!declared) return true;
  Type result = Prim::boolean;
  if (!type(*declared, {}, result)) return false;
  const ResultType* shape = resolve_.types.get<ResultType>(result);
  if (!shape) return fail(ErrorKind::constructor_result, declared->span);
  if (shape->ok != made.result) {
    Span span = declared->has_ok ? declared->args[0].span : declared->span;
    return fail(ErrorKind::constructor_ok, span, resolve_[made.resource].name);
  }
  made.result = result;
  return true;
}

}  // namespace weir::wit
