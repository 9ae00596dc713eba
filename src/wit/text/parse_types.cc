#include <charconv>

#include "wit/text/parser.h"
#include "wit/types.h"

namespace weir::wit {
namespace {

std::optional<Prim> prim_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kw_bool:
      return Prim::boolean;
    case TokenKind::kw_s8:
      return Prim::s8;
    case TokenKind::kw_u8:
      return Prim::u8;
    case TokenKind::kw_s16:
      return Prim::s16;
    case TokenKind::kw_u16:
      return Prim::u16;
    case TokenKind::kw_s32:
      return Prim::s32;
    case TokenKind::kw_u32:
      return Prim::u32;
    case TokenKind::kw_s64:
      return Prim::s64;
    case TokenKind::kw_u64:
      return Prim::u64;
    case TokenKind::kw_f32:
      return Prim::f32;
    case TokenKind::kw_f64:
      return Prim::f64;
    case TokenKind::kw_char:
      return Prim::character;
    case TokenKind::kw_string:
      return Prim::string;
    case TokenKind::kw_error_context:
      return Prim::error_context;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool Parser::type(ast::Type& type, uint32_t depth) {
  const Token& token = peek();
  if (depth >= kMaxTypeDepth) return fail(ErrorKind::type_too_deep, token.span);
  type.span = token.span;
  if (auto prim = prim_of(token.kind)) {
    next();
    type.kind = ast::Type::Kind::prim;
    type.number = static_cast<uint32_t>(*prim);
    return true;
  }
  switch (token.kind) {
    case TokenKind::identifier:
    case TokenKind::explicit_identifier:
      type.kind = ast::Type::Kind::name;
      return id(type.name);
    case TokenKind::kw_own:
    case TokenKind::kw_borrow:
      next();
      type.kind = token.kind == TokenKind::kw_own ? ast::Type::Kind::own : ast::Type::Kind::borrow;
      return handle_type(type);
    case TokenKind::kw_list:
      next();
      return list_type(type, depth);
    case TokenKind::kw_result:
      next();
      return result_type(type, depth);
    case TokenKind::kw_map:
    case TokenKind::kw_option:
    case TokenKind::kw_tuple:
    case TokenKind::kw_stream:
    case TokenKind::kw_future:
      return generic(type, depth);
    default:
      return fail_expected("a type");
  }
}

bool Parser::argument(ast::Type& type, uint32_t depth) {
  type.args.emplace_back();
  return this->type(type.args.back(), depth + 1);
}

bool Parser::generic(ast::Type& type, uint32_t depth) {
  using Kind = ast::Type::Kind;
  switch (next().kind) {
    case TokenKind::kw_map:
      type.kind = Kind::map;
      return expect(TokenKind::less_than) && argument(type, depth) && expect(TokenKind::comma) &&
             argument(type, depth) && expect(TokenKind::greater_than);
    case TokenKind::kw_option:
      type.kind = Kind::option;
      return expect(TokenKind::less_than) && argument(type, depth) &&
             expect(TokenKind::greater_than);
    case TokenKind::kw_tuple:
      type.kind = Kind::tuple;
      if (!expect(TokenKind::less_than) ||
          !list(TokenKind::greater_than, [&](ast::Docs) { return argument(type, depth); })) {
        return false;
      }
      return !type.args.empty() || fail(ErrorKind::empty_type, type.span, "tuple");
    case TokenKind::kw_stream:
      type.kind = Kind::stream;
      break;
    default:
      type.kind = Kind::future;
      break;
  }
  if (!eat(TokenKind::less_than)) return true;
  return argument(type, depth) && expect(TokenKind::greater_than);
}

// `list<T>`, `list<T, N>`
bool Parser::list_type(ast::Type& type, uint32_t depth) {
  type.kind = ast::Type::Kind::list;
  if (!expect(TokenKind::less_than) || !argument(type, depth)) return false;
  if (eat(TokenKind::comma)) {
    type.kind = ast::Type::Kind::fixed_list;
    if (!at(TokenKind::integer)) return fail_expected("the length of the list");
    Span span = next().span;
    std::string_view digits = text_of(span);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), type.number);
    if (error != std::errc()) return fail(ErrorKind::bad_number, span, std::string(digits));
    if (type.number == 0) return fail(ErrorKind::zero_length, span);
  }
  return expect(TokenKind::greater_than);
}

// `result`, `result<T>`, `result<T, E>`, `result<_, E>`
bool Parser::result_type(ast::Type& type, uint32_t depth) {
  type.kind = ast::Type::Kind::result;
  if (!eat(TokenKind::less_than)) return true;
  type.has_ok = !eat(TokenKind::kw_underscore);
  if (type.has_ok && !argument(type, depth)) return false;
  type.has_err = !type.has_ok || at(TokenKind::comma);
  if (type.has_err && !(expect(TokenKind::comma) && argument(type, depth))) return false;
  return expect(TokenKind::greater_than);
}

bool Parser::handle_type(ast::Type& type) {
  if (!expect(TokenKind::less_than) || !id(type.name)) return false;
  type.span = type.name.span;
  return expect(TokenKind::greater_than);
}

bool Parser::at_type_def() {
  switch (peek_after(0).kind) {
    case TokenKind::kw_type:
    case TokenKind::kw_record:
    case TokenKind::kw_variant:
    case TokenKind::kw_enum:
    case TokenKind::kw_flags:
    case TokenKind::kw_resource:
      return true;
    default:
      return false;
  }
}

// A definition from its keyword on; docs and attributes are read already.
bool Parser::type_def(ast::TypeDef& def) {
  using Kind = ast::TypeDef::Kind;
  TokenKind keyword = next().kind;
  if (!id(def.name)) return false;
  switch (keyword) {
    case TokenKind::kw_type:
      def.kind = Kind::alias;
      return expect(TokenKind::equals) && type(def.alias.emplace()) && expect(TokenKind::semicolon);
    case TokenKind::kw_record:
      def.kind = Kind::record;
      return members(def);
    case TokenKind::kw_variant:
      def.kind = Kind::variant;
      return members(def);
    case TokenKind::kw_enum:
      def.kind = Kind::enum_;
      return members(def);
    case TokenKind::kw_flags:
      def.kind = Kind::flags;
      return members(def);
    default:
      def.kind = Kind::resource;
      return resource(def);
  }
}

bool Parser::members(ast::TypeDef& def) {
  if (!expect(TokenKind::left_brace)) return false;
  bool read = list(TokenKind::right_brace, [&](ast::Docs docs) {
    ast::Member& member = members_.emplace_back();
    member.docs = std::move(docs);
    if (!id(member.name)) return false;
    if (def.kind == ast::TypeDef::Kind::record) {
      return expect(TokenKind::colon) && type(member.type.emplace());
    }
    if (def.kind == ast::TypeDef::Kind::variant && eat(TokenKind::left_paren)) {
      return type(member.type.emplace()) && expect(TokenKind::right_paren);
    }
    return true;
  });
  move_all(members_, def.members);
  return read;
}

bool Parser::resource(ast::TypeDef& def) {
  if (eat(TokenKind::semicolon)) return true;
  if (!at(TokenKind::left_brace)) return fail_expected("`;` or `{`");
  next();
  while (!eat(TokenKind::right_brace)) {
    ast::NamedFunc& func = funcs_.emplace_back();
    func.docs = docs();
    if (!attributes(func.attributes) || !resource_func(func)) return false;
  }
  move_all(funcs_, def.funcs);
  return true;
}

bool Parser::resource_func(ast::NamedFunc& func) {
  using Kind = ast::NamedFunc::Kind;
  const Token token = peek();
  if (token.kind == TokenKind::kw_constructor) {
    next();
    func.kind = Kind::constructor;
    func.name = {"constructor", token.span};
    func.func.span = token.span;
    return signature(func.func) && expect(TokenKind::semicolon);
  }
  if (token.kind != TokenKind::identifier && token.kind != TokenKind::explicit_identifier) {
    return fail_expected("`constructor` or the name of a method");
  }
  if (!id(func.name) || !expect(TokenKind::colon)) return false;
  func.kind = eat(TokenKind::kw_static) ? Kind::static_ : Kind::method;
  return this->func(func.func) && expect(TokenKind::semicolon);
}

}  // namespace weir::wit
