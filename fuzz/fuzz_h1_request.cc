// rooms: http
//
// A request as a server reads it: the head, then a chunked body. The first byte says how the bytes
// arrive; what is read may not depend on it, and what is accepted keeps the promises of `Request`.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/h1/chunked.h"
#include "http/h1/request_head.h"
#include "http/h1/syntax.h"

namespace {

using namespace weir::http;
using namespace weir::http::h1;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::string read(std::string_view input, size_t step) {
  std::string seen, result;
  size_t at = 0, scanned = 0, used = 0;
  HeadLimits limits;
  auto more = [&] {
    if (at == input.size()) return false;
    size_t count = std::min(step, input.size() - at);
    seen.append(input.substr(at, count));
    at += count;
    return true;
  };
  while (true) {
    auto size = find_head_end(seen, scanned, limits);
    if (!size) return "bad";
    if (*size > 0) {
      used = *size;
      break;
    }
    if (!more()) return "cut";
  }
  auto head = parse_request_head(std::string_view(seen).substr(0, used), limits, false, "local:80");
  if (!head) return "bad";
  const Request& request = head->request;
  check(is_token(request.method), "a bad method");
  check(is_authority(request.authority), "a bad authority");
  check(request.target.empty() ? request.method == "CONNECT" : is_target(request.target),
        "a bad target");
  check(!(head->chunked && head->length), "two framings");
  for (size_t i = 0; i < request.fields.size(); ++i) {
    check(is_token(request.fields[i].name), "a bad field name");
    check(is_field_value(request.fields[i].value), "a bad field value");
  }
  for (const char* name : {"connection", "transfer-encoding", "upgrade", "te", "keep-alive"})
    check(!request.fields.has(name), "a hop-by-hop field travels on");
  result = request.method + " " + request.authority + " " + request.target + "\n";
  if (!head->chunked) return result;
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
  std::string whole = read(input, input.size() + 1);
  std::string pieces = read(input, 1 + data[0] % 16);
  check(whole == pieces, "what is read depends on how it arrives");
  return 0;
}
