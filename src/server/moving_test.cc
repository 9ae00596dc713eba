// Requests that come to a loop that computes while another one is idle.

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "server/testing/client_socket.h"
#include "server/testing/running_server.h"

namespace weir::server {
namespace {

constexpr const char* kLoop = "GET /loop HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kNever = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kCompute = "GET /compute HTTP/1.1\r\nHost: a\r\n\r\n";
// The system may keep the idle loop from running: then a request stays, and the next one has to go.
constexpr int kTries = 500;

Settings with_two_loops() {
  Settings settings;
  settings.threads = 2;
  return settings;
}

// Which loop says so.
size_t answered_by(ClientSocket& client) {
  size_t had = client.replies().size();
  client.read_until([&] {
    auto replies = client.replies();
    return replies.size() > had && replies.back().complete;
  });
  auto replies = client.replies();
  EXPECT_EQ(replies.size(), had + 1);
  return replies.size() > had ? static_cast<size_t>(std::stoi(replies.back().content)) : SIZE_MAX;
}
size_t ask(ClientSocket& client) {
  EXPECT_TRUE(client.send(kLoop));
  return answered_by(client);
}

struct Moving : ::testing::Test {
  explicit Moving(Settings settings = with_two_loops()) : server(settings) {
    while (mine.size() < 16) {
      auto client = std::make_unique<ClientSocket>(server.port());
      size_t loop = ask(*client);
      if (!computing) {
        busy = loop;
        computing = std::move(client);
      } else {
        (loop == busy ? mine : others).push_back(std::move(client));
      }
    }
    computing->send(kCompute);
    while (server.waiting() < 1) std::this_thread::yield();
    // On a slow machine this one may have moved.
    if (server.waiting_on(busy) == 0) {
      busy = 1 - busy;
      mine.swap(others);
    }
  }
  ~Moving() override { server.stop_computing(); }

  RunningServer server;
  // The loop of those who compute, and its other connections; those of the idle one.
  size_t busy = 0;
  std::unique_ptr<ClientSocket> computing;
  std::vector<std::unique_ptr<ClientSocket>> mine, others;
};

TEST_F(Moving, TakesAConnectionToTheIdleLoopWithItsNextRequest) {
  for (auto& client : mine) {
    bool moved = false;
    for (int i = 0; i < kTries && !moved; ++i) moved = ask(*client) != busy;
    EXPECT_TRUE(moved);
    // There it stays.
    for (int i = 0; i < 10; ++i) EXPECT_NE(ask(*client), busy);
  }
  for (auto& client : others) EXPECT_NE(ask(*client), busy);
}

TEST_F(Moving, TakesWhatIsPipelinedAlong) {
  bool moved = false;
  for (int i = 0; i < kTries && !moved; ++i) {
    ClientSocket& client = *mine[static_cast<size_t>(i) % mine.size()];
    size_t had = client.replies().size();
    client.send(std::string(kLoop) + kLoop + kLoop);
    client.read_until([&] {
      auto replies = client.replies();
      return replies.size() == had + 3 && replies.back().complete;
    });
    auto replies = client.replies();
    ASSERT_EQ(replies.size(), had + 3) << client.error();
    moved = std::stoul(replies[had].content) != busy;
    // Whoever has moved answers all of them.
    if (moved) EXPECT_EQ(replies[had + 2].content, replies[had].content);
  }
  EXPECT_TRUE(moved);
}

TEST_F(Moving, StaysWhereItIsOnceNobodyComputes) {
  ClientSocket& client = *mine[0];
  bool moved = false;
  for (int i = 0; i < kTries && !moved; ++i) moved = ask(client) != busy;
  ASSERT_TRUE(moved);
  server.stop_computing();
  computing->read_until([&] { return computing->replies().size() == 2; });
  for (int i = 0; i < 10; ++i) EXPECT_NE(ask(client), busy);
}

TEST_F(Moving, LosesNothingOfClientsThatLeaveOnTheWay) {
  for (size_t i = 0; i < mine.size(); ++i) {
    mine[i]->send(kNever);
    std::this_thread::sleep_for(std::chrono::milliseconds(i % 8));
    mine[i]->reset();
  }
  while (server.waiting() > 1) std::this_thread::yield();
  EXPECT_EQ(server.waiting_on(busy), 1);
  for (auto& client : others) EXPECT_NE(ask(*client), busy);
}

TEST(MovingFromABusyLoop, SharesTheConnectionsThatHaveWork) {
  RunningServer server(with_two_loops());
  std::vector<std::unique_ptr<ClientSocket>> on[2];
  while (on[0].size() < 4) {
    auto client = std::make_unique<ClientSocket>(server.port());
    size_t loop = ask(*client);
    on[loop].push_back(std::move(client));
  }
  // None of these requests takes long, but there is always another one.
  constexpr size_t kEach = 400;
  std::string all;
  for (size_t i = 0; i < kEach; ++i) all += "GET /work HTTP/1.1\r\nHost: a\r\n\r\n";
  for (auto& client : on[0]) client->send(all);
  int moved = 0;
  for (auto& client : on[0]) {
    client->read_until([&] { return client->replies().size() == 1 + kEach; });
    auto replies = client->replies();
    ASSERT_EQ(replies.size(), 1 + kEach) << client->error();
    EXPECT_EQ(replies[0].content, "0");
    if (replies.back().content == "1") ++moved;
  }
  EXPECT_GT(moved, 0);
}

TEST(MovingFromTheQueue, TakesARequestToTheIdleLoopOnceItIsItsTurn) {
  bool moved = false;
  for (int i = 0; i < 50 && !moved; ++i) {
    Settings settings = with_two_loops();
    settings.max_requests = 2;
    settings.connection.queue_timeout_ns = 20'000'000'000;
    RunningServer server(settings);
    std::vector<std::unique_ptr<ClientSocket>> on[2];
    while (on[0].size() < 3 || on[1].empty()) {
      auto client = std::make_unique<ClientSocket>(server.port());
      size_t loop = ask(*client);
      on[loop].push_back(std::move(client));
    }
    // Both loops have one that waits, and nobody is late.
    on[0][0]->send(kNever);
    on[1][0]->send(kNever);
    while (server.waiting() < 2) std::this_thread::yield();
    on[0][1]->send(kCompute);
    on[0][2]->read_for(5);
    on[0][2]->send(kLoop);
    EXPECT_FALSE(on[0][2]->read_for(5));
    // Now one begins to compute, then there is room for the other.
    on[0][0]->reset();
    for (int j = 0; j < 100 && server.waiting_on(0) < 1; ++j) on[0][2]->read_for(5);
    on[1][0]->reset();
    moved = answered_by(*on[0][2]) == 1;
    server.stop_computing();
  }
  EXPECT_TRUE(moved);
}

TEST(MovingInADrain, LosesNoRequest) {
  for (int round = 0; round < 5; ++round) {
    RunningServer server(with_two_loops());
    std::vector<std::unique_ptr<ClientSocket>> all;
    std::vector<size_t> loops;
    for (int i = 0; i < 9; ++i) {
      all.push_back(std::make_unique<ClientSocket>(server.port()));
      loops.push_back(ask(*all.back()));
    }
    all[0]->send(kCompute);
    while (server.waiting() < 1) std::this_thread::yield();
    for (size_t i = 1; i < all.size(); ++i) all[i]->send(kLoop);
    if (round % 2) std::this_thread::sleep_for(std::chrono::milliseconds(3));
    server.drain();
    server.stop_computing();
    for (auto& client : all) {
      client->read_until([&] {
        auto replies = client->replies();
        return replies.size() == 2 && replies.back().complete;
      });
      ASSERT_EQ(client->replies().size(), 2u);
      client->read_until([] { return false; });
      EXPECT_FALSE(client->was_reset());
      client->close();
    }
    server.drain_and_wait();
  }
}

}  // namespace
}  // namespace weir::server
