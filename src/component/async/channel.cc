#include "component/async/channel.h"

#include <algorithm>
#include <utility>

#include "component/instance.h"
#include "component/value.h"

namespace weir::component {

void CopyParty::take(AbiContext&, const uint8_t*, uint32_t) {}
void CopyParty::give(AbiContext&, uint8_t*, uint32_t) {}

void Channel::notify_pending(CopyResult result) {
  std::exchange(pending_, nullptr)->on_copy_done(result);
}

void Channel::cancel() {
  if (pending_) notify_pending(CopyResult::cancelled);
}

void Channel::drop() {
  if (std::exchange(dropped_, true)) return;
  if (pending_) notify_pending(CopyResult::dropped);
}

Trap Channel::check_instances(CopyParty& one, CopyParty& other) const {
  GuestBuffer* a = one.guest();
  GuestBuffer* b = other.guest();
  if (!a || !b || a->instance != b->instance || !element_ || is_number(*element_)) return {};
  return guest_fault(std::string("cannot read from and write to intra-component ") +
                     (future_ ? "future" : "stream"));
}

Trap Channel::read(CopyParty& to) {
  if (dropped_) {
    to.on_copy_done(CopyResult::dropped);
    return {};
  }
  if (!pending_) {
    pending_ = &to;
    return {};
  }
  CopyParty& from = *pending_;
  if (Trap trap = check_instances(from, to)) return trap;
  if (from.remain() == 0) {
    notify_pending(CopyResult::completed);
    pending_ = &to;
    return {};
  }
  if (to.remain() > 0) {
    uint32_t count = std::min(to.remain(), from.remain());
    if (Trap trap = copy(from, to, count)) return trap;
    if (future_) {
      notify_pending(CopyResult::completed);
    } else {
      from.on_copy();
    }
  }
  to.on_copy_done(CopyResult::completed);
  return {};
}

Trap Channel::write(CopyParty& from) {
  if (dropped_) {
    from.on_copy_done(CopyResult::dropped);
    return {};
  }
  if (!pending_) {
    pending_ = &from;
    return {};
  }
  CopyParty& to = *pending_;
  if (Trap trap = check_instances(from, to)) return trap;
  if (to.remain() > 0) {
    if (from.remain() > 0) {
      uint32_t count = std::min(to.remain(), from.remain());
      if (Trap trap = copy(from, to, count)) return trap;
      if (future_) {
        notify_pending(CopyResult::completed);
      } else {
        to.on_copy();
      }
    }
    from.on_copy_done(CopyResult::completed);
  } else if (from.zero_length() && to.zero_length()) {
    from.on_copy_done(CopyResult::completed);
  } else {
    notify_pending(CopyResult::completed);
    pending_ = &from;
  }
  return {};
}

Trap Channel::copy(CopyParty& from, CopyParty& to, uint32_t count) {
  if (element_) {
    GuestBuffer* source = from.guest();
    GuestBuffer* target = to.guest();
    if (source && target) {
      if (Trap trap = copy_between_guests(*source, *target, count)) return trap;
    } else if (GuestBuffer* guest = source ? source : target) {
      const wit::Layout& layout = types_.abi(*element_).layout;
      AbiContext abi(guest->instance, guest->options, guest->instance->root.copy_budget());
      uint64_t size = count * layout.size;
      uint64_t address = guest->address + guest->progress * layout.size;
      uint8_t* at = abi.at(static_cast<uint32_t>(address), size, layout.align);
      if (at && abi.charge(size)) source ? to.take(abi, at, count) : from.give(abi, at, count);
      if (!abi.ok()) return abi.take_trap();
    } else {
      return guest_fault("both ends of a stream or future are the host's");
    }
  }
  from.advance(count);
  to.advance(count);
  return {};
}

Trap Channel::copy_between_guests(GuestBuffer& from, GuestBuffer& to, uint32_t count) {
  const wit::Layout& layout = types_.abi(*element_).layout;
  Instance& root = from.instance->root;
  AbiContext source(from.instance, from.options, root.copy_budget());
  AbiContext target(to.instance, to.options, root.copy_budget());
  uint64_t size = count * layout.size;
  const uint8_t* in = source.at(static_cast<uint32_t>(from.address + from.progress * layout.size),
                                size, layout.align);
  uint8_t* out =
      target.at(static_cast<uint32_t>(to.address + to.progress * layout.size), size, layout.align);
  if (in && out && source.charge(size)) {
    if (is_number(*element_)) {
      std::memmove(out, in, size);
    } else {
      ValueAbi values(types_, &root);
      for (uint32_t i = 0; i < count && source.ok() && target.ok(); ++i) {
        Value value = values.lift(source, *element_, in + i * layout.size);
        if (source.ok()) values.lower(target, *element_, value, out + i * layout.size);
      }
    }
  }
  return source.ok() ? target.take_trap() : source.take_trap();
}

}  // namespace weir::component
