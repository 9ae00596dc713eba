// rooms: wit
//
// Binary WIT and components through the decoders. What is accepted must print, and encode to
// something that decodes to the same text.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "wit/binary/decode.h"
#include "wit/binary/encode.h"
#include "wit/json.h"
#include "wit/print.h"

namespace {

using namespace weir::wit;

void check(bool condition, const char* what, const std::string& text) {
  if (condition) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

void check_package(const DecodedWit& decoded) {
  std::string once = print_package(decoded.resolve, decoded.main);
  auto again = decode_wit(encode_package(decoded.resolve, decoded.main));
  check(again.ok(), "what was encoded is refused", once);
  // Only a package that is not empty has its name in the binary.
  const Package& package = decoded.resolve[decoded.main];
  if (package.interfaces.empty() && package.worlds.empty()) return;
  std::string twice = print_package(again->resolve, again->main);
  check(once == twice, "a round trip changes the text", once + "\n----\n" + twice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::span<const uint8_t> bytes(data, size);
  if (auto decoded = decode_wit(bytes)) {
    to_json(decoded->resolve);
    check_package(*decoded);
  }
  if (auto world = decode_world(bytes)) {
    auto again = decode_world(encode_world(world->resolve, world->world, world->encoding));
    check(again.ok(), "the metadata of a world is refused", world->resolve.id_of(world->world));
  }
  return 0;
}
