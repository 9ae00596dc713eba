#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/h1/chunked.h"

namespace weir::http::h1 {

// Finds a request's content in what follows its head (RFC 9112 section 6.3). No I/O.
class BodyDecoder {
 public:
  enum class Step : uint8_t {
    more,       // needs more input
    data,       // `data` is the next part of the content, a view into the input
    end,        // complete; `trailers()` holds the trailer section
    bad,        // malformed; stays so
    too_large,  // more than `max_content`; stays so
  };

  // `length`: of the content, where it is not chunked.
  void begin(bool chunked, uint64_t length, uint64_t max_content);
  // Works on the front of `input` and takes what it used off it. `max` (> 0) bounds `data`.
  Step next(std::string_view& input, std::string_view& data, size_t max);
  // Counts `bytes` of content that did not pass through `next`; at most `left()`.
  void took(uint64_t bytes);

  bool chunked() const { return chunked_; }
  bool done() const { return done_; }
  // Bytes of content still to come; not known where they are chunked.
  std::optional<uint64_t> left() const {
    if (chunked_) return std::nullopt;
    return left_;
  }
  uint64_t received() const { return received_; }
  Fields& trailers() { return chunks_.trailers(); }
  ChunkedDecoder::Excess excess() const { return chunks_.excess(); }

 private:
  bool chunked_ = false;
  bool done_ = true;
  uint64_t left_ = 0;
  uint64_t received_ = 0;
  uint64_t max_content_ = UINT64_MAX;
  ChunkedDecoder chunks_;
};

}  // namespace weir::http::h1
