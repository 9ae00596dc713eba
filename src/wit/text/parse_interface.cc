#include "wit/text/parser.h"

namespace weir::wit {

bool Parser::func(ast::Func& func) {
  func.async = eat(TokenKind::kw_async);
  func.span = peek().span;
  if (!func.async) func.accessor = accessor_after(0);
  if (func.accessor != Accessor::none) {
    next();
    return signature(func);
  }
  return expect(TokenKind::kw_func) && signature(func);
}

// Whether `get(` or `set(` comes `count` tokens after the next one; neither is a keyword.
Accessor Parser::accessor_after(uint32_t count) {
  const Token& token = peek_after(count);
  if (token.kind != TokenKind::identifier) return Accessor::none;
  std::string_view word = text_of(token.span);
  bool known = word == "get" || word == "set";
  if (!known || peek_after(count + 1).kind != TokenKind::left_paren) return Accessor::none;
  return word == "get" ? Accessor::getter : Accessor::setter;
}

// `(a: u32) -> string`
bool Parser::signature(ast::Func& func) {
  if (!expect(TokenKind::left_paren)) return false;
  bool read = list(TokenKind::right_paren, [&](ast::Docs) {
    ast::Param& param = func.params.emplace_back();
    return id(param.name) && expect(TokenKind::colon) && type(param.type);
  });
  if (!read) return false;
  return !eat(TokenKind::arrow) || type(func.result.emplace());
}

bool Parser::named_func(ast::NamedFunc& func) {
  return id(func.name) && expect(TokenKind::colon) && this->func(func.func) &&
         expect(TokenKind::semicolon);
}

bool Parser::use_path(ast::UsePath& path) {
  ast::Id first;
  if (!id(first)) return false;
  if (!eat(TokenKind::colon)) {
    path.name = first;
    return true;
  }
  ast::PackageName& package = path.package.emplace();
  package.space = first;
  if (!id(package.name) || !expect(TokenKind::slash) || !id(path.name)) return false;
  package.span = {first.span.begin, package.name.span.end};
  Span span;
  return !eat(TokenKind::at) || version(package.version.emplace(), span);
}

// `a, b as c }`
bool Parser::renames(std::vector<ast::Rename>& names, bool as_required) {
  return list(TokenKind::right_brace, [&](ast::Docs) {
    ast::Rename& rename = names.emplace_back();
    if (!id(rename.name)) return false;
    if (as_required) return expect(TokenKind::kw_as) && id(rename.as.emplace());
    return !eat(TokenKind::kw_as) || id(rename.as.emplace());
  });
}

bool Parser::use(ast::Use& use) {
  return expect(TokenKind::kw_use) && use_path(use.from) && expect(TokenKind::period) &&
         expect(TokenKind::left_brace) && renames(use.names, false) && expect(TokenKind::semicolon);
}

bool Parser::interface_items(std::vector<ast::InterfaceItem>& items) {
  if (!expect(TokenKind::left_brace)) return false;
  while (true) {
    ast::Docs docs = this->docs();
    if (eat(TokenKind::right_brace)) {
      move_all(interface_items_, items);
      return true;
    }
    ast::Attributes attributes;
    if (!this->attributes(attributes)) return false;
    TokenKind kind = peek().kind;
    if (at_type_def()) {
      auto& def =
          std::get<ast::TypeDef>(interface_items_.emplace_back(std::in_place_type<ast::TypeDef>));
      def.docs = std::move(docs);
      def.attributes = std::move(attributes);
      if (!type_def(def)) return false;
    } else if (kind == TokenKind::kw_use) {
      auto& use = std::get<ast::Use>(interface_items_.emplace_back(std::in_place_type<ast::Use>));
      use.attributes = std::move(attributes);
      if (!this->use(use)) return false;
    } else if (kind == TokenKind::identifier || kind == TokenKind::explicit_identifier) {
      auto& func = std::get<ast::NamedFunc>(
          interface_items_.emplace_back(std::in_place_type<ast::NamedFunc>));
      func.docs = std::move(docs);
      func.attributes = std::move(attributes);
      if (!named_func(func)) return false;
    } else {
      return fail_expected("a type, a function, `use` or `}`");
    }
  }
}

bool Parser::interface(ast::Interface& interface) {
  return expect(TokenKind::kw_interface) && id(interface.name) && interface_items(interface.items);
}

}  // namespace weir::wit
