#include "component/async/channel.h"

#include <algorithm>
#include <utility>

#include "component/async/host_end.h"
#include "component/instance.h"
#include "component/passage.h"
#include "component/value.h"

namespace weir::component {
namespace {

// Elements that go from the host to the host at once.
constexpr uint32_t kMostBetweenHosts = 16 * 1024;

// Lifted from one guest, for another.
class HeldValues final : public HeldBack {
 public:
  HeldValues(const Types& types, Instance& root, ValType element)
      : types_(types), root_(root), element_(element) {}
  void lower(AbiContext& to, uint8_t* at) override {
    ValueAbi abi(types_, &root_);
    uint64_t size = types_.abi(element_).layout.size;
    for (size_t i = 0; i < values.size() && to.ok(); ++i) {
      abi.lower(to, element_, values[i], at + i * size);
    }
  }

  std::vector<Value> values;

 private:
  const Types& types_;
  Instance& root_;
  ValType element_;
};

}  // namespace

void CopyParty::keep(std::unique_ptr<HeldBack>, uint32_t) {}

Channel::Channel(Instance& root, bool future, std::optional<ValType> element)
    : root_(&root), future_(future), element_(element) {}

Channel::Channel(bool future, std::unique_ptr<HostSource> source)
    : future_(future), source_(std::move(source)) {
  source_->set_channel(*this);
}

Channel::~Channel() = default;

bool Channel::attach(Instance& root, std::optional<ValType> element) {
  if (!root_ && !failed_) {
    root_ = &root;
    element_ = element;
  }
  if (root_ != &root) return false;
  if (!dropped_) root.scheduler()->tie(*this);
  return true;
}

void Channel::detach() {
  if (!source_) unlink();
}

void Channel::abandon() {
  std::shared_ptr<Channel> alive = shared_from_this();
  dropped_ = failed_ = true;
  root_ = nullptr;
  pending_ = nullptr;
  source_.reset();
  if (HostSink* sink = std::exchange(sink_, nullptr)) sink->over(true);
}

void Channel::destroy_source() { doomed_.reset(); }

void Channel::notify_pending(CopyResult result) {
  std::exchange(pending_, nullptr)->on_copy_done(result);
}

void Channel::cancel() {
  if (pending_) notify_pending(CopyResult::cancelled);
}

void Channel::drop() {
  if (std::exchange(dropped_, true)) return;
  unlink();
  std::shared_ptr<Channel> alive = shared_from_this();
  Busy busy(*this);
  doomed_ = std::move(source_);
  if (pending_) notify_pending(CopyResult::dropped);
  if (HostSink* sink = std::exchange(sink_, nullptr)) sink->over(false);
  settle({});
}

void Channel::end_source() {
  if (std::exchange(dropped_, true)) return;
  unlink();
  if (pending_) notify_pending(CopyResult::dropped);
  if (HostSink* sink = std::exchange(sink_, nullptr)) sink->over(false);
  settle({});
}

void Channel::break_promise() {
  if (dropped_) return;
  Instance* root = root_;
  std::shared_ptr<Channel> alive = shared_from_this();
  HostSink* sink = std::exchange(sink_, nullptr);
  dropped_ = failed_ = true;
  unlink();
  if (sink) {
    sink->over(true);
  } else if (root) {
    root->scheduler()->fail(guest_fault("the host ended without a value for a future it gave"));
    root->wake();
  }
}

void Channel::settle(Trap trap) {
  if (!root_) return;
  if (trap) root_->scheduler()->fail(std::move(trap));
  if (!root_->current_fiber()) root_->wake();
}

void Channel::source_ready() {
  if (dropped_ || !pending_) return;
  std::shared_ptr<Channel> alive = shared_from_this();
  Busy busy(*this);
  HostSource& source = *source_;
  while (pending_ && source_ && pending_ != &source && source.pull() != 0) {
    CopyParty* reader = pending_;
    if (Trap trap = write(source)) {
      settle(std::move(trap));
      return;
    }
    // A guest reads again; a sink goes on as long as it wants to.
    if (reader->guest()) break;
  }
  reclaim(source);
  settle({});
}

void Channel::sink_wants() {
  Busy busy(*this);
  HostSink* sink = sink_;
  Trap trap;
  while (sink_ && sink == sink_ && !dropped_ && !trap && pending_ != sink && sink->remain() != 0) {
    trap = read(*sink);
  }
  settle(std::move(trap));
}

void Channel::end_copy(CopyParty& waiting) {
  // The host may have dropped its end meanwhile.
  if (future_ || dropped_) {
    pending_ = nullptr;
    waiting.on_copy_done(CopyResult::completed);
  } else {
    waiting.on_copy();
  }
}

Trap Channel::check_instances(CopyParty& one, CopyParty& other) const {
  GuestBuffer* a = one.guest();
  GuestBuffer* b = other.guest();
  if (!a || !b || a->instance != b->instance || !element_ || is_number(*element_)) return {};
  return guest_fault(std::string("cannot read from and write to intra-component ") +
                     (future_ ? "future" : "stream"));
}

Trap Channel::read(CopyParty& to) {
  Busy busy(*this);
  if (!dropped_ && !pending_ && source_ && source_->pull() != 0) {
    HostSource& source = *source_;
    pending_ = &source;
    Trap trap = read(to);
    // It waits for nobody: it is asked.
    reclaim(source);
    return trap;
  }
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
    end_copy(from);
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
      end_copy(to);
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
  GuestBuffer* source = from.guest();
  GuestBuffer* target = to.guest();
  Trap trap;
  if (source && target) {
    if (element_) trap = copy_between_guests(*source, to, count);
  } else if (source) {
    trap = take(*source, to, count);
  } else if (target) {
    trap = give(from, to, count);
  } else {
    count = std::min(count, kMostBetweenHosts);
    static_cast<HostSource&>(from).pass_on(static_cast<HostSink&>(to), count);
  }
  if (trap) return trap;
  from.advance(count);
  to.advance(count);
  return {};
}

Trap Channel::take(GuestBuffer& from, CopyParty& to, uint32_t count) {
  auto& sink = static_cast<HostSink&>(to);
  if (!element_) {
    sink.take_units(count);
    return {};
  }
  const wit::Layout& layout = root_->plan().types.abi(*element_).layout;
  AbiContext abi(from.instance, from.options, root_->copy_budget());
  uint64_t size = count * layout.size;
  const uint8_t* at = abi.at(from.next(layout.size), size, layout.align);
  if (at && abi.charge(size)) sink.take(abi, at, count);
  return abi.take_trap();
}

Trap Channel::give(CopyParty& from, CopyParty& to, uint32_t count) {
  auto& source = static_cast<HostSource&>(from);
  if (!element_) {
    source.give_units(count);
    return {};
  }
  GuestBuffer& guest = *to.guest();
  if (!may_lower(guest)) {
    to.keep(source.hold_back(count), count);
    return {};
  }
  const wit::Layout& layout = root_->plan().types.abi(*element_).layout;
  AbiContext abi(guest.instance, guest.options, root_->copy_budget());
  uint64_t size = count * layout.size;
  uint8_t* at = abi.at(guest.next(layout.size), size, layout.align);
  if (at && abi.charge(size)) source.give(abi, at, count);
  return abi.take_trap();
}

bool Channel::may_lower(const GuestBuffer& guest) const {
  if (!root_->plan().types.contents(*element_).pointer) return true;
  return root_->current_fiber() && root_->may_nest(*guest.instance);
}

Trap Channel::copy_between_guests(GuestBuffer& from, CopyParty& to, uint32_t count) {
  const Types& types = root_->plan().types;
  const wit::Layout& layout = types.abi(*element_).layout;
  GuestBuffer& guest = *to.guest();
  AbiContext source(from.instance, from.options, root_->copy_budget());
  AbiContext target(guest.instance, guest.options, root_->copy_budget());
  uint64_t size = count * layout.size;
  const uint8_t* in = source.at(from.next(layout.size), size, layout.align);
  uint8_t* out = target.at(guest.next(layout.size), size, layout.align);
  if (!in || !out || !source.charge(size)) {
    return source.ok() ? target.take_trap() : source.take_trap();
  }
  if (is_number(*element_)) {
    std::memmove(out, in, size);
    return {};
  }
  if (!may_lower(guest)) {
    ValueAbi values(types, root_);
    auto held = std::make_unique<HeldValues>(types, *root_, *element_);
    if (!source.charge(count * sizeof(Value))) return source.take_trap();
    for (uint32_t i = 0; i < count && source.ok(); ++i) {
      held->values.push_back(values.lift(source, *element_, in + i * layout.size));
    }
    if (source.ok()) to.keep(std::move(held), count);
    return source.take_trap();
  }
  // Ends of one instance have numbers only.
  Passage passage(*root_, source, target);
  for (uint32_t i = 0; i < count && passage.ok(); ++i) {
    passage.move(*element_, in + i * layout.size, out + i * layout.size);
  }
  return passage.take_trap();
}

}  // namespace weir::component
