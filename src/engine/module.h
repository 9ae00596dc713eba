#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/types.h"
#include "util/bytes.h"
#include "util/result.h"

struct wasmtime_module;
struct weir_module_export;

namespace weir::engine {

// The place of an export in a module, found once by name and then used on every instance of that
// module. Valid as long as any copy of its module is. Null when default-made.
class ExportId {
 public:
  ExportId() = default;
  explicit operator bool() const { return raw_ != nullptr; }
  const weir_module_export* raw() const { return raw_; }

 private:
  friend class Module;
  explicit ExportId(const weir_module_export* raw) : raw_(raw) {}
  const weir_module_export* raw_ = nullptr;
};

// A compiled core module. Immutable, shared between threads; copies share one. Must not outlive
// its engine.
class Module {
 public:
  Module() = default;

  // Validates and compiles a core module in binary form, which may take seconds. Guests' start
  // functions would run inside instantiation, off a fiber: whoever compiles has made them exports.
  static Result<Module> compile(Engine& engine, std::span<const uint8_t> wasm);

  // Loads what `serialize` gave. `open` maps a file, which stays untouched as long as the module
  // lives. Only from trusted places: the bytes are machine code. Code of another engine
  // (`EngineFacts::compatibility_hash`) is an error.
  static Result<Module> open(Engine& engine, const std::string& path);
  static Result<Module> deserialize(Engine& engine, std::span<const uint8_t> compiled);

  // The compiled form.
  Result<Bytes> serialize() const;

  explicit operator bool() const { return state_ != nullptr; }
  std::span<const ImportType> imports() const;
  std::span<const ExportType> exports() const;

  // Null when there is no such export. Takes a lock: for link time.
  ExportId find_export(std::string_view name) const;

  const wasmtime_module* raw() const;

 private:
  struct State;
  static Result<Module> adopt(wasmtime_module* raw);

  std::shared_ptr<State> state_;
};

// Validates a core module in binary form, function bodies included, without compiling it.
Result<void> validate_module(Engine& engine, std::span<const uint8_t> wasm);

// Reads core (or component) text, as `wat2wasm` does.
Result<Bytes> assemble(std::string_view text);

}  // namespace weir::engine
