#include "wit/format.h"

#include <algorithm>
#include <vector>

#include "util/assert.h"
#include "wit/text/lexer.h"
#include "wit/text/parser.h"

namespace weir::wit {
namespace {

using enum TokenKind;

bool is_docs(std::string_view comment) {
  return (comment.starts_with("///") && !comment.starts_with("////")) ||
         (comment.starts_with("/**") && !comment.starts_with("/***") && comment != "/**/");
}

class Formatter {
 public:
  Formatter(std::string_view text, uint32_t offset, const std::vector<Token>& tokens)
      : text_(text), offset_(offset), tokens_(tokens) {}

  std::string run();

 private:
  // What a pair of braces holds: lines that end in `;`, lines that end in `,`, or a part of a line.
  enum class Braces : uint8_t { items, parts, inside };

  std::string_view text_of(size_t i) const {
    const Token& token = tokens_[i];
    return text_.substr(token.span.begin - offset_, token.span.end - token.span.begin);
  }
  TokenKind kind(size_t i) const { return i < tokens_.size() ? tokens_[i].kind : end; }
  // The kind of the next token from `i` on that is no comment.
  TokenKind next_kind(size_t i) const {
    while (kind(i) == comment) ++i;
    return kind(i);
  }
  // How many line breaks stand before a token.
  size_t breaks_before(size_t i) const;

  void token(size_t i);
  void comment_token(size_t i);
  void open_brace(size_t i);
  void close_brace(size_t i);
  // Starts a line if text stands on the current one.
  void end_line();
  void put(std::string_view text, bool space);
  bool space_before(size_t i) const;
  bool is_path_colon(size_t i) const;

  std::string_view text_;
  uint32_t offset_;
  const std::vector<Token>& tokens_;
  std::string out_;
  std::vector<Braces> braces_;
  size_t parens_ = 0;
  // The first keyword of the item that is being written, its attributes aside.
  TokenKind item_ = end;
  bool in_attribute_ = false;
  // Whether the item has begun on an earlier line.
  bool continued_ = false;
  size_t angles_ = 0;
  bool line_open_ = false;
  // Whether a line break is due, unless a comment on the same line comes first.
  bool break_due_ = false;
  bool after_open_ = true;
  // The last token that was written, `end` at the start of a line.
  TokenKind last_ = end;
  size_t last_index_ = 0;
};

size_t Formatter::breaks_before(size_t i) const {
  if (i == 0) return 0;
  size_t from = tokens_[i - 1].span.end - offset_;
  size_t to = tokens_[i].span.begin - offset_;
  return static_cast<size_t>(std::ranges::count(text_.substr(from, to - from), '\n'));
}

void Formatter::end_line() {
  if (line_open_) out_.push_back('\n');
  line_open_ = false;
  break_due_ = false;
  last_ = end;
}

void Formatter::put(std::string_view text, bool space) {
  if (!line_open_) {
    // A line that goes on with an item is a level deeper.
    size_t level = std::ranges::count_if(braces_, [](Braces b) { return b != Braces::inside; });
    if (continued_) ++level;
    out_.append(2 * level, ' ');
    line_open_ = true;
  } else if (space) {
    out_.push_back(' ');
  }
  out_.append(text);
  after_open_ = false;
}

bool Formatter::is_path_colon(size_t i) const {
  return item_ == kw_package || next_kind(i + 2) == slash;
}

bool Formatter::space_before(size_t i) const {
  TokenKind now = kind(i);
  // Only in a version such as `1.0.0-1a` does a word follow a number at once.
  bool touches = i > 0 && tokens_[i - 1].span.end == tokens_[i].span.begin;
  if (touches && last_ == integer) return false;
  switch (last_) {
    case end:
    case left_paren:
    case less_than:
    case period:
    case slash:
    case at:
    case minus:
    case plus:
    case left_brace:
      return false;
    case colon:
      return !is_path_colon(last_index_);
    default:
      break;
  }
  switch (now) {
    case comma:
    case semicolon:
    case colon:
    case right_paren:
    case left_paren:
    case less_than:
    case greater_than:
    case period:
    case slash:
    case minus:
    case plus:
    case at:
    case right_brace:
      return false;
    default:
      return true;
  }
}

void Formatter::comment_token(size_t i) {
  std::string_view comment = text_of(i);
  while (!comment.empty() && (comment.back() == '\r' || comment.back() == ' ')) {
    comment.remove_suffix(1);
  }
  bool whole_line = comment.starts_with("//");
  bool boundary = break_due_ || (!line_open_ && !continued_);
  bool own_line = breaks_before(i) > 0 || !line_open_ || (is_docs(comment) && boundary);
  if (own_line && (boundary || whole_line)) {
    bool blank = breaks_before(i) > 1 && !after_open_;
    bool inside = !boundary;
    end_line();
    if (blank && !out_.empty() && !inside) out_.push_back('\n');
    put(comment, false);
    end_line();
    return;
  }
  if (line_open_) {
    out_.push_back(' ');
    out_.append(comment);
  } else {
    put(comment, false);
  }
  after_open_ = false;
  if (whole_line) {
    end_line();
  } else {
    last_ = TokenKind::comment;
  }
}

void Formatter::open_brace(size_t i) {
  Braces braces = Braces::items;
  if (last_ == period || item_ == kw_include || item_ == kw_use) {
    braces = Braces::inside;
  } else if (item_ == kw_record || item_ == kw_variant || item_ == kw_enum || item_ == kw_flags) {
    braces = Braces::parts;
  }
  put(text_of(i), last_ != period);
  if (braces == Braces::inside && item_ == kw_include) out_.push_back(' ');
  braces_.push_back(braces);
  last_ = left_brace;
  if (braces == Braces::inside) return;
  break_due_ = true;
  after_open_ = true;
  continued_ = false;
  item_ = end;
}

void Formatter::close_brace(size_t i) {
  Braces braces = braces_.empty() ? Braces::items : braces_.back();
  if (braces == Braces::inside) {
    braces_.pop_back();
    put("}", item_ == kw_include && last_ != left_brace);
    last_ = right_brace;
    // The `;` after the renames of an include may be left out.
    if (item_ == kw_include && next_kind(i + 1) != semicolon) {
      break_due_ = true;
      continued_ = false;
    }
    return;
  }
  end_line();
  if (!braces_.empty()) braces_.pop_back();
  continued_ = false;
  put("}", false);
  last_ = right_brace;
  item_ = end;
  break_due_ = true;
  after_open_ = false;
}

void Formatter::token(size_t i) {
  TokenKind now = kind(i);
  bool starts_item = break_due_ || (!line_open_ && !continued_);
  // An inline interface ends without `;`, a use of braces with one.
  if (starts_item && now == semicolon) starts_item = false;
  if (now == right_brace) return close_brace(i);
  if (starts_item) {
    bool blank = breaks_before(i) > 1 && !after_open_;
    end_line();
    if (blank && !out_.empty()) out_.push_back('\n');
    continued_ = false;
    item_ = end;
    in_attribute_ = now == at;
  }
  bool parts = !braces_.empty() && braces_.back() == Braces::parts;
  if (item_ == end && !in_attribute_) item_ = now;
  // The interface of `import name: interface {`.
  if (now == kw_interface) item_ = now;
  if (now == left_brace) return open_brace(i);
  // A comma at the end of a list inside a line says nothing.
  bool list_ends = next_kind(i + 1) == right_paren || next_kind(i + 1) == greater_than ||
                   (next_kind(i + 1) == right_brace && !parts);
  if (now == comma && list_ends && kind(i + 1) != comment) return;
  put(text_of(i), space_before(i));
  continued_ = true;
  last_ = now;
  last_index_ = i;
  if (now == left_paren) ++parens_;
  if (now == right_paren && parens_ > 0) --parens_;
  if (now == less_than) ++angles_;
  if (now == greater_than && angles_ > 0) --angles_;
  bool nested = parens_ > 0 || angles_ > 0;
  bool last_part = parts && !nested && next_kind(i + 1) == right_brace && now != comma;
  if (now == right_paren && in_attribute_ && parens_ == 0) {
    in_attribute_ = false;
    break_due_ = true;
  } else if (now == semicolon || (now == comma && parts && !nested)) {
    break_due_ = true;
  } else if (last_part) {
    put(",", false);
    break_due_ = true;
  }
  if (break_due_) continued_ = false;
}

std::string Formatter::run() {
  for (size_t i = 0; i < tokens_.size() && kind(i) != end; ++i) {
    if (kind(i) == comment) {
      comment_token(i);
    } else {
      token(i);
    }
  }
  end_line();
  return std::move(out_);
}

// The tokens that count: all but commas that end a list.
std::vector<std::string_view> essence(std::string_view text, const std::vector<Token>& tokens,
                                      uint32_t offset) {
  std::vector<std::string_view> result;
  for (const Token& token : tokens) {
    std::string_view word =
        text.substr(token.span.begin - offset, token.span.end - token.span.begin);
    while (!word.empty() && (word.back() == '\r' || word.back() == ' ')) word.remove_suffix(1);
    bool closing =
        token.kind == right_brace || token.kind == right_paren || token.kind == greater_than;
    if (token.kind == comment) {
      result.push_back(word);
      continue;
    }
    if (closing) {
      // The comma may stand before comments.
      for (size_t i = result.size(); i > 0; --i) {
        if (result[i - 1].starts_with('/') && result[i - 1].size() > 1) continue;
        if (result[i - 1] == ",") result.erase(result.begin() + static_cast<ptrdiff_t>(i) - 1);
        break;
      }
    }
    result.push_back(word);
  }
  return result;
}

}  // namespace

WitResult<std::string> format_text(std::string_view text, uint32_t offset) {
  WEIR_TRY(parse_file(text, offset));
  std::vector<Token> tokens = WEIR_TRY(lex(text, offset));
  std::string formatted = Formatter(text, offset, tokens).run();
  auto again = lex(formatted, 0);
  WEIR_ASSERT(again.ok() && parse_file(formatted, 0).ok());
  WEIR_ASSERT(essence(text, tokens, offset) == essence(formatted, *again, 0));
  return formatted;
}

}  // namespace weir::wit
