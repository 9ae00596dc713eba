#include "wit/text/parser.h"

namespace weir::wit {

bool Parser::file(ast::File& file) {
  file.start = {offset_, offset_};
  if (!package_header(file)) return false;
  while (true) {
    ast::Docs docs = this->docs();
    if (at(TokenKind::end)) return true;
    ast::Attributes attributes;
    size_t before = at_;
    if (!this->attributes(attributes)) return false;
    if (at(TokenKind::kw_package)) {
      if (!nested_package(std::move(docs), attributes, file)) return false;
      continue;
    }
    at_ = before;
    if (!top_item(std::move(docs), file.items)) return false;
  }
}

bool Parser::package_name(ast::PackageName& name) {
  if (!id(name.space) || !expect(TokenKind::colon) || !id(name.name)) return false;
  name.span = {name.space.span.begin, name.name.span.end};
  if (!eat(TokenKind::at)) return true;
  Span span;
  if (!version(name.version.emplace(), span)) return false;
  name.span.end = span.end;
  return true;
}

// `package a:b;` at the top. What turns out to be `package a:b {` is left for later.
bool Parser::package_header(ast::File& file) {
  size_t before = at_;
  ast::Docs docs = this->docs();
  if (!at(TokenKind::kw_package)) {
    at_ = before;
    return true;
  }
  next();
  ast::PackageName name;
  if (!package_name(name)) return false;
  if (!eat(TokenKind::semicolon)) {
    if (!at(TokenKind::left_brace)) return fail_expected("`;` or `{`");
    at_ = before;
    return true;
  }
  file.package_docs = std::move(docs);
  file.package = std::move(name);
  return true;
}

bool Parser::top_item(ast::Docs docs, std::vector<ast::TopItem>& items) {
  ast::Attributes attributes;
  if (!this->attributes(attributes)) return false;
  switch (peek().kind) {
    case TokenKind::kw_interface: {
      auto& interface =
          std::get<ast::Interface>(items.emplace_back(std::in_place_type<ast::Interface>));
      interface.docs = std::move(docs);
      if (attributes.external_id) {
        return fail(ErrorKind::misplaced_attribute, attributes.span, "an interface", "external-id");
      }
      interface.attributes = std::move(attributes);
      return this->interface(interface);
    }
    case TokenKind::kw_world: {
      auto& world = std::get<ast::World>(items.emplace_back(std::in_place_type<ast::World>));
      world.docs = std::move(docs);
      if (attributes.external_id) {
        return fail(ErrorKind::misplaced_attribute, attributes.span, "a world", "external-id");
      }
      world.attributes = std::move(attributes);
      return this->world(world);
    }
    case TokenKind::kw_use: {
      if (attributes.span.known()) {
        return fail(ErrorKind::misplaced_attribute, attributes.span, "a `use` at the top");
      }
      next();
      auto& use = std::get<ast::TopUse>(items.emplace_back(std::in_place_type<ast::TopUse>));
      if (!use_path(use.path)) return false;
      if (eat(TokenKind::kw_as) && !id(use.as.emplace())) return false;
      return expect(TokenKind::semicolon);
    }
    default:
      return fail_expected("`interface`, `world`, `use` or `package`");
  }
}

bool Parser::nested_package(ast::Docs docs, const ast::Attributes& attributes, ast::File& file) {
  Span keyword = next().span;
  if (attributes.span.known()) {
    return fail(ErrorKind::misplaced_attribute, attributes.span, "a package");
  }
  ast::NestedPackage& nested = file.nested.emplace_back();
  nested.docs = std::move(docs);
  if (!package_name(nested.name) || !expect(TokenKind::left_brace)) return false;
  while (true) {
    ast::Docs item_docs = this->docs();
    if (eat(TokenKind::right_brace)) return true;
    if (at(TokenKind::kw_package)) {
      return fail(ErrorKind::nested_package, peek().span);
    }
    if (at(TokenKind::end)) {
      fail_expected("`}`");
      error_.related = keyword;
      return false;
    }
    if (!top_item(std::move(item_docs), nested.items)) return false;
  }
}

}  // namespace weir::wit
