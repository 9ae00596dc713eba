#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/handle_table.h"
#include "component/host/resource.h"
#include "component/lends.h"
#include "component/plan.h"
#include "engine/memory.h"
#include "engine/raw.h"
#include "engine/trap.h"
#include "util/bytes.h"

namespace weir::component {

using engine::Raw;

class ComponentInstance;

// The longest string or list, in bytes (CanonicalABI.md, MAX_STRING_BYTE_LENGTH).
inline constexpr uint64_t kMaxListBytes = (uint64_t{1} << 28) - 1;
// Bytes that one call may copy between a guest and others, unless said otherwise.
inline constexpr uint64_t kDefaultCopyBudget = uint64_t{128} << 20;

// Text together with how it was encoded where it came from, which decides the sequence of
// allocations where it goes (CanonicalABI.md, store_string).
struct Text {
  enum class Source : uint8_t { utf8, utf16, latin1, tagged_utf16 };

  // UTF-8, whatever the source.
  std::string_view utf8;
  Source source = Source::utf8;
  // As the source counted them.
  uint32_t code_units = 0;

  static Text of(std::string_view utf8) {
    return {utf8, Source::utf8, static_cast<uint32_t>(utf8.size())};
  }
};

// One component instance as values are lifted from it and lowered into it: memory, realloc, string
// encoding and handles by the options of one `canon`, and what one call may cost. The first failure
// is kept as a trap; from then on everything answers emptily, so that callers need look at `ok()`
// only in loops and at the end. Lives on the stack of a call, on its fiber.
class AbiContext {
 public:
  // `instance` may be null in tests that touch neither memory nor handles.
  AbiContext(ComponentInstance* instance, const CanonOptions* options,
             uint64_t budget = kDefaultCopyBudget);
  // Ends the lends of `lift_borrow`.
  ~AbiContext() {
    if (!lends_.empty()) end_lends();
  }
  AbiContext(const AbiContext&) = delete;
  AbiContext& operator=(const AbiContext&) = delete;

  bool ok() const { return !trap_; }
  void fail(const char* message);
  void fail(std::string message);
  void fail(engine::Trap trap);
  // The trap, null if there was none.
  engine::Trap take_trap() { return std::move(trap_); }

  // False, with a trap, once the budget is spent.
  bool charge(uint64_t bytes) {
    if (bytes > budget_) [[unlikely]]
      return over_budget();
    budget_ -= bytes;
    return true;
  }

  // The bytes at `address`, checked for bounds, then alignment (a power of two); null, with a
  // trap, if they fail. Good as long as the instance is: memories do not move.
  uint8_t* at(uint32_t address, uint64_t size, uint32_t align) {
    if (memory_ && (address & (align - 1)) == 0 && !trap_) [[likely]] {
      size_t available = memory_->size();
      if (address <= available && size <= available - address) return memory_->base() + address;
    }
    return at_slow(address, size, align);
  }
  // New memory from the instance's realloc, checked the same way. Runs guest code.
  uint8_t* allocate(uint64_t size, uint32_t align, uint32_t& address) {
    return reallocate(0, 0, align, size, address);
  }
  uint8_t* reallocate(uint32_t old_address, uint64_t old_size, uint32_t align, uint64_t new_size,
                      uint32_t& address);

  // The elements of a list: checks the length, bounds and alignment; charges them.
  const uint8_t* lift_list(uint32_t address, uint32_t count, uint64_t element_size, uint32_t align);
  // A view of guest memory if the encoding is UTF-8, else of a copy that lives as long as this.
  std::string_view lift_string(uint32_t address, uint32_t tagged_code_units) {
    return lift_text(address, tagged_code_units).utf8;
  }
  Text lift_text(uint32_t address, uint32_t tagged_code_units);
  char32_t lift_char(uint32_t value);
  // Checks a discriminant; 0, with a trap, when it is none of `cases`.
  uint32_t lift_case(uint32_t value, uint32_t cases) {
    if (value < cases) [[likely]]
      return value;
    fail("invalid variant discriminant");
    return 0;
  }

  struct Lowered {
    uint32_t address = 0;
    // Elements, or tagged code units of a string.
    uint32_t length = 0;
  };
  Lowered lower_text(const Text& text);
  Lowered lower_bytes(std::span<const uint8_t> bytes);
  // Where `count` elements go: null, with a trap, if there is no room; not null for none at all.
  uint8_t* lower_list(size_t count, uint64_t element_size, uint32_t align, Lowered& lowered);

  // Handles. A lent one stays lent until this ends. Null, with a trap, if the index is wrong.
  HostResource* lift_borrow(uint32_t index, ResourceKey key);
  std::unique_ptr<HostResource> lift_own(uint32_t index, ResourceKey key);
  uint32_t lower_own(std::unique_ptr<HostResource> resource, ResourceKey key);
  // Into a guest that must have dropped it when its call ends: `borrow_scope` is that call.
  uint32_t lower_borrow(HostResource& resource, ResourceKey key);
  // The same for objects of any owner. A guest's own and a borrow that is given on are lowered by
  // `lower_object`: as a borrow if `scope` is given. On failure the object stays the caller's.
  std::optional<Object> borrow_object(uint32_t index, ResourceKey key);
  std::optional<Object> take_object(uint32_t index, ResourceKey key);
  uint32_t lower_object(Object object, ResourceKey key, BorrowScope* scope);
  void set_borrow_scope(BorrowScope* scope) { scope_ = scope; }
  BorrowScope* borrow_scope() const { return scope_; }
  // What is lent goes on being lent, and is the receiver's to end.
  void take_lends(Lends& lends);
  // Keeps the handle at `index` from being dropped or given away as long as this lives.
  void lend(uint32_t index);

  ComponentInstance& instance() const { return *instance_; }
  const CanonOptions& options() const { return *options_; }

 private:
  struct Copy {
    std::string text;
    std::unique_ptr<Copy> next;
  };

  bool over_budget();
  uint8_t* at_slow(uint32_t address, uint64_t size, uint32_t align);
  void end_lends();
  std::string& keep();
  Lowered lower_utf8(const Text& text);
  Lowered lower_utf16(const Text& text);
  Lowered lower_latin1_or_utf16(const Text& text);

  ComponentInstance* instance_;
  const CanonOptions* options_;
  engine::Memory* memory_ = nullptr;
  uint64_t budget_;
  engine::Trap trap_;
  BorrowScope* scope_ = nullptr;
  std::unique_ptr<Copy> copies_;
  Lends lends_;
};

// Little-endian loads and stores at any alignment.
template <class T>
T load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class T>
void store(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

}  // namespace weir::component
