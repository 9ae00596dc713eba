#pragma once

#include "io/loop.h"

namespace weir::io {

// Watches one descriptor for readiness, level-triggered. Changing what is
// watched costs system calls, so owners leave it alone until an event comes
// that nobody wants.
class FdWatch {
 public:
  enum Event : unsigned { readable = 1, writable = 2, disconnect = 4, urgent = 8 };

  class Owner {
   public:
    // `events` that are there, or an `error` (an errno; the watch has stopped
    // then). May destroy the watch.
    virtual void on_ready(unsigned events, int error) = 0;

   protected:
    ~Owner() = default;
  };

  // The descriptor stays the caller's and must stay open as long as the watch.
  FdWatch(Loop& loop, int fd, Owner& owner);
  FdWatch(const FdWatch&) = delete;
  FdWatch& operator=(const FdWatch&) = delete;
  ~FdWatch();

  // Whether the system accepts the descriptor; else the watch is inert.
  int error() const { return error_; }
  unsigned events() const { return events_; }
  void set(unsigned events);

 private:
  friend class Loop;
  static void on_poll(uv_poll_t* handle, int status, int events);

  Owner& owner_;
  Loop::PollSlot* slot_ = nullptr;
  unsigned events_ = 0;
  int error_ = 0;
};

}  // namespace weir::io
