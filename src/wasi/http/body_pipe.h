#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "http/body.h"
#include "util/byte_budget.h"
#include "util/result.h"
#include "wasi/ref.h"

namespace weir::wasi {

// The body that a guest writes: a bounded queue of the host, filled by the guest's streams and
// drained by whoever holds its `http::Body`. Either side may end first. A producer that goes
// without `finish` fails the body; it never looks complete.
class BodyPipe final : public RefCounted {
 public:
  struct Options {
    // What content-length says, where there is one.
    std::optional<uint64_t> declared;
    // Bytes that may wait here before the producer has to.
    size_t high_water = 64 << 10;
    // The error of a body that has another size than declared.
    http::ErrorCode::Kind size_error = http::ErrorCode::Kind::http_response_body_size;
    // Counts what waits here; where it is exhausted the producer waits early. Outlives the pipe;
    // may be null.
    ByteBudget* budget = nullptr;
  };
  explicit BodyPipe(const Options& options) : options_(options), share_(options.budget) {}

  // The producer's side.

  // How much may be written now; 0 when it has to wait. Not below a guest's usual write but for 0.
  size_t room() const;
  // Nothing is taken any more: finished, failed or abandoned by the consumer.
  bool closed() const { return finished_ || error_ || abandoned_; }
  // Queues bytes; `bytes` may go over `room()`. An error when more is written than was declared:
  // the body has failed with it. Nothing happens on a closed pipe.
  Result<void, http::ErrorCode> write(std::span<const uint8_t> bytes);
  // As above; large slices are queued without a copy.
  Result<void, http::ErrorCode> write(Bytes bytes);
  // Wakes `waiter` when `room()` may have grown or the pipe has closed.
  void watch_room(Waiter& waiter) { room_waiters_.add(waiter); }
  // Completes the body. An error when less was written than was declared, or more before.
  Result<void, http::ErrorCode> finish(http::Fields trailers = {});
  // Fails the body, unless it is finished: the consumer sees `code` after what is queued.
  void fail(http::ErrorCode code);
  // What is written counts and is dropped: for responses that have no content (RFC 9110 section
  // 9.3.2, 15.3.5, 15.4.5). The consumer sees an empty body.
  void discard();

  uint64_t written() const { return written_; }

  // The consumer's side: at most one body.
  http::BodyPtr make_body();

 private:
  class Reader;

  Bytes next(size_t max);
  void append_to_block(std::span<const uint8_t> bytes);
  void seal();
  void after_take();
  void abandon();
  Result<void, http::ErrorCode> account(size_t size);

  const Options options_;
  // Whole slices, from `first_`, then what is in the block after `sealed_`.
  std::vector<Bytes> slices_;
  size_t first_ = 0;
  Bytes block_;
  uint8_t* block_data_ = nullptr;
  size_t used_ = 0;
  size_t sealed_ = 0;

  // Changes the number of bytes that wait.
  void set_queued(size_t bytes) {
    queued_ = bytes;
    share_.hold(bytes);
  }

  BudgetShare share_;
  size_t queued_ = 0;
  uint64_t written_ = 0;
  uint64_t delivered_ = 0;
  bool finished_ = false;
  bool abandoned_ = false;
  bool discard_ = false;
  bool trailers_delivered_ = false;
  std::optional<http::ErrorCode> error_;
  http::Fields trailers_;
  WaitList room_waiters_;
  WaitList data_waiters_;
  WaitList failure_waiters_;
};

}  // namespace weir::wasi
