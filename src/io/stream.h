#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "util/executor.h"

namespace weir::io {

// What came of a read or a write.
struct IoResult {
  enum class State : uint8_t {
    done,     // `bytes` (> 0) were moved
    end,      // the peer has finished its direction (reads only)
    pending,  // nothing now: the waiter is woken when it is worth another try
    failed,   // the connection is broken: `error` is an errno value
  };
  State state = State::pending;
  size_t bytes = 0;
  int error = 0;
};

// A byte stream in both directions that never blocks: a TCP or Unix connection, a pipe in memory,
// TLS over another one. Belongs to one loop. Destroying it closes it and forgets its waiters.
class Stream {
 public:
  virtual ~Stream() = default;

  // At most `target.size()` (> 0) bytes.
  virtual IoResult read(std::span<uint8_t> target, Waiter* waiter) = 0;
  // A prefix of the buffers, which are not all empty.
  virtual IoResult write(std::span<const iovec> source, Waiter* waiter) = 0;
  // Wakes `waiter` when the peer has gone or finished, also while nobody reads; at once where that
  // has happened. Null does nothing.
  virtual void watch_hang_up(Waiter* waiter) = 0;
  // True once the peer was seen to be gone (reset) or to have finished its direction. Bytes that it
  // sent before may be unread.
  virtual bool hung_up() const = 0;
  // No more writes; the peer reads an end. Reading goes on.
  virtual void shut_down_writes() = 0;
  // Closes at once so that the peer sees a reset, not a clean end, where the transport can say so.
  // Wakes everybody who waits; every later read and write fails.
  virtual void reset() = 0;
};

}  // namespace weir::io
