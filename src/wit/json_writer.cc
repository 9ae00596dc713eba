#include "wit/json_writer.h"

#include <cstdio>

namespace weir::wit {

void JsonWriter::new_line() {
  if (form_ == Form::compact) return;
  text_.push_back('\n');
  text_.append(2 * open_.size(), ' ');
}

// What comes before a value: a comma, a new line, or nothing after a key.
void JsonWriter::begin_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (open_.empty()) return;
  if (!first_) text_.push_back(',');
  new_line();
  first_ = false;
}

void JsonWriter::open(char open, char close) {
  begin_value();
  text_.push_back(open);
  open_.push_back(close);
  first_ = true;
}

void JsonWriter::close() {
  char bracket = open_.back();
  open_.pop_back();
  if (!first_) new_line();
  text_.push_back(bracket);
  first_ = false;
}

void JsonWriter::key(std::string_view name) {
  begin_value();
  quoted(name);
  text_.append(form_ == Form::compact ? ":" : ": ");
  after_key_ = true;
}

void JsonWriter::string(std::string_view text) {
  begin_value();
  quoted(text);
}

void JsonWriter::number(uint64_t value) {
  begin_value();
  text_.append(std::to_string(value));
}

void JsonWriter::null() {
  begin_value();
  text_.append("null");
}

void JsonWriter::quoted(std::string_view text) {
  text_.push_back('"');
  for (char c : text) {
    if (c == '"' || c == '\\') {
      text_.append(1, '\\').append(1, c);
    } else if (c == '\n') {
      text_.append("\\n");
    } else if (c == '\r') {
      text_.append("\\r");
    } else if (c == '\t') {
      text_.append("\\t");
    } else if (static_cast<uint8_t>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      text_.append(code);
    } else {
      text_.push_back(c);
    }
  }
  text_.push_back('"');
}

}  // namespace weir::wit
