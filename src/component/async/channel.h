#pragma once

#include <memory>
#include <optional>

#include "component/host/or_trap.h"
#include "component/types.h"

namespace weir::component {

class AbiContext;
class ComponentInstance;
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
};

// One end of a stream or future while it reads or writes: a guest's or the host's.
class CopyParty {
 public:
  // Null for the host's.
  virtual GuestBuffer* guest() { return nullptr; }
  // Elements that it can still take or give, and whether it asked for none at all.
  virtual uint32_t remain() const = 0;
  virtual bool zero_length() const = 0;
  // For the host's: takes `count` elements from guest memory, or gives them. Failures are kept by
  // the context.
  virtual void take(AbiContext& from, const uint8_t* at, uint32_t count);
  virtual void give(AbiContext& to, uint8_t* at, uint32_t count);
  // `count` elements have crossed; it may go on where it is.
  virtual void advance(uint32_t count) = 0;
  // Some have crossed while it was waiting. It goes on waiting until it hears of it.
  virtual void on_copy() = 0;
  virtual void on_copy_done(CopyResult result) = 0;

 protected:
  ~CopyParty() = default;
};

// What both ends of a stream or future share: a place to meet, without a buffer (definitions.py,
// `SharedStreamImpl` and `SharedFutureImpl`). Whoever comes first waits in it.
class Channel {
 public:
  // `element` is absent for `stream` and `future` alone.
  Channel(const Types& types, bool future, std::optional<ValType> element)
      : types_(types), future_(future), element_(element) {}

  bool future() const { return future_; }
  const std::optional<ValType>& element() const { return element_; }
  bool dropped() const { return dropped_; }

  // Each completes, at once or later, by `on_copy_done`. The trap is some guest's fault.
  Trap read(CopyParty& to);
  Trap write(CopyParty& from);
  // Ends the operation that waits; it is the caller's.
  void cancel();
  // One end is gone.
  void drop();
  bool is_pending(const CopyParty& party) const { return pending_ == &party; }
  // What waits has heard of what crossed, and waits no longer.
  void reclaim(const CopyParty& party) {
    if (pending_ == &party) pending_ = nullptr;
  }

 private:
  Trap copy(CopyParty& from, CopyParty& to, uint32_t count);
  Trap copy_between_guests(GuestBuffer& from, GuestBuffer& to, uint32_t count);
  // The rule that one instance may not do both, but for numbers.
  Trap check_instances(CopyParty& one, CopyParty& other) const;
  void notify_pending(CopyResult result);

  const Types& types_;
  bool future_;
  std::optional<ValType> element_;
  bool dropped_ = false;
  CopyParty* pending_ = nullptr;
};

}  // namespace weir::component
