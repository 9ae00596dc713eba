#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weir::engine {

// Why WebAssembly code itself trapped.
enum class TrapCode : uint8_t {
  stack_overflow = 0,
  memory_out_of_bounds = 1,
  heap_misaligned = 2,
  table_out_of_bounds = 3,
  indirect_call_to_null = 4,
  bad_signature = 5,
  integer_overflow = 6,
  integer_division_by_zero = 7,
  bad_conversion_to_integer = 8,
  unreachable = 9,
  interrupt = 10,
  null_reference = 13,
  array_out_of_bounds = 14,
  allocation_too_large = 15,
  cast_failure = 16,
  uncaught_exception = 49,
  other = 255,
};

// One guest function on the stack when a trap happened.
struct Frame {
  // From the module's name section, demangled where that is possible; empty when it has none.
  std::string function;
  std::string module;
  uint32_t function_index = 0;
  // Offset in the module's bytes; SIZE_MAX when unknown.
  size_t offset = 0;
};

// Why a guest ended before its time, or nothing: a null pointer, so that success costs nothing.
// Move-only. A function that returns a trap returns it to its caller until the guest is unwound.
class [[nodiscard]] [[clang::trivial_abi]] Trap {
 public:
  enum class Kind : uint8_t {
    // A host function, or the runtime, found the guest at fault; or the engine refused.
    host,
    // The guest's own code trapped: `code` says why.
    wasm,
    // Too many entries from the host into guests on one fiber.
    stack_exhausted,
    // The fiber was cancelled; nobody is to blame.
    cancelled,
    // The guest used the CPU time that it was given.
    cpu_limit,
    // The guest was refused memory and gave up, or asked for more than its limit to begin with.
    memory_limit,
    // The pool has no free slot: try again later.
    pool_exhausted,
    // The guest asked to end, with `status`.
    exit,
  };

  Trap() = default;
  Trap(Kind kind, std::string message);
  // A guest's wish to end with this status.
  static Trap exit(int32_t status);
  static Trap cancelled();

  Trap(Trap&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Trap& operator=(Trap&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Trap() {
    if (state_) [[unlikely]]
      destroy();
  }

  // True when there is a trap. What follows is for that case alone.
  explicit operator bool() const { return state_ != nullptr; }

  Kind kind() const;
  // One sentence without the backtrace. May hold text from a guest: escape it before printing.
  const std::string& message() const;
  // The message and a line for each frame.
  std::string describe() const;
  // Innermost first; empty if no guest code was on the stack.
  std::span<const Frame> frames() const;
  // For `Kind::wasm`, and `memory_limit` where guest code trapped.
  std::optional<TrapCode> code() const;
  // For `Kind::exit`.
  int32_t status() const;

  // Says in front of the message what was being done, as in "context: message".
  void add_context(std::string_view context);

 private:
  friend class TrapReader;
  struct State;
  void destroy();

  State* state_ = nullptr;
};

std::string_view name(Trap::Kind kind);
// What the code means, as a sentence would say it: "an unreachable instruction was executed".
std::string_view describe(TrapCode code);

}  // namespace weir::engine
