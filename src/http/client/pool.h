#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/client/connection.h"
#include "http/egress.h"

namespace weir::http::client {

struct PoolLimits {
  // Connections that are open or being opened: to one server, and altogether.
  size_t per_server = 256;
  size_t total = 4096;
  // Kept for later use.
  size_t idle_per_server = 32;
  uint64_t idle_timeout_ns = 30'000'000'000;
};

// The connections of one client that no response holds: idle ones, by server, and those that still
// send a request whose response has ended. Always made as a shared pointer.
class Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(io::Loop& loop, const PoolLimits& limits) : loop_(loop), limits_(limits) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // The idle connection that was used last and is to an address that `grant` allows, or null.
  std::unique_ptr<Connection> take(const std::string& key, EgressPolicy::Grant grant);
  bool has_idle(const std::string& key) const {
    auto found = servers_.find(key);
    return found != servers_.end() && !found->second.idle.empty();
  }
  // The right to open a connection; closes an idle one where the total is reached. Null: no more.
  std::shared_ptr<void> permit(const std::string& key);
  // Wakes `waiter` once when another connection may be opened or taken.
  void wait(Waiter& waiter) { waiting_.add(waiter); }
  // Takes a connection whose response has ended, and keeps it where that is worth it.
  void release(std::unique_ptr<Connection> connection);

  size_t idle() const { return idle_; }
  size_t open() const { return open_; }

 private:
  struct Kept;
  using List = std::list<Kept>;
  struct Server {
    size_t open = 0;
    List idle;
  };
  struct Kept {
    Kept(Pool& pool, std::unique_ptr<Connection> kept);
    void idle_over();
    void request_over();

    Pool& owner;
    std::unique_ptr<Connection> connection;
    // Where this lies.
    List* list = nullptr;
    List::iterator self;
    io::MemberWaiter<&Kept::idle_over, Kept> gone;
    io::MemberWaiter<&Kept::request_over, Kept> changed;
    io::MemberTimer<&Kept::idle_over, Kept> expiry;
  };
  void drop(Kept& kept);
  void closed(const std::string& key);
  bool evict();

  io::Loop& loop_;
  const PoolLimits limits_;
  size_t open_ = 0, idle_ = 0;
  std::unordered_map<std::string, Server> servers_;
  List finishing_;
  WaitList waiting_;
};

}  // namespace weir::http::client
