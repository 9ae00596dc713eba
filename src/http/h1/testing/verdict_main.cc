// Says what the server's parser makes of inputs, for comparison with other parsers.
// On standard input: a length (4 bytes, little-endian), then as many bytes, again and again. For
// each a line on standard output: `METHOD:CONTENT` in hexadecimal for each whole request, then
// `more`, `bad` or `stop` (nothing after a request that ends the connection or changes the protocol
// is looked at).
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "http/h1/body_decoder.h"
#include "http/h1/request_head.h"

namespace {

using namespace weir::http::h1;

void append_hex(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (char c : bytes) {
    out += kDigits[static_cast<uint8_t>(c) >> 4];
    out += kDigits[static_cast<uint8_t>(c) & 15];
  }
}

std::string verdict(std::string_view input) {
  std::string out;
  HeadLimits limits;
  while (true) {
    if (input.starts_with("\r\n")) input.remove_prefix(2);
    if (input.empty()) return out + "more";
    size_t scanned = 0;
    auto size = find_head_end(input, scanned, limits);
    if (!size.ok()) return out + "bad";
    if (*size == 0) return out + "more";
    auto head = parse_request_head(input.substr(0, *size), limits, false, "local:80");
    if (!head.ok()) return out + "bad";
    input.remove_prefix(*size);
    BodyDecoder decoder;
    decoder.begin(head->chunked, head->length.value_or(0), UINT64_MAX);
    std::string content;
    for (bool done = false; !done;) {
      std::string_view data;
      switch (decoder.next(input, data, SIZE_MAX)) {
        case BodyDecoder::Step::data:
          content += data;
          break;
        case BodyDecoder::Step::end:
          done = true;
          break;
        case BodyDecoder::Step::more:
          return out + "more";
        default:
          return out + "bad";
      }
    }
    out += head->request.method + ":";
    append_hex(out, content);
    out += ' ';
    if (!head->keep_alive || head->request.method == "CONNECT" || !head->request.upgrade.empty())
      return out + "stop";
  }
}

}  // namespace

int main() {
  uint8_t prefix[4];
  while (std::fread(prefix, 1, 4, stdin) == 4) {
    uint32_t size = prefix[0] | prefix[1] << 8 | prefix[2] << 16 | uint32_t{prefix[3]} << 24;
    std::string input(size, '\0');
    if (std::fread(input.data(), 1, size, stdin) != size) return 1;
    std::printf("%s\n", verdict(input).c_str());
  }
  return 0;
}
