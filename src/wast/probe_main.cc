// weir-probe [SEED]: runs components for tests that compare it with another implementation, with
// `InstanceOptions::schedule_seed` SEED. Reads requests
// `KIND BYTES\n` followed by that many bytes, and answers each with a line of JSON (see probe.h):
//   text    a component as text, to run
//   check   a component in binary form, to compile
//   decode  the same, only to decode and validate
//   encode  a component as text; answers `{"wasm": hex}`
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/engine.h"
#include "wast/probe.h"

namespace weir::wast {
namespace {

std::string hex_line(std::span<const uint8_t> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out = "{\"wasm\": \"";
  for (uint8_t byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out + "\"}";
}

std::string answer(Probe& probe, const std::string& kind, const std::string& body) {
  std::span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(body.data()), body.size());
  if (kind == "check") return probe.check(bytes);
  if (kind == "decode") return probe.decode(bytes);
  auto wasm = engine::assemble(body);
  if (!wasm.ok()) return "{\"error\": \"the text cannot be read\"}";
  return kind == "encode" ? hex_line(wasm->span()) : probe.run(wasm->span());
}

int serve(uint64_t seed) {
  engine::Config config;
  config.max_instances = 4;
  config.core_instances_each = 32;
  config.memories_each = 16;
  config.tables_each = 16;
  config.fibers_each = 32;
  auto engine = engine::Engine::create(config);
  if (!engine.ok()) {
    std::fprintf(stderr, "weir-probe: %s\n", engine.error().message.c_str());
    return 1;
  }
  component::Features features;
  features.more_async_builtins = true;
  features.stackful = true;
  features.threads = true;
  features.fixed_lists = true;
  Probe probe(**engine, features, seed);
  std::string kind;
  size_t size;
  while (std::cin >> kind >> size) {
    std::string body(size, '\0');
    std::cin.get();
    if (!std::cin.read(body.data(), static_cast<std::streamsize>(size))) return 1;
    std::cout << answer(probe, kind, body) << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace weir::wast

int main(int argc, char** argv) {
  // As the specification's suite expects it.
  setenv("WAST_STRICT_COMPONENT_INDICES", "1", 1);
  return weir::wast::serve(argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0);
}
