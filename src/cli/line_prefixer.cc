#include "cli/line_prefixer.h"

#include <algorithm>

#include "util/escape.h"

namespace weir::cli {
namespace {

constexpr size_t kLongestLine = 8192;

}  // namespace

LinePrefixer::~LinePrefixer() {
  if (!partial_.empty()) end_line();
}

void LinePrefixer::write(std::string_view text) {
  while (!text.empty()) {
    size_t line_end = text.find('\n');
    size_t room = kLongestLine - partial_.size();
    size_t count = std::min({line_end, text.size(), room});
    partial_.append(text.substr(0, count));
    text.remove_prefix(count);
    if (!text.empty() && text.front() == '\n') {
      text.remove_prefix(1);
      end_line();
    } else if (partial_.size() == kLongestLine) {
      end_line();
    }
  }
}

void LinePrefixer::end_line() {
  if (!partial_.empty() && partial_.back() == '\r') partial_.pop_back();
  std::string line = prefix_;
  append_escaped(line, partial_);
  writer_.write_line(line);
  partial_.clear();
}

}  // namespace weir::cli
