// A connection that goes to another loop with a request that no handler has seen.

#include "http/h1/handover.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/h1/server_connection.h"
#include "http/h1/testing/reply.h"
#include "http/h1/testing/test_handler.h"
#include "http/h1/testing/test_owner.h"
#include "io/socket_stream.h"

namespace weir::http::h1 {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kNever = "GET /never HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr const char* kWhere = "GET /where HTTP/1.1\r\nHost: a\r\n\r\n";

// A loop, and what it does with the one connection of the test when that is its.
class Side final : public TestOwner, public Handler {
 public:
  Side(std::string name, const ServerSettings& settings)
      : TestOwner(64 << 20, 1, 1), name_(std::move(name)), settings_(settings) {}
  ~Side() { connection.reset(); }

  void serve(int fd) {
    connection = std::make_unique<ServerConnection>(
        loop, std::make_unique<io::SocketStream>(loop, fd), *this, settings_, *this,
        Endpoints{"192.0.2.1:1234", "127.0.0.1:80", false});
    connection->start();
  }
  void take_over(std::unique_ptr<Handover> handover) {
    handover->stream->join(loop);
    connection = std::make_unique<ServerConnection>(loop, std::move(handover->stream), *this,
                                                    settings_, *this, handover->endpoints);
    connection->go_on(std::move(*handover));
  }
  void settle() {
    for (int quiet = 0, turn = 0; quiet < 3 && turn < 10'000; ++turn) {
      loop.run_once();
      quiet = loop.backend_timeout() == 0 ? 0 : quiet + 1;
      if (dead) connection.reset();
      dead = false;
    }
  }

  // ConnectionOwner
  ConnectionOwner* less_busy() override { return other; }
  void departed(ServerConnection&, ConnectionOwner& to, std::unique_ptr<Handover> what) override {
    EXPECT_EQ(&to, other);
    dead = true;
    handover = std::move(what);
  }
  void closed(ServerConnection&) override { dead = true; }
  bool draining() const override { return drains; }
  void begin_request() override { ++running; }
  void end_request() override { --running; }
  void finished(const RequestRecord& record) override {
    records.push_back({record.annotations.outcome, record.status, record.received,
                       std::string(record.target), std::string(record.exchange.request_id()),
                       record.ended_ns - record.begun_ns});
  }

  struct Record {
    Outcome outcome;
    uint16_t status;
    uint64_t received;
    std::string target, id;
    uint64_t took_ns;
  };
  // Whom it offers its requests to.
  Side* other = nullptr;
  std::unique_ptr<ServerConnection> connection;
  std::unique_ptr<Handover> handover;
  bool dead = false, drains = false;
  int running = 0;
  std::vector<Record> records;

 private:
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override {
    EXPECT_EQ(&exchange.loop(), &loop);
    EXPECT_EQ(exchange.peer_address(), "192.0.2.1:1234");
    if (request.target == "/where") co_return testing::answer(name_);
    auto answer = co_await handler_.handle(std::move(request), exchange);
    co_return std::move(answer);
  }

  const std::string name_;
  const ServerSettings& settings_;
  TestHandler handler_;
};

// The connection begins on `near`, which would rather see its requests on `far`.
struct Move : ::testing::Test {
  Move() : near("near", settings), far("far", settings) {
    settings.late_ns = 0;
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    client = ends[0];
    near.other = &far;
    near.serve(ends[1]);
  }
  ~Move() { leave(); }
  void send(std::string_view text) {
    EXPECT_EQ(::send(client, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  void leave() {
    if (client >= 0) ::close(std::exchange(client, -1));
  }
  // Lets the connection come over, if it wants to.
  void move() {
    near.settle();
    if (near.handover) far.take_over(std::move(near.handover));
    far.settle();
  }
  std::string statuses() {
    char buffer[4096];
    ssize_t count;
    while ((count = ::recv(client, buffer, sizeof buffer, 0)) > 0)
      received.append(buffer, static_cast<size_t>(count));
    std::string text;
    for (const Reply& reply : parse_replies(received, {}, count == 0, error))
      text +=
          std::to_string(reply.status) + (reply.complete ? " " : "(cut) ") + reply.content + " ";
    return text + (count == 0 ? "close" : errno == EAGAIN ? "open" : "reset");
  }

  ServerSettings settings;
  Side near, far;
  int client = -1;
  std::string received, error;
};

TEST_F(Move, AnswersTheRequestAndThoseBehindItOnTheOtherLoop) {
  send(std::string(kWhere) + kWhere);
  move();
  EXPECT_EQ(statuses(), "200 far 200 far open");
  send(kWhere);
  move();
  EXPECT_EQ(statuses(), "200 far 200 far 200 far open");
  EXPECT_EQ(near.connection, nullptr);
  EXPECT_TRUE(near.records.empty());
  EXPECT_EQ(far.records.size(), 3u);
  EXPECT_EQ(near.running, 0);
  EXPECT_EQ(far.running, 0);
}

TEST_F(Move, StaysWhereTheLoopIsNotLate) {
  settings.late_ns = settings.busy_ns = UINT64_MAX;
  send(kWhere);
  move();
  EXPECT_EQ(statuses(), "200 near open");
}

TEST_F(Move, StaysWhereNobodyIsLessBusy) {
  near.other = nullptr;
  send(kWhere);
  move();
  EXPECT_EQ(statuses(), "200 near open");
}

TEST_F(Move, StaysWhereTheClientHasFinished) {
  settings.half_close = true;
  send(kWhere);
  ::shutdown(client, SHUT_WR);
  move();
  EXPECT_EQ(statuses(), "200 near close");
}

TEST_F(Move, TakesContentAlongAndWaitsForTheRest) {
  send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
  move();
  send(std::string("56789") + kWhere);
  move();
  EXPECT_EQ(statuses(), "200 0123456789 200 far open");
  ASSERT_EQ(far.records.size(), 2u);
  EXPECT_EQ(far.records[0].received, 10u);
}

TEST_F(Move, TakesChunksAlong) {
  send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
  move();
  send("c\r\n0\r\n\r\n");
  move();
  EXPECT_EQ(statuses(), "200 abc open");
}

TEST_F(Move, AsksForContentThatTheClientHoldsBack) {
  send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
  move();
  EXPECT_EQ(statuses(), "100  open");
  send("x");
  move();
  EXPECT_EQ(statuses(), "100  200 late\n open");
}

TEST_F(Move, RefusesOnTheOtherLoopWhatIsTooLarge) {
  settings.max_body = 5;
  send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789");
  move();
  EXPECT_EQ(statuses().substr(0, 4), "413 ");
  EXPECT_TRUE(near.records.empty());
  EXPECT_EQ(far.records.size(), 1u);
}

TEST_F(Move, LeavesTheQueueWithThePlaceThatItGot) {
  Admission::Place taken = near.gate.try_enter();
  send("POST /never HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: 3\r\n\r\nabc");
  near.other = nullptr;
  near.settle();
  EXPECT_EQ(near.gate.waiting(), 1u);
  near.other = &far;
  taken = {};
  move();
  EXPECT_EQ(near.gate.waiting(), 0u);
  EXPECT_EQ(near.gate.running(), 1u);
  EXPECT_EQ(far.gate.running(), 0u);
  EXPECT_EQ(near.running, 0);
  EXPECT_EQ(far.running, 1);
  leave();
  far.settle();
  EXPECT_EQ(near.gate.running(), 0u);
  EXPECT_EQ(far.running, 0);
  ASSERT_EQ(far.records.size(), 1u);
  EXPECT_EQ(far.records[0].id, "mine");
  EXPECT_EQ(far.records[0].outcome, Outcome::cancelled);
  EXPECT_TRUE(near.records.empty());
}

TEST_F(Move, WaitsInTheQueueOfTheOtherLoop) {
  Admission::Place taken = far.gate.try_enter();
  send(kWhere);
  move();
  EXPECT_EQ(far.gate.waiting(), 1u);
  EXPECT_EQ(statuses(), "open");
  taken = {};
  far.settle();
  EXPECT_EQ(statuses(), "200 far open");
}

TEST_F(Move, CountsTimeoutsFromTheHead) {
  send(kNever);
  near.settle();
  ASSERT_NE(near.handover, nullptr);
  far.loop.advance_clock(29 * kSecond);
  move();
  EXPECT_EQ(statuses(), "open");
  far.loop.advance_clock(2 * kSecond);
  far.settle();
  EXPECT_EQ(statuses().substr(0, 4), "504 ");
  ASSERT_EQ(far.records.size(), 1u);
  EXPECT_GE(far.records[0].took_ns, 30 * kSecond);
}

TEST_F(Move, NoticesAClientThatLeavesOnTheWay) {
  send(kNever);
  near.settle();
  ASSERT_NE(near.handover, nullptr);
  leave();
  move();
  EXPECT_EQ(far.connection, nullptr);
  ASSERT_EQ(far.records.size(), 1u);
  EXPECT_EQ(far.records[0].outcome, Outcome::cancelled);
  EXPECT_EQ(far.gate.running(), 0u);
}

TEST_F(Move, EndsAfterItsAnswerWhereTheOtherLoopDrains) {
  far.drains = true;
  send(std::string(kWhere) + kGet);
  move();
  EXPECT_EQ(statuses(), "200 far close");
}

TEST_F(Move, ClosesWhatNobodyTakesOver) {
  Admission::Place taken = near.gate.try_enter();
  near.other = nullptr;
  send(kWhere);
  near.settle();
  near.other = &far;
  taken = {};
  near.settle();
  ASSERT_NE(near.handover, nullptr);
  EXPECT_EQ(near.gate.running(), 1u);
  near.handover.reset();
  EXPECT_EQ(near.gate.running(), 0u);
  EXPECT_EQ(statuses(), "close");
}

TEST_F(Move, ComesBackWithALaterRequest) {
  send(kWhere);
  move();
  far.other = &near;
  near.other = nullptr;
  send(kWhere);
  far.settle();
  ASSERT_NE(far.handover, nullptr);
  near.take_over(std::move(far.handover));
  near.settle();
  EXPECT_EQ(statuses(), "200 far 200 near open");
}

}  // namespace
}  // namespace weir::http::h1
