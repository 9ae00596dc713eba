// Says what the server's parser makes of inputs, for comparison with other parsers.
// On standard input: a length (4 bytes, little-endian), then as many bytes, again and again. For
// each a line on standard output: `METHOD:CONTENT` in hexadecimal for each whole request, then
// `more`, `bad` or `stop` (nothing after a request that ends the connection or changes the protocol
// is looked at).
#include <cstdio>

#include "http/h1/testing/verdict.h"
#include "util/bytes.h"
#include "util/hex.h"

namespace {

using weir::http::h1::Verdict;

std::string text_of(const Verdict& verdict) {
  std::string out;
  for (const Verdict::Message& message : verdict.messages) {
    out += message.method + ":" + weir::hex(weir::as_bytes(message.content)) + " ";
  }
  switch (verdict.end) {
    case Verdict::End::more:
      return out + "more";
    case Verdict::End::bad:
      return out + "bad";
    case Verdict::End::stop:
      break;
  }
  return out + "stop";
}

}  // namespace

int main() {
  uint8_t prefix[4];
  while (std::fread(prefix, 1, 4, stdin) == 4) {
    uint32_t size = prefix[0] | prefix[1] << 8 | prefix[2] << 16 | uint32_t{prefix[3]} << 24;
    std::string input(size, '\0');
    if (std::fread(input.data(), 1, size, stdin) != size) return 1;
    std::printf("%s\n", text_of(weir::http::h1::verdict_of(input)).c_str());
  }
  return 0;
}
