#include "http/client/pool.h"

namespace weir::http::client {

Pool::Kept::Kept(Pool& pool, std::unique_ptr<Connection> kept)
    : owner(pool),
      connection(std::move(kept)),
      gone(pool.loop_, *this),
      changed(pool.loop_, *this),
      expiry(*this) {}

void Pool::Kept::idle_over() { owner.drop(*this); }

void Pool::Kept::request_over() {
  Pool& pool = owner;
  std::unique_ptr<Connection> again = std::move(connection);
  pool.drop(*this);
  if (again->request_done()) pool.release(std::move(again));
}

void Pool::drop(Kept& kept) {
  if (kept.list != &finishing_) --idle_;
  // The connection's permit changes the table of servers when it goes.
  std::unique_ptr<Connection> last = std::move(kept.connection);
  kept.list->erase(kept.self);
}

std::unique_ptr<Connection> Pool::take(const std::string& key, EgressPolicy::Grant grant) {
  auto found = servers_.find(key);
  if (found == servers_.end()) return nullptr;
  // The permit of a connection that turns out to be closed may remove the entry.
  while (found != servers_.end() && !found->second.idle.empty()) {
    std::unique_ptr<Connection> connection = std::move(found->second.idle.back().connection);
    found->second.idle.pop_back();
    --idle_;
    if (EgressPolicy::check_address(grant, connection->address().data()) && connection->unpark())
      return connection;
    connection.reset();
    found = servers_.find(key);
  }
  return nullptr;
}

std::shared_ptr<void> Pool::permit(const std::string& key) {
  if (open_ >= limits_.total && !evict()) return nullptr;
  if (auto found = servers_.find(key);
      found != servers_.end() && found->second.open >= limits_.per_server) {
    // An idle one that the caller does not want makes room.
    if (found->second.idle.empty()) return nullptr;
    drop(found->second.idle.front());
  }
  Server& server = servers_[key];
  ++server.open;
  ++open_;
  struct Permit {
    Permit(std::weak_ptr<Pool> owner, std::string server_key)
        : pool(std::move(owner)), key(std::move(server_key)) {}
    ~Permit() {
      if (auto alive = pool.lock()) alive->closed(key);
    }
    std::weak_ptr<Pool> pool;
    std::string key;
  };
  return std::make_shared<Permit>(weak_from_this(), key);
}

void Pool::closed(const std::string& key) {
  --open_;
  auto found = servers_.find(key);
  if (--found->second.open == 0) servers_.erase(found);
  waiting_.wake_all();
}

bool Pool::evict() {
  for (auto& [key, server] : servers_) {
    if (server.idle.empty()) continue;
    drop(server.idle.front());
    return true;
  }
  return false;
}

void Pool::release(std::unique_ptr<Connection> connection) {
  if (!connection->request_done() && connection->state() != Connection::State::failed) {
    finishing_.emplace_back(*this, std::move(connection));
    Kept& kept = finishing_.back();
    kept.list = &finishing_;
    kept.self = std::prev(finishing_.end());
    kept.connection->watch_request(kept.changed);
    kept.connection->watch_hang_up(kept.gone);
    return;
  }
  if (!connection->reusable()) return;
  auto found = servers_.find(connection->key());
  if (found == servers_.end() || found->second.idle.size() >= limits_.idle_per_server) return;
  List& list = found->second.idle;
  list.emplace_back(*this, std::move(connection));
  Kept& kept = list.back();
  kept.list = &list;
  kept.self = std::prev(list.end());
  ++idle_;
  kept.connection->park(kept.gone);
  kept.expiry.arm(loop_, loop_.now() + limits_.idle_timeout_ns);
  waiting_.wake_all();
}

}  // namespace weir::http::client
