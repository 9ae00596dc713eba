#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/h1/server_connection.h"
#include "http/h1/testing/reply.h"
#include "http/h1/testing/test_handler.h"
#include "http/h1/testing/test_owner.h"
#include "io/memory_stream.h"

namespace weir::http::h1 {

// A server's connection over a pipe in memory, on a clock that only tests move.
class Served final : public TestOwner {
 public:
  explicit Served(ServerSettings settings = {}, size_t capacity = 64 << 10)
      : Served(std::move(settings), capacity, nullptr) {}
  // With a handler of the test's own, and room for so many requests, and for so many that wait.
  Served(ServerSettings settings_in, size_t capacity, std::unique_ptr<Handler> own,
         uint32_t room = 1000, uint32_t queue_room = 1000)
      : TestOwner(64 << 20, room, queue_room),
        settings(std::move(settings_in)),
        own_handler(std::move(own)) {
    auto [near, far] = io::memory_stream_pair(capacity);
    client = std::move(near);
    connection = std::make_unique<ServerConnection>(
        loop, std::move(far), own_handler ? *own_handler : handler, settings, *this,
        ServerConnection::Endpoints{"192.0.2.1:1234", "127.0.0.1:80", false});
    connection->start();
    settle();
  }
  ~Served() {
    connection.reset();
    client.reset();
  }

  // Lets everything happen that can happen now, and takes what the server sent.
  void settle() {
    int quiet = 0;
    for (int turn = 0; turn < 100'000 && quiet < 3; ++turn) {
      loop.run_once();
      bool read = reads && take();
      quiet = read || loop.backend_timeout() == 0 ? 0 : quiet + 1;
      if (dead) {
        connection.reset();
        dead = false;
        gone = true;
      }
    }
  }
  // Sends what fits, as the server reads.
  void send(std::string_view text) {
    while (!text.empty()) {
      iovec part{const_cast<char*>(text.data()), text.size()};
      io::IoResult result = client->write({&part, 1}, nullptr);
      if (result.state == io::IoResult::State::failed) return;
      if (result.state == io::IoResult::State::done)
        text.remove_prefix(result.bytes);
      else if (stuck())
        return;
      settle();
    }
  }
  void wait(uint64_t nanoseconds) {
    loop.advance_clock(nanoseconds);
    settle();
  }
  std::vector<Reply> replies(std::deque<std::string> methods = {}) {
    return parse_replies(received, std::move(methods), ended && !was_reset, error);
  }
  std::string statuses(std::deque<std::string> methods = {}) {
    std::string text;
    for (const Reply& reply : replies(std::move(methods)))
      text += std::to_string(reply.status) + (reply.complete ? " " : "(cut) ");
    return text + (ended ? was_reset ? "reset" : "close" : "open");
  }

  // ConnectionOwner
  void closed(ServerConnection&) override { dead = true; }
  bool draining() const override { return is_draining; }
  void begin_request() override { ++running; }
  void end_request() override { --running; }
  void finished(const RequestRecord& record) override {
    records.push_back({record.annotations.outcome, record.status, record.received, record.sent,
                       std::string(record.method)});
  }

  struct Record {
    Outcome outcome;
    uint16_t status;
    uint64_t received, sent;
    std::string method;
  };
  ServerSettings settings;
  TestHandler handler;
  std::unique_ptr<Handler> own_handler;
  std::unique_ptr<io::Stream> client;
  std::unique_ptr<ServerConnection> connection;
  bool reads = true;
  std::string received, error;
  bool ended = false, was_reset = false, gone = false, dead = false, is_draining = false;
  int running = 0;
  std::vector<Record> records;

 private:
  bool take() {
    if (!client || ended) return false;
    uint8_t buffer[4096];
    bool any = false;
    while (true) {
      io::IoResult result = client->read(buffer, nullptr);
      if (result.state == io::IoResult::State::pending) return any;
      any = true;
      if (result.state != io::IoResult::State::done) {
        ended = true;
        was_reset = result.state == io::IoResult::State::failed;
        return any;
      }
      received.append(reinterpret_cast<char*>(buffer), result.bytes);
    }
  }
  // Whether the server takes nothing more.
  bool stuck() {
    size_t before = received.size();
    settle();
    return ended || (before == received.size() && ++stuck_for_ > 100);
  }
  int stuck_for_ = 0;
};

}  // namespace weir::http::h1
