#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace weir::wit {

// Text under construction that keeps its indentation.
class Writer {
 public:
  // How many spaces a level is.
  explicit Writer(int indent = 2) : indent_(indent) {}

  // One line at the current level, made of the parts. Without parts, an empty line.
  template <class... Parts>
  void line(const Parts&... parts) {
    put({std::string_view(parts)...});
  }
  // An empty line, unless nothing or one, or the opening of a block, stands before it.
  void gap();

  // Lines up to the matching `close` are one level deeper.
  template <class... Parts>
  void open(const Parts&... parts) {
    line(parts...);
    ++level_;
    fresh_ = true;
  }
  template <class... Parts>
  void close(const Parts&... parts) {
    --level_;
    line(parts...);
  }
  // A line one level out: `public:` and the like.
  void label(std::string_view text);

  // A comment: each line of `text` after `mark`. Nothing for an empty text.
  void comment(std::string_view mark, std::string_view text);

  // Docs in C++, where a backslash at the end of a line would swallow the next one.
  void cpp_docs(std::string_view text);

  // Makes room, so that text up to this size is not copied as it grows.
  void reserve(size_t bytes) { text_.reserve(bytes); }
  // Begins anew where the text ends, which its user has put elsewhere.
  void forget() { text_.clear(); }
  const std::string& text() const { return text_; }
  std::string take() { return std::move(text_); }

 private:
  void put(std::initializer_list<std::string_view> parts);

  std::string text_;
  int indent_;
  int level_ = 0;
  bool fresh_ = true;
};

}  // namespace weir::wit
