// rooms: host
//
// Reads a compiled component's file as it is, and one that is made of the input's pieces: what was
// read must come out of the round trip unchanged.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "host/artifact.h"

namespace {

using namespace weir;
using host::Artifact;

void check_round_trip(const Artifact& artifact) {
  auto again = host::decode_artifact(host::encode_artifact(artifact));
  if (!again.ok() || again->engine_identity != artifact.engine_identity ||
      again->component.view() != artifact.component.view() ||
      again->modules.size() != artifact.modules.size())
    abort();
  for (size_t i = 0; i < again->modules.size(); ++i)
    if (again->modules[i].view() != artifact.modules[i].view()) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes input = Bytes::copy(std::span(data, size));
  auto artifact = host::decode_artifact(input);
  if (artifact.ok())
    check_round_trip(*artifact);
  else if (artifact.error().message.empty())
    abort();

  // Each piece is a byte with its length, then so many bytes.
  Artifact made;
  auto piece = [&] {
    size_t length = input.empty() ? 0 : static_cast<uint8_t>(input.take(1).view()[0]);
    return input.take(length);
  };
  made.engine_identity = piece().view();
  made.component = piece();
  while (!input.empty()) made.modules.push_back(piece());
  check_round_trip(made);
  return 0;
}
