#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace weir::wit {

// Writes JSON in the order of the calls: indented by two spaces, or without any white space.
class JsonWriter {
 public:
  enum class Form : uint8_t { indented, compact };

  explicit JsonWriter(Form form = Form::indented) : form_(form) {}

  // Between `open_*` and `close` come the members; each member of an object follows its `key`.
  void open_object() { open('{', '}'); }
  void open_array() { open('[', ']'); }
  void close();
  void key(std::string_view name);

  void string(std::string_view text);
  void number(uint64_t value);
  void null();

  // An object of one member, whose value is written next and is followed by `close`.
  void open_tagged(std::string_view name) {
    open_object();
    key(name);
  }

  std::string take() { return std::move(text_); }

 private:
  void open(char open, char close);
  void begin_value();
  void new_line();
  void quoted(std::string_view text);

  std::string text_;
  // The closing brackets of what is open.
  std::string open_;
  Form form_;
  bool first_ = true;
  bool after_key_ = false;
};

}  // namespace weir::wit
