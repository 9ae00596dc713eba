// rooms: http
//
// A response as a client reads it: heads until a final one, then the content by its framing. The
// first byte picks the request's method and how the bytes arrive; what is read may not depend on
// the latter.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/h1/chunked.h"
#include "http/h1/response_head.h"

namespace {

using namespace weir::http;
using namespace weir::http::h1;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// What was understood, as text.
std::string read(std::string_view input, std::string_view method, size_t step) {
  std::string seen, result;
  size_t at = 0, scanned = 0, used = 0;
  auto more = [&] {
    if (at == input.size()) return false;
    size_t count = std::min(step, input.size() - at);
    seen.append(input.substr(at, count));
    at += count;
    return true;
  };
  ResponseHead head;
  while (true) {
    auto size = find_response_head_end(std::string_view(seen).substr(used), scanned, {});
    // Which of two errors shows first may depend on how much has arrived; that there is one may
    // not.
    if (!size) return result + "bad";
    if (*size == 0) {
      if (!more()) return result + "cut";
      continue;
    }
    auto parsed = parse_response_head(std::string_view(seen).substr(used, *size), {});
    if (!parsed) return result + "bad";
    used += *size;
    scanned = 0;
    result += std::to_string(parsed->status) + "\n";
    check(parsed->fields.count("content-length") <= 1, "two lengths");
    check(!parsed->fields.has("transfer-encoding"), "a transfer coding travels on");
    check(!(parsed->chunked && parsed->length), "two framings");
    if (!parsed->informational()) {
      head = std::move(*parsed);
      break;
    }
  }
  if (head.framing(method) != ResponseFraming::chunked) return result;
  ChunkedDecoder decoder;
  while (true) {
    std::string_view rest = std::string_view(seen).substr(used), data;
    size_t before = rest.size();
    auto state = decoder.next(rest, data, 1000);
    used += before - rest.size();
    switch (state) {
      case ChunkedDecoder::Step::more:
        if (!more()) return result + "cut";
        break;
      case ChunkedDecoder::Step::data:
        check(!data.empty() && data.size() <= 1000, "data of a wrong size");
        result += data;
        break;
      case ChunkedDecoder::Step::end:
        return result + "end" + std::to_string(decoder.trailers().size());
      case ChunkedDecoder::Step::bad:
        return result + "bad";
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string_view method = data[0] & 1 ? "HEAD" : "GET";
  std::string whole = read(input, method, input.size() + 1);
  std::string pieces = read(input, method, 1 + (data[0] >> 1) % 16);
  check(whole == pieces, "what is read depends on how it arrives");
  return 0;
}
