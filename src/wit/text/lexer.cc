#include "wit/text/lexer.h"

#include <algorithm>
#include <array>

#include "wit/text/characters.h"

namespace weir::wit {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What can begin a word. Not all of it can stand in an identifier; the parser checks that, so
// that its message has the whole word.
constexpr bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

constexpr auto kInWord = [] {
  std::array<bool, 256> in_word{};
  for (int c = 0; c < 256; ++c) {
    in_word[static_cast<size_t>(c)] =
        is_word_start(static_cast<char>(c)) || is_digit(static_cast<char>(c)) || c == '-';
  }
  return in_word;
}();

class Lexer {
 public:
  Lexer(std::string_view text, uint32_t offset, std::vector<Token>& tokens)
      : text_(text), offset_(offset), tokens_(tokens) {}

  WitResult<void> run() {
    WEIR_TRY(check_characters(text_, offset_));
    tokens_.clear();
    tokens_.reserve(usual_tokens(text_.size()));
    // A byte order mark.
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
    while (skip_space()) {
      begin_ = at_;
      if (!next()) return Err(WitError{.kind = error_, .span = span()});
    }
    begin_ = at_;
    push(TokenKind::end);
    return {};
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Span span() const {
    return {offset_ + static_cast<uint32_t>(begin_), offset_ + static_cast<uint32_t>(at_)};
  }

  // Whether there is anything behind it.
  bool skip_space() {
    size_t at = at_;
    while (at < text_.size() && (text_[at] == ' ' || text_[at] == '\n' || text_[at] == '\t')) ++at;
    at_ = at;
    return at < text_.size();
  }

  // Each of these returns whether what it read is good.

  bool push(TokenKind kind) {
    // In place: copied at once, the parts just written would be waited for.
    tokens_.emplace_back(kind, span());
    return true;
  }

  // The error's span ends at `end`.
  bool fail(ErrorKind kind, size_t end) {
    error_ = kind;
    at_ = end;
    return false;
  }

  bool single(TokenKind kind) {
    ++at_;
    return push(kind);
  }

  bool next() {
    char c = text_[at_];
    if (is_word_start(c)) {
      skip_word();
      return push(keyword(text_.substr(begin_, at_ - begin_)));
    }
    switch (c) {
      case '\r':
        if (peek(1) != '\n') break;
        at_ += 2;
        return true;
      case '=':
        return single(TokenKind::equals);
      case ',':
        return single(TokenKind::comma);
      case ':':
        return single(TokenKind::colon);
      case '.':
        return single(TokenKind::period);
      case ';':
        return single(TokenKind::semicolon);
      case '(':
        return single(TokenKind::left_paren);
      case ')':
        return single(TokenKind::right_paren);
      case '{':
        return single(TokenKind::left_brace);
      case '}':
        return single(TokenKind::right_brace);
      case '<':
        return single(TokenKind::less_than);
      case '>':
        return single(TokenKind::greater_than);
      case '*':
        return single(TokenKind::star);
      case '@':
        return single(TokenKind::at);
      case '+':
        return single(TokenKind::plus);
      case '-':
        if (peek(1) == '>') ++at_;
        return single(peek() == '>' ? TokenKind::arrow : TokenKind::minus);
      case '/':
        if (peek(1) == '/' || peek(1) == '*') return comment();
        return single(TokenKind::slash);
      case '"':
        return string_literal();
      case '%':
        ++at_;
        if (is_word_start(peek())) skip_word();
        return push(TokenKind::explicit_identifier);
      default:
        break;
    }
    if (is_digit(c)) {
      while (is_digit(peek())) ++at_;
      return push(TokenKind::integer);
    }
    return fail(ErrorKind::unexpected_character, at_ + 1);
  }

  void skip_word() {
    size_t at = at_;
    while (at < text_.size() && kInWord[static_cast<uint8_t>(text_[at])]) ++at;
    at_ = at;
  }

  bool comment() {
    size_t size = comment_size(text_.substr(at_));
    if (size == std::string_view::npos) return fail(ErrorKind::unterminated_comment, begin_ + 2);
    at_ += size;
    return push(TokenKind::comment);
  }

  bool string_literal() {
    ++at_;
    while (at_ < text_.size() && peek() != '"') {
      at_ += peek() == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    }
    if (at_ >= text_.size()) return fail(ErrorKind::unterminated_string, begin_ + 1);
    ++at_;
    return push(TokenKind::string_literal);
  }

  std::string_view text_;
  uint32_t offset_;
  size_t at_ = 0;
  size_t begin_ = 0;
  ErrorKind error_ = ErrorKind::unexpected_character;
  std::vector<Token>& tokens_;
};

}  // namespace

size_t comment_size(std::string_view text) {
  if (text.starts_with("//")) return std::min(text.find('\n'), text.size());
  // Block comments nest.
  size_t depth = 0;
  for (size_t at = 0; at + 1 < text.size();) {
    std::string_view mark = text.substr(at, 2);
    if (mark == "/*") {
      ++depth;
    } else if (mark == "*/") {
      if (--depth == 0) return at + 2;
    }
    at += mark == "/*" || mark == "*/" ? 2 : 1;
  }
  return std::string_view::npos;
}

WitResult<std::vector<Token>> lex(std::string_view text, uint32_t offset) {
  std::vector<Token> tokens;
  WEIR_TRY(lex(text, offset, tokens));
  return tokens;
}

WitResult<void> lex(std::string_view text, uint32_t offset, std::vector<Token>& tokens) {
  return Lexer(text, offset, tokens).run();
}

}  // namespace weir::wit
