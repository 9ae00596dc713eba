#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "component/features.h"
#include "component/linked.h"
#include "wast/guest.h"

namespace weir::wast {

// Runs a component's export `run` and tells what came of it, for tests that compare it with
// another implementation: the trap, what it logged with the host's function `log: func(a: u32, b:
// u32, c: u32)`, and of each component instance the memory and the handles.
class Probe {
 public:
  using Entry = std::array<uint32_t, 3>;

  // Everything outlives it. `seed` is `InstanceOptions::schedule_seed`.
  Probe(engine::Engine& engine, const component::Features& features, uint64_t seed);

  // One line of JSON: `{"error": text}` if it cannot be run, else `{"trap": text or null,
  // "finished": bool, "trace": [[a, b, c]…], "instances": [{"memory": hex, "fill": byte,
  // "size": bytes, "handles": [[index, kind, rep, lends]…]}…]}`. `memory` lacks the bytes `fill` at
  // its end.
  std::string run(std::span<const uint8_t> wasm);
  // The same for a component that is only compiled: `{"error": text or null}`.
  std::string check(std::span<const uint8_t> wasm);
  // The same without a look at the bodies of core modules.
  std::string decode(std::span<const uint8_t> wasm);

  component::OrTrap<void> log(component::Call& call, uint32_t a, uint32_t b, uint32_t c);

 private:
  engine::Engine& engine_;
  component::Features features_;
  uint64_t seed_;
  component::Linker linker_;
  std::vector<Entry> trace_;
};

}  // namespace weir::wast
