#include "wast/sexpr.h"

#include "util/utf8.h"

namespace weir::wast {
namespace {

constexpr size_t kMaxDepth = 1000;

class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  Result<std::vector<Sexpr>> run() {
    std::vector<Sexpr> open(1);
    while (skip_blanks()) {
      char c = source_[at_];
      if (c == '(') {
        if (open.size() > kMaxDepth) return error("lists are nested too deeply");
        Sexpr& list = open.emplace_back(start(Sexpr::Kind::list));
        list.end = ++at_;
      } else if (c == ')') {
        if (open.size() == 1) return error("a `)` closes nothing");
        Sexpr done = std::move(open.back());
        open.pop_back();
        done.end = ++at_;
        open.back().items.push_back(std::move(done));
      } else {
        Sexpr item = start(c == '"' ? Sexpr::Kind::string : Sexpr::Kind::atom);
        if (c == '"') {
          if (!string(item.text)) return error("a string is not closed, or has a wrong escape");
        } else {
          size_t from = at_;
          while (at_ < source_.size() && !is_end(source_[at_])) ++at_;
          item.text = source_.substr(from, at_ - from);
        }
        item.end = at_;
        open.back().items.push_back(std::move(item));
      }
    }
    if (failed_) return error("a block comment is not closed");
    if (open.size() > 1) {
      line_ = open.back().line;
      return error("a `(` is not closed");
    }
    return std::move(open.front().items);
  }

 private:
  static bool is_end(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '(' || c == ')' || c == '"' ||
           c == ';';
  }

  Sexpr start(Sexpr::Kind kind) {
    Sexpr result;
    result.kind = kind;
    result.begin = at_;
    result.line = line_;
    return result;
  }

  ErrValue<Error> error(std::string_view what) {
    return Err(Error{"line " + std::to_string(line_) + ": " + std::string(what)});
  }

  // False at the end of the source.
  bool skip_blanks() {
    while (at_ < source_.size()) {
      char c = source_[at_];
      if (c == '\n') ++line_;
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else if (source_.substr(at_).starts_with(";;")) {
        while (at_ < source_.size() && source_[at_] != '\n') ++at_;
      } else if (source_.substr(at_).starts_with("(;")) {
        if (!skip_block()) return false;
      } else {
        return true;
      }
    }
    return false;
  }

  bool skip_block() {
    size_t depth = 0;
    while (at_ < source_.size()) {
      std::string_view rest = source_.substr(at_);
      if (rest.starts_with("(;")) {
        ++depth;
        at_ += 2;
      } else if (rest.starts_with(";)")) {
        at_ += 2;
        if (--depth == 0) return true;
      } else {
        if (rest.front() == '\n') ++line_;
        ++at_;
      }
    }
    failed_ = true;
    return false;
  }

  static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  }

  bool string(std::string& out) {
    for (++at_; at_ < source_.size();) {
      char c = source_[at_++];
      if (c == '"') return true;
      if (c == '\n') ++line_;
      if (c != '\\') {
        out += c;
        continue;
      }
      if (at_ >= source_.size()) return false;
      if (!escape(source_[at_++], out)) return false;
    }
    return false;
  }

  bool escape(char c, std::string& out) {
    switch (c) {
      case 't':
        out += '\t';
        return true;
      case 'n':
        out += '\n';
        return true;
      case 'r':
        out += '\r';
        return true;
      case '"':
      case '\'':
      case '\\':
        out += c;
        return true;
      case 'u': {
        if (at_ >= source_.size() || source_[at_++] != '{') return false;
        uint32_t value = 0;
        while (at_ < source_.size() && source_[at_] != '}') {
          int digit = hex(source_[at_++]);
          if (digit < 0 || value > 0x10ffff) return false;
          value = value * 16 + static_cast<uint32_t>(digit);
        }
        if (at_++ >= source_.size() || value > 0x10ffff) return false;
        append_utf8(out, value);
        return true;
      }
      default: {
        int high = hex(c);
        int low = at_ < source_.size() ? hex(source_[at_++]) : -1;
        if (high < 0 || low < 0) return false;
        out += static_cast<char>(high * 16 + low);
        return true;
      }
    }
  }

  std::string_view source_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  bool failed_ = false;
};

}  // namespace

Result<std::vector<Sexpr>> parse_sexprs(std::string_view source) { return Reader(source).run(); }

}  // namespace weir::wast
