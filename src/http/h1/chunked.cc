#include "http/h1/chunked.h"

#include <algorithm>
#include <utility>

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::h1 {
namespace {

constexpr size_t kLongestSizeLine = 256;
constexpr size_t kLongestTrailerLine = 8 << 10;
constexpr size_t kLargestTrailers = 32 << 10;
constexpr size_t kMostTrailers = 128;

// What may follow a chunk's size: `;name`, `;name=token` or `;name="text"`, with white space
// around.
bool is_extension(std::string_view text) {
  while (!text.empty()) {
    text = trimmed(text);
    if (text.empty()) return true;
    if (text.front() != ';') return false;
    text = trimmed(text.substr(1));
    size_t end = 0;
    while (end < text.size() && is_token(text.substr(end, 1))) ++end;
    if (end == 0) return false;
    text = trimmed(text.substr(end));
    if (text.empty() || text.front() != '=') continue;
    text = trimmed(text.substr(1));
    if (!text.empty() && text.front() == '"') {
      end = 1;
      while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
      if (end >= text.size()) return false;
      ++end;
    } else {
      end = 0;
      while (end < text.size() && is_token(text.substr(end, 1))) ++end;
      if (end == 0) return false;
    }
    text = text.substr(end);
  }
  return true;
}

}  // namespace

void ChunkedDecoder::renew() {
  ChunkedDecoder fresh;
  std::swap(*this, fresh);
}

bool ChunkedDecoder::take_line(std::string_view& input, size_t limit) {
  size_t end = input.find('\n');
  size_t count = std::min(end, input.size());
  if (line_.size() + count > limit) {
    if (state_ == State::trailer) excess_ = Excess::trailer;
    state_ = State::bad;
    return false;
  }
  line_.append(input.substr(0, count));
  input.remove_prefix(count);
  if (input.empty()) return false;
  input.remove_prefix(1);
  if (line_.empty() || line_.back() != '\r') {
    state_ = State::bad;
    return false;
  }
  line_.pop_back();
  if (!is_field_value(line_)) {
    state_ = State::bad;
    return false;
  }
  return true;
}

bool ChunkedDecoder::parse_size(std::string_view line) {
  size_t digits = std::min(line.find_first_of("; \t"), line.size());
  auto size = parse_hex(line.substr(0, digits), INT64_MAX);
  if (!size || !is_extension(line.substr(digits))) return false;
  left_ = *size;
  return true;
}

bool ChunkedDecoder::parse_trailer(std::string_view line) {
  size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  // Framing is no trailer's to tell (RFC 9110 section 6.5.1).
  std::string_view name = line.substr(0, colon);
  if (same_name(name, "content-length") || same_name(name, "transfer-encoding") ||
      same_name(name, "host"))
    return false;
  if (trailers_.size() == kMostTrailers || trailers_.accounted_size() > kLargestTrailers) {
    excess_ = Excess::trailers;
    return false;
  }
  trailers_.append(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  return true;
}

ChunkedDecoder::Step ChunkedDecoder::next(std::string_view& input, std::string_view& data,
                                          size_t max) {
  while (true) {
    switch (state_) {
      case State::size:
        if (!take_line(input, kLongestSizeLine))
          return state_ == State::bad ? Step::bad : Step::more;
        if (!parse_size(line_)) return fail();
        line_.clear();
        state_ = left_ ? State::data : State::trailer;
        break;
      case State::data:
        if (input.empty()) return Step::more;
        data = input.substr(0, std::min<uint64_t>({left_, max, input.size()}));
        input.remove_prefix(data.size());
        left_ -= data.size();
        if (left_ == 0) state_ = State::data_end;
        return Step::data;
      case State::data_end:
        if (!take_line(input, 2)) return state_ == State::bad ? Step::bad : Step::more;
        if (!line_.empty()) return fail();
        state_ = State::size;
        break;
      case State::trailer:
        if (!take_line(input, kLongestTrailerLine))
          return state_ == State::bad ? Step::bad : Step::more;
        if (line_.empty()) {
          state_ = State::end;
          return Step::end;
        }
        if (!parse_trailer(line_)) return fail();
        line_.clear();
        break;
      case State::end:
        return Step::end;
      case State::bad:
        return Step::bad;
    }
  }
}

}  // namespace weir::http::h1
