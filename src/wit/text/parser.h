#pragma once

#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wit/error.h"
#include "wit/text/ast.h"
#include "wit/text/token.h"

namespace weir::wit {

// How deep types may nest in each other (`list<list<...>>`).
inline constexpr uint32_t kMaxTypeDepth = 100;

// Reads one file. `offset` is where the text lies in the `SourceMap`; it must outlive the result.
WitResult<ast::File> parse_file(std::string_view text, uint32_t offset);
// The same with memory for tokens that the caller keeps for more files.
WitResult<ast::File> parse_file(std::string_view text, uint32_t offset, std::vector<Token>& tokens);

// A recursive-descent parser over the tokens of one file. Each method reads what its name says
// and returns whether it could; the first error is kept. The methods stand in parser.cc (the
// tools), parse_types.cc, parse_interface.cc, parse_world.cc and parse_file.cc.
class Parser {
 public:
  // `tokens` ends with `end`.
  Parser(std::string_view text, uint32_t offset, const std::vector<Token>& tokens)
      : text_(text), offset_(offset), tokens_(tokens) {}

  bool file(ast::File& file);
  WitError take_error() { return std::move(error_); }

 private:
  // Tools.
  const Token& peek();
  const Token& peek_after(uint32_t count);
  Token next();
  bool at(TokenKind kind) { return peek().kind == kind; }
  bool eat(TokenKind kind);
  bool expect(TokenKind kind);
  bool fail(ErrorKind kind, Span span, std::string name = "", std::string other = "");
  bool fail_expected(std::string_view what);
  std::string_view text_of(Span span) const;
  std::string found(const Token& token) const;
  bool id(ast::Id& id);
  bool version(Version& version, Span& span);
  ast::Docs docs();
  bool attributes(ast::Attributes& attributes);
  bool attribute_version(Version& version);
  bool attribute_key(std::string_view key);
  Stability since(Version since, std::optional<Version> deprecated);
  // Reads `item`s separated by commas up to `end`, a comma before it allowed.
  template <class F>
  bool list(TokenKind end, F&& item);
  // Moves what was gathered to where it belongs.
  template <class T>
  static void move_all(std::vector<T>& gathered, std::vector<T>& to);

  // Types.
  bool type(ast::Type& type, uint32_t depth = 0);
  bool generic(ast::Type& type, uint32_t depth);
  bool list_type(ast::Type& type, uint32_t depth);
  bool result_type(ast::Type& type, uint32_t depth);
  bool handle_type(ast::Type& type);
  bool argument(ast::Type& type, uint32_t depth);
  bool type_def(ast::TypeDef& def);
  bool at_type_def();
  bool members(ast::TypeDef& def);
  bool resource(ast::TypeDef& def);
  bool resource_func(ast::NamedFunc& func);

  // Functions and interfaces.
  bool func(ast::Func& func);
  Accessor accessor_after(uint32_t count);
  bool signature(ast::Func& func);
  bool named_func(ast::NamedFunc& func);
  bool use(ast::Use& use);
  bool use_path(ast::UsePath& path);
  bool renames(std::vector<ast::Rename>& names, bool as_required);
  bool interface_items(std::vector<ast::InterfaceItem>& items);
  bool interface(ast::Interface& interface);

  // Worlds.
  bool world(ast::World& world);
  bool world_item(ast::World& world);
  bool extern_item(ast::Extern& item);
  bool include(ast::Include& include);

  // Files.
  bool package_name(ast::PackageName& name);
  bool package_header(ast::File& file);
  bool top_item(ast::Docs docs, std::vector<ast::TopItem>& items);
  bool nested_package(ast::Docs docs, const ast::Attributes& attributes, ast::File& file);

  // What `interface_items`, `world`, `resource` and `members` read, until it is whole: none of them
  // nests in itself. So the syntax has vectors of just the right size.
  std::vector<ast::InterfaceItem> interface_items_;
  std::vector<ast::WorldItem> world_items_;
  std::vector<ast::NamedFunc> funcs_;
  std::vector<ast::Member> members_;

  std::string_view text_;
  uint32_t offset_;
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
  WitError error_;
  // The version and the gates that were read last: most items of a file share theirs.
  std::string_view version_text_;
  Version version_;
  Stability gates_;
};

template <class T>
void Parser::move_all(std::vector<T>& gathered, std::vector<T>& to) {
  to.assign(std::make_move_iterator(gathered.begin()), std::make_move_iterator(gathered.end()));
  gathered.clear();
}

template <class F>
bool Parser::list(TokenKind end, F&& item) {
  while (true) {
    ast::Docs item_docs = docs();
    if (eat(end)) return true;
    if (!item(std::move(item_docs))) return false;
    if (!eat(TokenKind::comma)) return expect(end);
  }
}

}  // namespace weir::wit
