#include "wasi/http/body_reader.h"

#include <algorithm>

namespace weir::wasi {
namespace {

constexpr size_t kSlice = 64 << 10;
// Slices that one call throws away; the next turn goes on.
constexpr int kDrainedAtOnce = 64;

}  // namespace

void BodyReader::pull(Waiter* waiter) {
  using State = http::Body::State;
  while (state_ == BodyReader::State::open && ahead_.empty()) {
    http::Body::Frame frame = body_->poll(share_.allows(0, kSlice), waiter);
    switch (frame.state) {
      case State::data:
        ahead_ = std::move(frame.data);
        count();
        return;
      case State::trailers:
        rules_->strip(frame.trailers);
        trailers_ = std::move(frame.trailers);
        break;
      case State::end:
        state_ = BodyReader::State::ended;
        return;
      case State::error:
        state_ = BodyReader::State::failed;
        error_ = std::move(frame.error);
        trailers_.reset();
        return;
      case State::pending:
        return;
    }
  }
}

bool BodyReader::ready() {
  pull(nullptr);
  return !ahead_.empty() || state_ != State::open;
}

Bytes BodyReader::read(uint64_t max) {
  if (max == 0) return {};
  // A guest that reads little at a time costs no system call for each.
  if (ahead_.empty()) pull(nullptr);
  Bytes data = ahead_.take(static_cast<size_t>(std::min<uint64_t>(max, SIZE_MAX)));
  count();
  return data;
}

void BodyReader::watch(Waiter& waiter) {
  pull(&waiter);
  if (!ahead_.empty() || state_ != State::open) waiter.wake();
}

bool BodyReader::drain() {
  for (int i = 0; i < kDrainedAtOnce && state_ == State::open; ++i) {
    ahead_ = {};
    pull(nullptr);
    if (ahead_.empty()) break;
  }
  if (state_ != State::open) ahead_ = {};
  count();
  return state_ != State::open;
}

void BodyReader::watch_drain(Waiter& waiter) {
  if (drain()) return waiter.wake();
  // More is there: go on in a later turn.
  if (!ahead_.empty()) return waiter.wake();
  pull(&waiter);
  if (!ahead_.empty() || state_ != State::open) waiter.wake();
}

void BodyReader::abort(http::ErrorCode code) {
  if (state_ != State::open) return;
  body_->abort(code);
  ahead_ = {};
  count();
  state_ = State::failed;
  error_ = std::move(code);
}

}  // namespace weir::wasi
