#include "wasi/http/body_pipe.h"

#include <algorithm>
#include <cstring>

namespace weir::wasi {
namespace {

// Guests write 4 KiB at a time where they block.
constexpr size_t kUsualWrite = 4096;
// Blocks grow, so that a short body costs little and a long one is sent in large pieces.
constexpr size_t kFirstBlock = 1024;
constexpr size_t kLargestBlock = 64 << 10;
constexpr size_t kGrowth = 4;
// Below this, copying a slice is better than keeping its block alive.
constexpr size_t kSmallSlice = 2048;

}  // namespace

class BodyPipe::Reader final : public http::Body {
 public:
  explicit Reader(Ref<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  ~Reader() override { pipe_->abandon(); }

  Frame poll(size_t max, Waiter* waiter) override {
    if (aborted_) return Frame::of_error(*aborted_);
    if (Bytes data = pipe_->next(max); !data.empty()) return Frame::of_data(std::move(data));
    return at_end(waiter);
  }

  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    if (aborted_) {
      frame = Frame::of_error(*aborted_);
      return 0;
    }
    size_t copied = 0;
    while (copied < target.size()) {
      Bytes data = pipe_->next(target.size() - copied);
      if (data.empty()) break;
      memcpy(target.data() + copied, data.data(), data.size());
      copied += data.size();
    }
    if (copied > 0) {
      frame = Frame{State::data, {}, {}, {}};
      return copied;
    }
    frame = at_end(waiter);
    return 0;
  }

  const http::ErrorCode* failure(Waiter* waiter) override {
    if (aborted_) return &*aborted_;
    if (pipe_->error_) return &*pipe_->error_;
    if (waiter && !pipe_->closed()) pipe_->failure_waiters_.add(*waiter);
    return nullptr;
  }

  void abort(http::ErrorCode code) override {
    if (aborted_) return;
    aborted_ = std::move(code);
    pipe_->abandon();
  }

  std::optional<uint64_t> length() const override {
    const BodyPipe& pipe = *pipe_;
    if (pipe.discard_) return 0;
    if (pipe.options_.declared) return *pipe.options_.declared - pipe.delivered_;
    if (pipe.finished_ && pipe.trailers_.empty()) return pipe.queued_;
    return std::nullopt;
  }

 private:
  Frame at_end(Waiter* waiter) {
    BodyPipe& pipe = *pipe_;
    if (pipe.error_) return Frame::of_error(*pipe.error_);
    if (pipe.finished_ || pipe.discard_) {
      if (pipe.trailers_.empty() || pipe.trailers_delivered_ || pipe.discard_) {
        return Frame::of_end();
      }
      pipe.trailers_delivered_ = true;
      return Frame::of_trailers(std::move(pipe.trailers_));
    }
    if (waiter) pipe.data_waiters_.add(*waiter);
    return Frame::of_pending();
  }

  Ref<BodyPipe> pipe_;
  std::optional<http::ErrorCode> aborted_;
};

http::BodyPtr BodyPipe::make_body() { return std::make_unique<Reader>(Ref<BodyPipe>(this)); }

size_t BodyPipe::room() const {
  if (closed()) return 0;
  if (queued_ + kUsualWrite > options_.high_water) return 0;
  size_t room = options_.high_water - queued_;
  // Less than all of it is a guest's usual write, or nothing.
  size_t allowed = share_.allows(queued_, room);
  if (allowed == room) return room;
  return allowed > 0 ? kUsualWrite : 0;
}

Result<void, http::ErrorCode> BodyPipe::account(size_t size) {
  if (options_.declared && size > *options_.declared - written_) {
    written_ += size;
    http::ErrorCode code(options_.size_error, written_);
    fail(code);
    return Err(code);
  }
  written_ += size;
  return {};
}

Result<void, http::ErrorCode> BodyPipe::write(std::span<const uint8_t> bytes) {
  if (closed() || bytes.empty()) return {};
  WEIR_TRY(account(bytes.size()));
  if (discard_) return {};
  append_to_block(bytes);
  set_queued(queued_ + bytes.size());
  data_waiters_.wake_all();
  return {};
}

Result<void, http::ErrorCode> BodyPipe::write(Bytes bytes) {
  if (bytes.size() < kSmallSlice) return write(bytes.span());
  if (closed()) return {};
  WEIR_TRY(account(bytes.size()));
  if (discard_) return {};
  seal();
  set_queued(queued_ + bytes.size());
  slices_.push_back(std::move(bytes));
  data_waiters_.wake_all();
  return {};
}

void BodyPipe::append_to_block(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    if (used_ == block_.size()) {
      seal();
      size_t size = block_.empty() ? std::max(kFirstBlock, bytes.size())
                                   : std::min(kGrowth * block_.size(), kLargestBlock);
      // The part after `used_` belongs to this pipe alone, so writing there is no breach of the
      // slices that were given out.
      block_ = Bytes::make(size, [this](uint8_t* data) { block_data_ = data; });
      used_ = sealed_ = 0;
    }
    size_t count = std::min(bytes.size(), block_.size() - used_);
    memcpy(block_data_ + used_, bytes.data(), count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

void BodyPipe::seal() {
  if (used_ == sealed_) return;
  slices_.push_back(block_.slice(sealed_, used_ - sealed_));
  sealed_ = used_;
}

Bytes BodyPipe::next(size_t max) {
  Bytes data;
  if (first_ < slices_.size()) {
    Bytes& slice = slices_[first_];
    if (slice.size() <= max) {
      data = std::move(slice);
      if (++first_ == slices_.size()) {
        slices_.clear();
        first_ = 0;
      }
    } else {
      data = slice.take(max);
    }
  } else if (sealed_ < used_) {
    data = block_.slice(sealed_, std::min(max, used_ - sealed_));
    sealed_ += data.size();
  } else {
    return {};
  }
  set_queued(queued_ - data.size());
  delivered_ += data.size();
  // Half empty at least before the producer is woken: one wake for many slices.
  if (queued_ <= options_.high_water / 2) room_waiters_.wake_all();
  return data;
}

Result<void, http::ErrorCode> BodyPipe::finish(http::Fields trailers) {
  if (error_) return Err(*error_);
  if (finished_) return {};
  // A response without content may declare the length that it would have had.
  bool complete =
      !options_.declared || written_ == *options_.declared || (discard_ && written_ == 0);
  if (!complete) {
    http::ErrorCode code(options_.size_error, written_);
    fail(code);
    return Err(code);
  }
  finished_ = true;
  trailers_ = std::move(trailers);
  data_waiters_.wake_all();
  room_waiters_.wake_all();
  return {};
}

void BodyPipe::fail(http::ErrorCode code) {
  if (finished_ || error_) return;
  error_ = std::move(code);
  data_waiters_.wake_all();
  failure_waiters_.wake_all();
  room_waiters_.wake_all();
}

void BodyPipe::discard() {
  discard_ = true;
  slices_.clear();
  first_ = 0;
  block_ = {};
  used_ = sealed_ = 0;
  set_queued(0);
  data_waiters_.wake_all();
  room_waiters_.wake_all();
}

void BodyPipe::abandon() {
  if (discard_ || abandoned_) return;
  abandoned_ = true;
  slices_.clear();
  first_ = 0;
  block_ = {};
  used_ = sealed_ = 0;
  set_queued(0);
  room_waiters_.wake_all();
}

}  // namespace weir::wasi
