#include "server/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "http/h1/testing/case_table.h"
#include "http/h1/testing/test_handler.h"
#include "server/testing/client_socket.h"
#include "server/testing/running_server.h"

namespace weir::server {
namespace {

constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kNever = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";

TEST(Server, AnswersTheTableOverSockets) {
  std::string error;
  auto cases = http::h1::load_cases(WEIR_SOURCE_DIR "/tests/h1/server", error);
  EXPECT_EQ(error, "");
  EXPECT_GE(cases.size(), 150u);
  RunningServer server;
  for (const http::h1::Case& row : cases) {
    ClientSocket client(server.port());
    client.send(row.sent);
    if (row.ends) client.shut_down();
    bool open = row.wanted[0].ends_with("open");
    // A connection that stays open answers one more request.
    bool probes = open && row.wanted[0] != "open" && !row.wanted[0].starts_with("100 open");
    if (probes) client.send(kGet);
    size_t wanted = http::h1::testing::split(row.wanted[0], ' ').size() - 1 + (probes ? 1 : 0);
    client.read_until([&] {
      return open && client.replies(row.methods).size() >= wanted &&
             (wanted == 0 || client.replies(row.methods).back().complete);
    });
    auto replies = client.replies(row.methods);
    std::string got;
    bool cut = false;
    if (probes && !replies.empty()) replies.pop_back();
    for (const http::h1::Reply& reply : replies) {
      got += std::to_string(reply.status) + " ";
      cut = !reply.complete;
    }
    got += client.ended() ? cut || client.was_reset() ? "cut" : "close" : "open";
    EXPECT_EQ(client.error(), "");
    EXPECT_NE(std::find(row.wanted.begin(), row.wanted.end(), got), row.wanted.end())
        << row.file << ":" << row.line << " [" << row.section << "] " << row.name << ": got `"
        << got << "`\n"
        << client.received().substr(0, 2000);
  }
}

TEST(Server, PausesAcceptingAtTheLimitOnConnectionsWithoutSpinning) {
  Settings settings;
  settings.max_connections = 2;
  settings.threads = 2;
  RunningServer server(settings);
  ClientSocket first(server.port()), second(server.port());
  first.send(kGet);
  second.send(kGet);
  first.read_until([&] { return !first.replies().empty(); });
  second.read_until([&] { return !second.replies().empty(); });
  // Waits in the queue of the kernel.
  ClientSocket third(server.port());
  third.send(kGet);
  uint64_t before = process_cpu_ns();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_LT(process_cpu_ns() - before, 200'000'000u);
  EXPECT_TRUE(third.received().empty());
  first.close();
  third.read_until([&] { return !third.replies().empty(); });
  EXPECT_EQ(third.replies().size(), 1u);
}

TEST(Server, LimitsRequestsOverAllLoopsAndQueuesTheRest) {
  Settings settings;
  settings.threads = 2;
  settings.max_requests = 3;
  settings.max_waiting = 1;
  settings.connection.queue_timeout_ns = 10'000'000'000;
  RunningServer server(settings);
  std::vector<std::unique_ptr<ClientSocket>> busy;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(std::make_unique<ClientSocket>(server.port()));
    busy.back()->send(kNever);
  }
  while (server.waiting() < 3) std::this_thread::yield();
  // Of two more one waits and the other is refused at once, whichever comes first.
  ClientSocket one(server.port()), other(server.port());
  one.send(kGet);
  other.send(kGet);
  bool one_is_refused = false;
  for (int i = 0; i < 1000; ++i) {
    one_is_refused = one.read_for(10);
    if (one_is_refused || other.read_for(10)) break;
  }
  ClientSocket& refused = one_is_refused ? one : other;
  ClientSocket& queued = one_is_refused ? other : one;
  refused.read_until([&] { return !refused.replies().empty(); });
  ASSERT_EQ(refused.replies().size(), 1u);
  EXPECT_EQ(refused.replies()[0].status, 503);
  EXPECT_TRUE(queued.received().empty());
  // Room on whichever loop lets it run.
  busy[0]->reset();
  queued.read_until([&] { return !queued.replies().empty(); });
  EXPECT_EQ(queued.replies().at(0).status, 200);
}

TEST(Server, GivesConnectionsToTheLoopWithTheFewestRequests) {
  Settings settings;
  settings.threads = 2;
  // There they stay.
  settings.connection.late_ns = settings.connection.busy_ns = UINT64_MAX;
  RunningServer server(settings);
  std::vector<std::unique_ptr<ClientSocket>> busy;
  for (int i = 0; i < 20; ++i) {
    busy.push_back(std::make_unique<ClientSocket>(server.port()));
    busy.back()->send(kNever);
    while (server.waiting() < i + 1) std::this_thread::yield();
  }
  EXPECT_EQ(server.waiting_on(0), 10);
  EXPECT_EQ(server.waiting_on(1), 10);
}

TEST(Server, LosesNoAcceptedRequestInADrainUnderLoad) {
  Settings settings;
  settings.threads = 2;
  RunningServer server(settings);
  std::atomic<int> answered{0}, lost{0};
  std::atomic<bool> draining{false};
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i)
    clients.emplace_back([&, keeps = i % 2 == 0] {
      while (true) {
        ClientSocket client(server.port(), false);
        if (!client.connected()) return;
        bool again = true;
        while (again) {
          if (!client.send(keeps ? kGet
                                 : "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")) {
            // Refused before it was accepted.
            break;
          }
          size_t had = client.replies().size();
          client.read_until([&] {
            auto replies = client.replies();
            return replies.size() > had && replies.back().complete;
          });
          auto replies = client.replies();
          if (replies.size() == had || !replies.back().complete) {
            // Nothing of this connection was ever answered: the system refused it while the
            // listening socket closed.
            if (had == 0 && client.was_reset() && draining) return;
            ++lost;
            return;
          }
          ++answered;
          again = keeps && replies.back().fields.first("connection") != "close";
          if (replies.size() > 50) again = false;
        }
      }
    });
  while (answered < 500) std::this_thread::yield();
  draining = true;
  server.drain_and_wait();
  clients.clear();
  EXPECT_EQ(lost, 0);
  EXPECT_GE(answered, 500);
}

TEST(Server, CutsWhatIsLeftWhenTheDrainTimeoutIsOver) {
  Settings settings;
  settings.drain_timeout_ns = 50'000'000;
  RunningServer server(settings);
  ClientSocket client(server.port());
  client.send(kNever);
  while (server.waiting() < 1) std::this_thread::yield();
  server.drain_and_wait();
  client.read_until([] { return false; });
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(client.received().empty());
}

TEST(Server, RefusesConnectionsWhileItDrains) {
  RunningServer server;
  ClientSocket client(server.port());
  client.send(kNever);
  while (server.waiting() < 1) std::this_thread::yield();
  server.drain();
  for (int i = 0; i < 500; ++i) {
    ClientSocket late(server.port(), false);
    if (!late.connected()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ClientSocket late(server.port(), false);
  EXPECT_FALSE(late.connected());
  client.reset();
  server.drain_and_wait();
}

TEST(Server, PutsTheListenersOwnStreamAroundConnections) {
  std::atomic<int> wrapped{0};
  RunningServer server({}, [&](io::Loop&, std::unique_ptr<io::SocketStream> socket) {
    ++wrapped;
    return std::unique_ptr<io::Stream>(std::move(socket));
  });
  ClientSocket client(server.port());
  client.send("GET https://a/view HTTP/1.1\r\nHost: a\r\n\r\n");
  client.read_until([&] { return !client.replies().empty(); });
  EXPECT_EQ(client.replies().at(0).content.substr(0, 11), "GET https a");
  EXPECT_EQ(wrapped, 1);
}

struct Lines final : AccessSink {
  void write_lines(std::string_view lines, size_t count) override {
    std::lock_guard lock(mutex);
    text += lines;
    this->count += count;
  }
  std::string take() {
    std::lock_guard lock(mutex);
    return std::exchange(text, {});
  }
  std::mutex mutex;
  std::string text;
  size_t count = 0;
};

TEST(Server, WritesALineForEachRequest) {
  Lines lines;
  Settings settings;
  settings.access_format = AccessFormat::text;
  settings.access_sink = &lines;
  RunningServer server(settings);
  ClientSocket client(server.port());
  client.send(
      "GET /a\"b HTTP/1.1\r\nHost: a\r\nX-Request-Id: id-1\r\n\r\n"
      "GET  / HTTP/1.1\r\n\r\n");
  client.read_until([] { return false; });
  client.close();
  server.drain_and_wait();
  std::string text = lines.take();
  EXPECT_NE(text.find("\"GET /a\\x22b HTTP/1.1\" 200 ok in=0 out=6 "), std::string::npos) << text;
  EXPECT_NE(text.find("id=id-1"), std::string::npos) << text;
  EXPECT_NE(text.find("\"-\" 400 refused"), std::string::npos) << text;
  EXPECT_EQ(lines.count, 2u);
}

}  // namespace
}  // namespace weir::server
