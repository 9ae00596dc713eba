#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/h1/server_connection.h"
#include "http/h1/testing/feed.h"

namespace weir::http::h1 {

// Many connections of one loop.
class Crowd final : public ConnectionOwner {
 public:
  // With room for so many requests, and for so many that wait.
  Crowd(ServerSettings settings_in, Handler& handler, uint32_t room = 10'000,
        uint32_t queue_room = 10'000)
      : settings(std::move(settings_in)),
        handler(handler),
        gate(room, queue_room),
        loop_bell(std::make_shared<Admission::Bell>(loop)) {}
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
  bool draining() const override { return false; }
  std::string_view date() override { return "Thu, 01 Jan 2026 00:00:00 GMT"; }
  std::string new_request_id() override { return "0123456789abcdef"; }
  BufferPool& buffers() override { return pool; }
  ByteBudget& budget() override { return bytes; }
  Admission& admission() override { return gate; }
  const std::shared_ptr<Admission::Bell>& bell() override { return loop_bell; }
  void begin_request() override {}
  void end_request() override {}
  bool logs_requests() const override { return true; }
  void finished(const RequestRecord& record) override { ++statuses[record.status]; }

  io::Loop loop;
  BufferPool pool;
  ByteBudget bytes{1 << 30};
  const ServerSettings settings;
  Handler& handler;
  Admission gate;
  const std::shared_ptr<Admission::Bell> loop_bell;
  std::vector<std::unique_ptr<ServerConnection>> connections;
  int gone = 0;
  // How many requests are over, by the status that they got.
  std::map<uint16_t, int> statuses;
};

}  // namespace weir::http::h1
