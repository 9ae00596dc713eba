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

// An import or export of a component, for people: `inspect` prints it.
struct ExternSummary {
  // `wasi:http/types@0.2.12`, or a plain name.
  std::string name;
  // `instance`, `function`, ...
  std::string kind;
  // The functions of an instance.
  std::vector<std::string> functions;
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

  std::vector<ExternSummary> imports() const;
  std::vector<ExternSummary> exports() const;
  const std::vector<Producer>& producers() const { return decoded_.producers; }
  // Sizes in bytes: of the component, and of the code and data of its core modules.
  uint64_t size() const { return size_; }
  uint64_t code_size() const;
  uint64_t data_size() const;

 private:
  Component(Decoded decoded, std::vector<engine::Module> modules, uint64_t size);

  Decoded decoded_;
  std::vector<engine::Module> modules_;
  std::vector<std::string> start_names_;
  uint64_t size_;
};

}  // namespace weir::component
