#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/decode.h"
#include "component/definitions.h"
#include "engine/engine.h"
#include "engine/module.h"
#include "util/bytes.h"
#include "util/result.h"

namespace weir::component {

struct CompileOptions {
  Features features;
};

// A component, decoded and validated, its core modules compiled. Immutable, shared by threads.
class Component {
 public:
  // Decodes, validates, and compiles every core module, which may take seconds.
  static Result<std::shared_ptr<const Component>> compile(engine::Engine& engine,
                                                          std::span<const uint8_t> wasm,
                                                          const CompileOptions& options = {});
  // The same with modules that `serialize` gave and the engine loaded again, in that order. The
  // caller vouches that they belong to these bytes.
  static Result<std::shared_ptr<const Component>> load(std::span<const uint8_t> wasm,
                                                       std::vector<engine::Module> modules,
                                                       const CompileOptions& options = {});

  // The native code of each core module, in order, for `load`.
  Result<std::vector<Bytes>> serialize() const;

  const Decoded& decoded() const { return decoded_; }
  // By `ModuleId`. Start functions are exports: see `start_name`.
  std::span<const engine::Module> modules() const { return modules_; }
  // Under which name a module's start function is exported; empty if it has none.
  const std::string& start_name(ModuleId module) const { return start_names_[module.index]; }

 private:
  Component(Decoded decoded, std::vector<engine::Module> modules);

  Decoded decoded_;
  std::vector<engine::Module> modules_;
  std::vector<std::string> start_names_;
};

}  // namespace weir::component
