#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/fields.h"

namespace weir::http::h1 {

// Takes the chunked transfer coding apart (RFC 9112 section 7.1). Strict: every line ends in CRLF,
// sizes are hexadecimal digits, extensions are tokens or quoted strings and are ignored, trailer
// lines are valid fields. Bytes in, parts out; no I/O.
class ChunkedDecoder {
 public:
  enum class Step : uint8_t {
    more,  // needs more input
    data,  // `data` is the next part of the content, a view into the input
    end,   // complete; `trailers()` holds the trailer section
    bad,   // malformed, or over a limit; stays so
  };

  // Works on the front of `input` and takes what it used off it. `max` bounds `data`.
  Step next(std::string_view& input, std::string_view& data, size_t max);

  Fields& trailers() { return trailers_; }
  // Begins anew and holds no memory. Assigned to, strings would keep theirs.
  void renew();

  // Which limit on trailers `bad` is about, where it is one: that on a line, or that on all.
  enum class Excess : uint8_t { none, trailer, trailers };
  Excess excess() const { return excess_; }

 private:
  enum class State : uint8_t { size, data, data_end, trailer, end, bad };

  Step fail() {
    state_ = State::bad;
    return Step::bad;
  }
  // Collects a line across inputs. False: not complete yet, or (`bad`) too long.
  bool take_line(std::string_view& input, size_t limit);
  bool parse_size(std::string_view line);
  bool parse_trailer(std::string_view line);

  State state_ = State::size;
  Excess excess_ = Excess::none;
  uint64_t left_ = 0;
  std::string line_;
  Fields trailers_;
};

}  // namespace weir::http::h1
