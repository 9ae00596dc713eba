// Which loop gets a connection, and where its requests run.

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <thread>
#include <vector>

#include "server/testing/client_socket.h"
#include "server/testing/running_server.h"

namespace weir::server {
namespace {

constexpr size_t kLoops = 3;

// A kept connection that knows its loop.
class Placed {
 public:
  enum class Asks { at_once, later };
  explicit Placed(uint16_t port, Asks asks = Asks::at_once) : socket_(port) {
    if (asks == Asks::at_once) find_out();
  }
  void find_out() { loop_ = ask(); }
  size_t loop() const { return loop_; }
  // Where a request of it runs now.
  size_t ask() {
    size_t had = socket_.replies().size();
    socket_.send("GET /loop HTTP/1.1\r\nHost: a\r\n\r\n");
    socket_.read_until([&] {
      auto replies = socket_.replies();
      return replies.size() > had && replies.back().complete;
    });
    auto replies = socket_.replies();
    EXPECT_EQ(replies.size(), had + 1);
    return replies.empty() ? kLoops : static_cast<size_t>(std::stoi(replies.back().content));
  }
  // Begins a request that does not end.
  void hold() { socket_.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n"); }
  void reset() { socket_.reset(); }

 private:
  ClientSocket socket_;
  size_t loop_ = kLoops;
};

using Connections = std::vector<std::unique_ptr<Placed>>;

std::array<int, kLoops> counted(const Connections& connections) {
  std::array<int, kLoops> counts = {};
  for (auto& each : connections) ++counts.at(each->loop());
  return counts;
}

struct Placement : ::testing::Test {
  Placement() : server(with_loops()) {}
  static Settings with_loops() {
    Settings settings;
    settings.threads = kLoops;
    // However slow the machine is, connections stay where they are.
    settings.connection.late_ns = settings.connection.busy_ns = UINT64_MAX;
    return settings;
  }
  Placed& connect() {
    connections.push_back(std::make_unique<Placed>(server.port()));
    return *connections.back();
  }
  // First without requests: one whose answer has come makes a loop look busy for a moment longer.
  void connect_twelve() {
    for (size_t i = 0; i < 12; ++i)
      connections.push_back(std::make_unique<Placed>(server.port(), Placed::Asks::later));
    for (auto& each : connections) each->find_out();
  }
  // The connections of `loop` hold a request each, but for the last one, which is returned.
  Placed& hold_all_but_one(size_t loop) {
    Placed* spared = nullptr;
    int held = 0;
    for (auto& each : connections) {
      if (each->loop() != loop) continue;
      if (spared) {
        spared->hold();
        ++held;
      }
      spared = each.get();
    }
    while (server.waiting_on(loop) < held) std::this_thread::yield();
    return *spared;
  }

  RunningServer server;
  Connections connections;
};

TEST_F(Placement, SpreadsConnectionsWhereNobodyIsBusy) {
  connect_twelve();
  // Loops that accept at the same moment may choose the same one.
  for (int count : counted(connections)) EXPECT_NEAR(count, 4, 2);
}

TEST_F(Placement, PrefersTheLoopWithTheFewestRequestsToTheOneWithTheFewestConnections) {
  connect_twelve();
  for (size_t busy = 0; busy < kLoops; ++busy) {
    // Three requests: more than the one whose answer has come and that may not be over yet.
    Placed& spared = hold_all_but_one(busy);
    Connections later;
    for (int i = 0; i < 8; ++i) later.push_back(std::make_unique<Placed>(server.port()));
    EXPECT_EQ(counted(later)[busy], 0) << "on loop " << busy;
    // A connection stays where it is, however many wait there, and is answered there.
    EXPECT_EQ(spared.ask(), busy);
    // The others are as they were for the next one.
    later.clear();
    for (auto& each : connections)
      if (each->loop() == busy && each.get() != &spared) each->reset();
    while (server.waiting_on(busy) > 0) std::this_thread::yield();
  }
}

TEST_F(Placement, GoesBackToALoopOnceItIsNoLongerBusy) {
  connect_twelve();
  const size_t busy = connections[0]->loop();
  Placed& spared = hold_all_but_one(busy);
  for (auto& each : connections)
    if (each->loop() == busy && each.get() != &spared) each->reset();
  while (server.waiting_on(busy) > 0) std::this_thread::yield();
  // It has one connection and the others four; what it has just been asked may not be over yet.
  bool came = false;
  for (int i = 0; i < 10 && !came; ++i) came = connect().loop() == busy;
  EXPECT_TRUE(came);
}

TEST_F(Placement, KeepsAConnectionsRequestsOnALoopThatIsNotLate) {
  for (size_t i = 0; i < 2 * kLoops; ++i) connect();
  for (int round = 0; round < 5; ++round)
    for (auto& each : connections) EXPECT_EQ(each->ask(), each->loop());
}

}  // namespace
}  // namespace weir::server
