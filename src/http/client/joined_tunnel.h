#pragma once

#include <memory>
#include <string>

#include "http/exchange.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"
#include "util/byte_budget.h"

namespace weir::http::client {

// A tunnel that carries bytes between a client and another stream, both ways, until both have
// finished or one of them fails, which resets the other. A side that has finished may still be
// sent to. Reads only what the other side can take.
class JoinedTunnel final : public Exchange::Tunnel {
 public:
  // Ends when nothing moves for `idle_timeout_ns`. What waits in it counts in `budget` (may be
  // null; outlives it).
  JoinedTunnel(io::Loop& loop, uint64_t idle_timeout_ns, ByteBudget* budget = nullptr);

  // The other stream, before `open`. `first` was received from it already; `permit` is kept as long
  // as it is open.
  void join(std::unique_ptr<io::Stream> far, std::string first, std::shared_ptr<void> permit);
  void open(std::unique_ptr<io::Stream> near) override;

 private:
  struct Direction {
    Direction(JoinedTunnel& owner, io::Loop& loop, ByteBudget* budget)
        : owner(owner), share(budget), event(loop, *this) {}
    void pump();

    JoinedTunnel& owner;
    io::Stream* from = nullptr;
    io::Stream* to = nullptr;
    std::string bytes;  // read and not written yet, from `at`
    size_t at = 0;
    BudgetShare share;
    bool ended = false, done = false;
    io::MemberWaiter<&Direction::pump, Direction> event;
  };
  void moved() { alarm_.arm(loop_, loop_.now() + idle_timeout_ns_); }
  void finished();
  void cut();

  io::Loop& loop_;
  const uint64_t idle_timeout_ns_;
  std::shared_ptr<void> permit_;
  std::unique_ptr<io::Stream> near_, far_;
  Direction up_, down_;
  io::MemberTimer<&JoinedTunnel::cut, JoinedTunnel> alarm_;
};

}  // namespace weir::http::client
