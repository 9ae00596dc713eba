#include "wit/text/parser.h"

#include "wit/text/characters.h"
#include "wit/text/docs.h"
#include "wit/text/lexer.h"

namespace weir::wit {

WitResult<ast::File> parse_file(std::string_view text, uint32_t offset) {
  std::vector<Token> tokens;
  return parse_file(text, offset, tokens);
}

WitResult<ast::File> parse_file(std::string_view text, uint32_t offset,
                                std::vector<Token>& tokens) {
  WEIR_TRY(lex(text, offset, tokens));
  Parser parser(text, offset, tokens);
  ast::File file;
  if (!parser.file(file)) return Err(parser.take_error());
  return file;
}

const Token& Parser::peek() {
  while (tokens_[at_].kind == TokenKind::comment) ++at_;
  return tokens_[at_];
}

// The token `count` tokens after the next one.
const Token& Parser::peek_after(uint32_t count) {
  size_t at = at_;
  while (true) {
    while (tokens_[at].kind == TokenKind::comment) ++at;
    if (count == 0 || tokens_[at].kind == TokenKind::end) return tokens_[at];
    ++at;
    --count;
  }
}

Token Parser::next() {
  Token token = peek();
  if (token.kind != TokenKind::end) ++at_;
  return token;
}

// Unlike `expect`, leaves comments before another token to be read as docs.
bool Parser::eat(TokenKind kind) {
  if (peek_after(0).kind != kind) return false;
  next();
  return true;
}

bool Parser::expect(TokenKind kind) {
  if (eat(kind)) return true;
  fail_expected(describe(kind));
  // What is missing at the end of a line is shown there, not where the next one begins.
  size_t before = at_;
  while (before > 0 && tokens_[before - 1].kind == TokenKind::comment) --before;
  if (before == 0) return false;
  uint32_t end = tokens_[before - 1].span.end;
  std::string_view between = text_of({end, tokens_[at_].span.begin});
  if (between.find('\n') != std::string_view::npos) error_.span = {end, end};
  return false;
}

bool Parser::fail(ErrorKind kind, Span span, std::string name, std::string other) {
  error_ = {.kind = kind, .span = span, .name = std::move(name), .other = std::move(other)};
  return false;
}

bool Parser::fail_expected(std::string_view what) {
  const Token& token = peek();
  return fail(ErrorKind::expected, token.span, std::string(what), found(token));
}

std::string_view Parser::text_of(Span span) const {
  return text_.substr(span.begin - offset_, span.end - span.begin);
}

std::string Parser::found(const Token& token) const {
  if (token.kind == TokenKind::identifier) return "`" + std::string(text_of(token.span)) + "`";
  return std::string(describe(token.kind));
}

bool Parser::id(ast::Id& id) {
  const Token& token = peek();
  if (token.kind != TokenKind::identifier && token.kind != TokenKind::explicit_identifier) {
    bool is_keyword = token.kind >= TokenKind::kw_as && token.kind != TokenKind::kw_underscore;
    fail_expected("an identifier");
    if (is_keyword) error_.hint = "%" + std::string(text_of(token.span));
    return false;
  }
  ++at_;
  std::string_view name = text_of(token.span);
  if (token.kind == TokenKind::explicit_identifier) name.remove_prefix(1);
  id.name = name;
  id.span = token.span;
  if (is_kebab_case(name)) return true;
  return fail(ErrorKind::bad_identifier, token.span, std::string(name));
}

// A version is read from the characters, as its tokens are not those of WIT. A `.` that is not
// followed by more of the version is left (`use a:b/c@1.0.0-rc.{d};`).
bool Parser::version(Version& version, Span& span) {
  const Token& first = peek();
  if (first.kind != TokenKind::integer) return fail_expected("a version");
  size_t begin = first.span.begin - offset_;
  auto is_part = [&](size_t i) {
    char c = i < text_.size() ? text_[i] : '\0';
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '+';
  };
  size_t end = begin;
  while (is_part(end) || (end < text_.size() && text_[end] == '.' && is_part(end + 1))) ++end;
  span = {first.span.begin, offset_ + static_cast<uint32_t>(end)};
  std::string_view text = text_of(span);
  if (text != version_text_) {
    auto parsed = wit::parse_version(text);
    if (!parsed) return fail(ErrorKind::bad_version, span, std::string(text));
    version_ = std::move(*parsed);
    version_text_ = text;
  }
  version = version_;
  while (tokens_[at_].kind != TokenKind::end && tokens_[at_].span.begin < span.end) ++at_;
  return true;
}

// Takes the comments before the next token.
ast::Docs Parser::docs() {
  ast::Docs docs;
  if (tokens_[at_].kind != TokenKind::comment) return docs;
  docs.span = tokens_[at_].span;
  while (tokens_[at_].kind == TokenKind::comment) docs.span.end = tokens_[at_++].span.end;
  docs.comments = text_of(docs.span);
  return docs;
}

bool Parser::attribute_key(std::string_view key) {
  Token token = peek();
  ast::Id name;
  if (!id(name)) return false;
  if (name.name != key) {
    return fail(ErrorKind::expected, token.span, "`" + std::string(key) + "`", found(token));
  }
  return expect(TokenKind::equals);
}

bool Parser::attribute_version(Version& version) {
  Span span;
  return expect(TokenKind::left_paren) && attribute_key("version") &&
         this->version(version, span) && expect(TokenKind::right_paren);
}

Stability Parser::since(Version since, std::optional<Version> deprecated) {
  bool same = gates_.kind() == Stability::Kind::stable && gates_.since() == since &&
              !gates_.deprecated() && !deprecated;
  if (!same) gates_ = Stability::stable(std::move(since), std::move(deprecated));
  return gates_;
}

bool Parser::attributes(ast::Attributes& attributes) {
  std::optional<Version> since;
  std::optional<Version> deprecated;
  std::optional<std::string> feature;
  Span deprecated_span;
  while (at(TokenKind::at)) {
    Span at_span = next().span;
    ast::Id name;
    if (!id(name)) return false;
    if (!attributes.span.known()) attributes.span = {at_span.begin, name.span.end};
    bool repeated = (name.name == "since" && since) || (name.name == "unstable" && feature) ||
                    (name.name == "deprecated" && deprecated) ||
                    (name.name == "external-id" && attributes.external_id);
    if (repeated) return fail(ErrorKind::repeated_attribute, name.span, std::string(name.name));
    if (name.name == "since") {
      if (!attribute_version(since.emplace())) return false;
    } else if (name.name == "deprecated") {
      deprecated_span = name.span;
      if (!attribute_version(deprecated.emplace())) return false;
    } else if (name.name == "unstable") {
      ast::Id value;
      if (!expect(TokenKind::left_paren) || !attribute_key("feature") || !id(value) ||
          !expect(TokenKind::right_paren)) {
        return false;
      }
      feature = value.name;
    } else if (name.name == "external-id") {
      if (!expect(TokenKind::left_paren)) return false;
      if (!at(TokenKind::string_literal)) return expect(TokenKind::string_literal);
      Span literal = next().span;
      attributes.external_id = unescape(text_of(literal));
      if (!attributes.external_id) return fail(ErrorKind::bad_escape, literal);
      if (!expect(TokenKind::right_paren)) return false;
    } else {
      return fail(ErrorKind::unknown_attribute, name.span, std::string(name.name));
    }
    if (since && feature) return fail(ErrorKind::since_and_unstable, name.span);
  }
  if (since) {
    attributes.stability = this->since(std::move(*since), std::move(deprecated));
  } else if (feature) {
    attributes.stability = Stability::unstable(std::move(*feature), std::move(deprecated));
  } else if (deprecated) {
    return fail(ErrorKind::deprecated_alone, deprecated_span);
  }
  return true;
}

}  // namespace weir::wit
