#include "component/async/copy_end.h"

#include <utility>

#include "component/abi_context.h"
#include "component/async/scheduler.h"
#include "component/instance.h"

namespace weir::component {
namespace {

TableItem::Kind kind_of(bool future, bool reads) {
  if (future) return reads ? TableItem::Kind::readable_future : TableItem::Kind::writable_future;
  return reads ? TableItem::Kind::readable_stream : TableItem::Kind::writable_stream;
}

}  // namespace

CopyEnd::CopyEnd(Scheduler& scheduler, std::shared_ptr<Channel> channel, bool reads)
    : Waitable(kind_of(channel->future(), reads), scheduler),
      channel_(std::move(channel)),
      reads_(reads) {}

CopyEnd::~CopyEnd() {
  if (!channel_) return;
  channel_->reclaim(*this);
  if (!scheduler().shut()) channel_->drop();
}

const char* CopyEnd::busy() const {
  switch (state_) {
    case State::idle:
      return nullptr;
    case State::copying:
    case State::cancelling:
      return "cannot have concurrent operations active on a future/stream";
    case State::done:
      break;
  }
  if (future()) {
    return reads_ ? "cannot read from future after previous read succeeded"
                  : "cannot write to future after previous write succeeded or readable end dropped";
  }
  return reads_ ? "cannot read from stream after being notified that the writable end dropped"
                : "cannot write to stream after being notified that the readable end dropped";
}

Trap CopyEnd::copy(const GuestBuffer& buffer) {
  buffer_ = buffer;
  state_ = State::copying;
  return reads_ ? channel_->read(*this) : channel_->write(*this);
}

void CopyEnd::begin_cancel() {
  state_ = State::cancelling;
  if (has_event()) {
    // Some has crossed already, and nothing more will.
    if (result_ == CopyResult::completed && !future()) result_ = CopyResult::cancelled;
    return;
  }
  channel_->cancel();
}

void CopyEnd::on_copy() {
  result_ = CopyResult::completed;
  reclaim_ = true;
  set_event();
}

void CopyEnd::on_copy_done(CopyResult result) {
  result_ = result;
  reclaim_ = false;
  set_event();
}

void CopyEnd::keep(std::unique_ptr<HeldBack> elements, uint32_t count) {
  uint64_t size = instance().root.plan().types.abi(*channel_->element()).layout.size;
  kept_.push_back({std::move(elements), count, buffer_.next(size)});
}

OrTrap<Event> CopyEnd::deliver() {
  if (std::exchange(reclaim_, false)) channel_->reclaim(*this);
  if (!kept_.empty()) {
    if (Trap trap = lower_kept()) return trap;
  }
  bool done = result_ == CopyResult::dropped || (future() && result_ == CopyResult::completed);
  state_ = done ? State::done : State::idle;
  uint32_t payload = static_cast<uint32_t>(result_);
  if (!future()) payload |= buffer_.progress << 4;
  EventCode code = future() ? (reads_ ? EventCode::future_read : EventCode::future_write)
                            : (reads_ ? EventCode::stream_read : EventCode::stream_write);
  return Event{code, index, payload};
}

Trap CopyEnd::lower_kept() {
  const wit::Layout& layout = instance().root.plan().types.abi(*channel_->element()).layout;
  for (Kept& kept : std::exchange(kept_, {})) {
    AbiContext to(buffer_.instance, buffer_.options, instance().root.copy_budget());
    uint64_t size = kept.count * layout.size;
    uint8_t* at = to.at(kept.address, size, layout.align);
    if (at && to.charge(size)) kept.elements->lower(to, at);
    if (!to.ok()) return to.take_trap();
  }
  return {};
}

std::shared_ptr<Channel> lift_channel(AbiContext& from, bool future,
                                      const std::optional<ValType>& element, uint32_t index) {
  if (!from.ok()) return nullptr;
  std::string what = future ? "future" : "stream";
  HandleTable& handles = from.instance().handles;
  CopyEnd* end = handles.item<CopyEnd>(index);
  if (!end || !end->reads() || end->future() != future || end->channel().element() != element) {
    from.fail(handles.find(index) ? "handle index " + std::to_string(index) +
                                        " is not a readable end of a " + what + " of this type"
                                  : "unknown handle index " + std::to_string(index));
  } else if (end->state() == CopyEnd::State::done) {
    from.fail(future ? "cannot lift future after previous read succeeded"
                     : "cannot lift stream after being notified that the writable end dropped");
  } else if (end->state() != CopyEnd::State::idle) {
    from.fail("cannot remove busy " + what);
  } else if (end->set()) {
    from.fail("cannot lift " + what + " while it's in a waitable set");
  } else {
    std::shared_ptr<Channel> channel = end->take_channel();
    handles.remove_item(index);
    return channel;
  }
  return nullptr;
}

uint32_t lower_channel(AbiContext& to, std::shared_ptr<Channel> channel) {
  if (!to.ok() || !channel) return 0;
  ComponentInstance& instance = to.instance();
  uint32_t index = instance.handles.add_item(
      std::make_unique<CopyEnd>(*instance.root.scheduler(), std::move(channel), true));
  if (index == 0) {
    to.fail("too many handles");
    return 0;
  }
  instance.handles.item<CopyEnd>(index)->index = index;
  return index;
}

}  // namespace weir::component
