#include "http/h1/body_decoder.h"

#include <algorithm>

namespace weir::http::h1 {

void BodyDecoder::begin(bool chunked, uint64_t length, uint64_t max_content) {
  if (chunked_ || chunked) chunks_.renew();
  chunked_ = chunked;
  left_ = length;
  done_ = !chunked && length == 0;
  received_ = 0;
  max_content_ = max_content;
}

void BodyDecoder::took(uint64_t bytes) {
  received_ += bytes;
  left_ -= bytes;
  done_ = left_ == 0;
}

BodyDecoder::Step BodyDecoder::next(std::string_view& input, std::string_view& data, size_t max) {
  if (done_) return Step::end;
  if (!chunked_) {
    if (input.empty()) return Step::more;
    data = input.substr(0, std::min<uint64_t>(max, left_));
    input.remove_prefix(data.size());
    took(data.size());
    return Step::data;
  }
  if (received_ > max_content_) return Step::too_large;
  switch (chunks_.next(input, data, max)) {
    case ChunkedDecoder::Step::more:
      return Step::more;
    case ChunkedDecoder::Step::data:
      received_ += data.size();
      return received_ > max_content_ ? Step::too_large : Step::data;
    case ChunkedDecoder::Step::end:
      done_ = true;
      return Step::end;
    case ChunkedDecoder::Step::bad:
      break;
  }
  return Step::bad;
}

}  // namespace weir::http::h1
