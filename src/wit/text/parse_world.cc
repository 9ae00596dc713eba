#include "wit/text/parser.h"

namespace weir::wit {

bool Parser::world(ast::World& world) {
  if (!expect(TokenKind::kw_world) || !id(world.name) || !expect(TokenKind::left_brace)) {
    return false;
  }
  while (true) {
    ast::Docs docs = this->docs();
    if (eat(TokenKind::right_brace)) {
      move_all(world_items_, world.items);
      return true;
    }
    ast::Attributes attributes;
    if (!this->attributes(attributes)) return false;
    TokenKind kind = peek().kind;
    if (at_type_def()) {
      auto& def =
          std::get<ast::TypeDef>(world_items_.emplace_back(std::in_place_type<ast::TypeDef>));
      def.docs = std::move(docs);
      def.attributes = std::move(attributes);
      if (!type_def(def)) return false;
    } else if (kind == TokenKind::kw_import || kind == TokenKind::kw_export) {
      auto& item =
          std::get<ast::Extern>(world_items_.emplace_back(std::in_place_type<ast::Extern>));
      item.docs = std::move(docs);
      item.attributes = std::move(attributes);
      if (!extern_item(item)) return false;
    } else if (kind == TokenKind::kw_use) {
      auto& use = std::get<ast::Use>(world_items_.emplace_back(std::in_place_type<ast::Use>));
      use.attributes = std::move(attributes);
      if (!this->use(use)) return false;
    } else if (kind == TokenKind::kw_include) {
      auto& include =
          std::get<ast::Include>(world_items_.emplace_back(std::in_place_type<ast::Include>));
      if (attributes.external_id) {
        return fail(ErrorKind::misplaced_attribute, attributes.span, "an `include`", "external-id");
      }
      include.attributes = std::move(attributes);
      if (!this->include(include)) return false;
    } else {
      return fail_expected("`import`, `export`, `include`, `use`, a type or `}`");
    }
  }
}

bool Parser::extern_item(ast::Extern& item) {
  item.import = next().kind == TokenKind::kw_import;
  // `a: b/` can only go on as a path; anything else after `a:` makes `a` a plain name.
  bool named = peek_after(1).kind == TokenKind::colon;
  TokenKind second = peek_after(2).kind;
  bool is_accessor = named && accessor_after(2) != Accessor::none;
  bool is_id = second == TokenKind::identifier || second == TokenKind::explicit_identifier;
  if (named && is_id && peek_after(3).kind == TokenKind::slash) named = false;
  if (!named) {
    ast::Extern::Path path;
    if (!use_path(path.path)) return false;
    item.kind = std::move(path);
    return expect(TokenKind::semicolon);
  }

  ast::Id name;
  if (!id(name)) return false;
  next();
  if (second == TokenKind::kw_func || second == TokenKind::kw_async || is_accessor) {
    auto& function = item.kind.emplace<ast::Extern::Function>();
    function.name = name;
    return func(function.func) && expect(TokenKind::semicolon);
  }
  if (second == TokenKind::kw_interface) {
    next();
    auto& body = item.kind.emplace<ast::Extern::Inline>();
    body.name = name;
    return interface_items(body.items);
  }
  if (!is_id) return fail_expected("`func`, `async`, `interface` or the name of an interface");
  auto& path = item.kind.emplace<ast::Extern::NamedPath>();
  path.name = name;
  return use_path(path.path) && expect(TokenKind::semicolon);
}

bool Parser::include(ast::Include& include) {
  if (!expect(TokenKind::kw_include) || !use_path(include.from)) return false;
  if (!eat(TokenKind::kw_with)) return expect(TokenKind::semicolon);
  // There is no `;` after the list.
  return expect(TokenKind::left_brace) && renames(include.names, true);
}

}  // namespace weir::wit
