#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/h1/server_connection.h"
#include "http/h1/testing/feed.h"
#include "http/h1/testing/test_owner.h"

namespace weir::http::h1 {

// Many connections of one loop.
class Crowd final : public TestOwner {
 public:
  // With room for so many requests, and for so many that wait.
  Crowd(ServerSettings settings_in, Handler& handler, uint32_t room = 10'000,
        uint32_t queue_room = 10'000)
      : TestOwner(1 << 30, room, queue_room), settings(std::move(settings_in)), handler(handler) {}
  ~Crowd() { connections.clear(); }

  testing::Feed& add(std::unique_ptr<testing::Feed> peer) {
    testing::Feed& feed = *peer;
    connections.push_back(std::make_unique<ServerConnection>(
        loop, std::move(peer), handler, settings, *this,
        ServerConnection::Endpoints{"192.0.2.1:1", "192.0.2.2:2", false}));
    connections.back()->start();
    return feed;
  }
  void settle() {
    for (int quiet = 0, turn = 0; quiet < 3 && turn < 1'000'000; ++turn) {
      loop.run_once();
      quiet = loop.backend_timeout() == 0 ? 0 : quiet + 1;
    }
  }

  // What the loop keeps for everybody is not any connection's.
  void empty_pool() {
    for (int i = 0; i < 100; ++i) pool.take();
  }

  // ConnectionOwner
  void closed(ServerConnection&) override { ++gone; }
  void finished(const RequestRecord& record) override { ++statuses[record.status]; }

  const ServerSettings settings;
  Handler& handler;
  std::vector<std::unique_ptr<ServerConnection>> connections;
  int gone = 0;
  // How many requests are over, by the status that they got.
  std::map<uint16_t, int> statuses;
};

}  // namespace weir::http::h1
