#pragma once

#include <cstdint>
#include <memory>

#include "component/host/or_trap.h"

namespace weir::component {

class AbiContext;
class ComponentInstance;
class Instance;
struct CanonOptions;

// CanonicalABI.md, "Stream State".
enum class CopyResult : uint8_t { completed = 0, dropped = 1, cancelled = 2 };

// Memory of a guest that a read or write is about.
struct GuestBuffer {
  ComponentInstance* instance = nullptr;
  const CanonOptions* options = nullptr;
  uint32_t address = 0;
  uint32_t length = 0;
  uint32_t progress = 0;

  // Where the next element of `size` bytes goes or comes from.
  uint32_t next(uint64_t size) const { return static_cast<uint32_t>(address + progress * size); }
};

// Elements that have crossed but could not be lowered yet, since that runs code of an instance in
// which nothing may run now.
class HeldBack {
 public:
  virtual ~HeldBack();
  // To where they belong. Failures are kept by the context.
  virtual void lower(AbiContext& to, uint8_t* at) = 0;
};

// One end of a stream or future while it reads or writes: a guest's or the host's.
class CopyParty {
 public:
  // Null for the host's.
  virtual GuestBuffer* guest() { return nullptr; }
  // Elements that it can still take or give, and whether it asked for none at all.
  virtual uint32_t remain() const = 0;
  virtual bool zero_length() const = 0;
  // `count` elements have crossed; it may go on where it is.
  virtual void advance(uint32_t count) = 0;
  // Some have crossed while it was waiting. It goes on waiting until it hears of it.
  virtual void on_copy() = 0;
  virtual void on_copy_done(CopyResult result) = 0;
  // For a guest's reading end: the next elements are lowered when it hears of them.
  virtual void keep(std::unique_ptr<HeldBack> elements, uint32_t count);

 protected:
  ~CopyParty() = default;
};

}  // namespace weir::component
