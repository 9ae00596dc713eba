#include "component/async/copy_end.h"

#include <utility>

#include "component/async/scheduler.h"

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

OrTrap<Event> CopyEnd::deliver() {
  if (std::exchange(reclaim_, false)) channel_->reclaim(*this);
  bool done = result_ == CopyResult::dropped || (future() && result_ == CopyResult::completed);
  state_ = done ? State::done : State::idle;
  uint32_t payload = static_cast<uint32_t>(result_);
  if (!future()) payload |= buffer_.progress << 4;
  EventCode code = future() ? (reads_ ? EventCode::future_read : EventCode::future_write)
                            : (reads_ ? EventCode::stream_read : EventCode::stream_write);
  return Event{code, index, payload};
}

}  // namespace weir::component
