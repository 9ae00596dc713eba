#include "http/h1/server_connection.h"

#include <gtest/gtest.h>

#include "http/h1/testing/served.h"

namespace weir::http::h1 {
namespace {

constexpr uint64_t kSecond = 1'000'000'000;
constexpr const char* kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
}
std::string post(std::string_view path, size_t length) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

TEST(ServerConnection, ClosesAnIdleConnectionInTime) {
  Served served;
  served.wait(59 * kSecond);
  EXPECT_FALSE(served.ended);
  served.send(kGet);
  served.wait(59 * kSecond);
  EXPECT_FALSE(served.ended);
  served.wait(2 * kSecond);
  EXPECT_EQ(served.statuses(), "200 close");
}

TEST(ServerConnection, AnswersAHeadThatComesTooSlowlyWith408) {
  Served served;
  served.send("GET / HT");
  for (int i = 0; i < 9; ++i) {
    served.wait(kSecond);
    served.send("T");
  }
  EXPECT_FALSE(served.ended);
  served.wait(2 * kSecond);
  EXPECT_EQ(served.statuses(), "408 close");
  ASSERT_EQ(served.records.size(), 1u);
  EXPECT_EQ(served.records[0].outcome, Outcome::timeout);
}

TEST(ServerConnection, AnswersContentThatPausesTooLongWith408) {
  ServerSettings settings;
  settings.response_timeout_ns = 0;
  Served served(settings);
  served.send(post("/late", 10'000) + "abc");
  served.wait(29 * kSecond);
  served.send(std::string(3000, 'd'));
  served.wait(29 * kSecond);
  EXPECT_TRUE(served.received.empty());
  served.wait(2 * kSecond);
  EXPECT_EQ(served.statuses(), "408 close");
}

TEST(ServerConnection, AnswersContentThatTricklesWith408) {
  ServerSettings settings;
  settings.response_timeout_ns = 0;
  Served served(settings);
  served.send(post("/late", 100'000));
  // 50 bytes a second, one by one second: less than may be.
  int seconds = 0;
  for (; seconds < 300 && !served.ended; ++seconds) {
    served.send(std::string(50, 'x'));
    served.wait(kSecond);
  }
  EXPECT_EQ(served.statuses(), "408 close");
  EXPECT_GT(seconds, 30);
  EXPECT_LT(seconds, 100);
}

TEST(ServerConnection, LetsContentComeAtItsOwnPaceAboveTheFloor) {
  ServerSettings settings;
  settings.response_timeout_ns = 0;
  Served served(settings);
  served.send(post("/late", 30'000));
  for (int i = 0; i < 200; ++i) {
    served.send(std::string(150, 'x'));
    served.wait(kSecond);
  }
  EXPECT_EQ(served.statuses({"POST"}), "200 open");
}

TEST(ServerConnection, DoesNotBlameTheClientWhileNobodyReadsItsContent) {
  ServerSettings settings;
  settings.response_timeout_ns = 0;
  Served served(settings);
  served.send(post("/never", 100));
  served.wait(600 * kSecond);
  EXPECT_TRUE(served.received.empty());
  EXPECT_EQ(served.handler.waiting, 1);
}

TEST(ServerConnection, AnswersWith504WhenTheHandlerTakesTooLong) {
  Served served;
  served.send(get("/never"));
  EXPECT_EQ(served.handler.waiting, 1);
  served.wait(29 * kSecond);
  EXPECT_EQ(served.handler.waiting, 1);
  served.wait(2 * kSecond);
  EXPECT_EQ(served.handler.waiting, 0);
  EXPECT_EQ(served.statuses(), "504 open");
  EXPECT_EQ(served.records.at(0).outcome, Outcome::timeout);
  served.send(kGet);
  EXPECT_EQ(served.statuses(), "504 200 open");
}

TEST(ServerConnection, LimitsARequestAsAWholeWhereItIsTold) {
  ServerSettings settings;
  settings.max_duration_ns = 5 * kSecond;
  settings.response_timeout_ns = 0;
  Served waits(settings);
  waits.send(get("/never"));
  waits.wait(6 * kSecond);
  EXPECT_EQ(waits.statuses(), "504 open");

  Served stalls(settings);
  stalls.reads = false;
  stalls.send(get("/bytes/10000000"));
  stalls.wait(6 * kSecond);
  stalls.reads = true;
  stalls.settle();
  EXPECT_EQ(stalls.statuses().substr(0, 8), "200(cut)");
}

TEST(ServerConnection, CutsAClientThatDoesNotRead) {
  Served served;
  served.reads = false;
  served.send(get("/bytes/10000000"));
  served.wait(29 * kSecond);
  EXPECT_FALSE(served.gone);
  served.wait(2 * kSecond);
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(served.records.at(0).outcome, Outcome::timeout);
}

TEST(ServerConnection, TakesNoMoreThanABatchFromABodyThatNobodyReads) {
  Served served;
  served.reads = false;
  served.send(get("/bytes/10000000"));
  served.settle();
  ASSERT_TRUE(served.records.empty());
  EXPECT_LE(served.bytes.used(), 128u << 10);
}

TEST(ServerConnection, HoldsNoBufferWhileItIsIdle) {
  Served served;
  served.send(post("/late", 200'000) + std::string(200'000, 'x'));
  served.send(get("/bytes/1000000"));
  EXPECT_EQ(served.statuses({"POST"}), "200 200 open");
  EXPECT_EQ(served.bytes.used(), 0u);
}

TEST(ServerConnection, RefusesContentThatIsTooLarge) {
  ServerSettings settings;
  settings.max_body = 10;
  Served known(settings);
  known.send(post("/late", 11));
  EXPECT_EQ(known.statuses(), "413 close");
  EXPECT_EQ(known.handler.ended, 0);
  Served exact(settings);
  exact.send(post("/echo", 10) + "0123456789");
  EXPECT_EQ(exact.statuses(), "200 open");
  Served chunked(settings);
  chunked.send("POST /late HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  chunked.send("6\r\nabcdef\r\n");
  EXPECT_EQ(chunked.statuses(), "open");
  chunked.send("6\r\nabcdef\r\n");
  EXPECT_EQ(chunked.statuses(), "413 close");
}

TEST(ServerConnection, NoticesThatTheClientIsGoneWhileTheHandlerWaits) {
  Served served;
  served.send(get("/never"));
  ASSERT_EQ(served.handler.waiting, 1);
  served.client.reset();
  served.settle();
  EXPECT_EQ(served.handler.waiting, 0);
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(served.records.at(0).outcome, Outcome::cancelled);
  EXPECT_EQ(served.running, 0);
}

TEST(ServerConnection, NoticesThatTheClientIsGoneWhileAPipelinedRequestWaits) {
  Served served;
  served.send(get("/never") + kGet + std::string(100, 'x'));
  served.client.reset();
  served.settle();
  EXPECT_EQ(served.handler.waiting, 0);
  EXPECT_TRUE(served.gone);
}

TEST(ServerConnection, NoticesThatTheClientIsGoneWhileItsContentStalls) {
  Served served;
  served.send(post("/late", 100) + "abc");
  served.client->reset();
  served.settle();
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(served.running, 0);
}

TEST(ServerConnection, SaysContinueBeforeAnAnswerThatGoesOnWithTheContent) {
  Served served;
  served.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_TRUE(served.received.starts_with("HTTP/1.1 100 ")) << served.received;
  served.send("hello");
  EXPECT_EQ(served.statuses(), "100 200 open");
  EXPECT_EQ(served.replies()[1].content, "hello");
}

TEST(ServerConnection, NeverRunsARequestWhoseClientLeftTheQueue) {
  Served served({}, 64 << 10, nullptr, 1);
  Admission::Place busy = served.gate.try_enter();
  served.send(get("/never"));
  EXPECT_EQ(served.gate.waiting(), 1u);
  served.client.reset();
  served.settle();
  EXPECT_EQ(served.gate.waiting(), 0u);
  busy = {};
  served.settle();
  EXPECT_EQ(served.handler.waiting + served.handler.ended, 0);
}

TEST(ServerConnection, LetsARequestWaitForASecondThenRefusesIt) {
  Served served({}, 64 << 10, nullptr, 1);
  Admission::Place busy = served.gate.try_enter();
  served.send(kGet);
  EXPECT_TRUE(served.received.empty());
  served.wait(kSecond + 1'000'000);
  EXPECT_EQ(served.statuses(), "503 open");
  EXPECT_EQ(served.replies()[0].fields.first("retry-after"), "1");
  EXPECT_EQ(served.gate.waiting(), 0u);
  busy = {};
  served.send(kGet);
  EXPECT_EQ(served.statuses(), "503 200 open");
  EXPECT_EQ(served.running, 0);
  EXPECT_EQ(served.gate.running(), 0u);
}

TEST(ServerConnection, RunsARequestOnceThereIsRoom) {
  Served served({}, 64 << 10, nullptr, 1);
  Admission::Place busy = served.gate.try_enter();
  served.send(kGet);
  EXPECT_TRUE(served.received.empty());
  busy = {};
  served.settle();
  EXPECT_EQ(served.statuses(), "200 open");
  EXPECT_EQ(served.gate.waiting() + served.gate.running(), 0u);
}

TEST(ServerConnection, RefusesAtOnceWhereTheQueueIsFull) {
  Served served({}, 64 << 10, nullptr, 1, 0);
  Admission::Place busy = served.gate.try_enter();
  served.send(kGet);
  EXPECT_EQ(served.statuses(), "503 open");
}

TEST(ServerConnection, EndsAnIdleConnectionOfADrainOnceNobodyWasHeardOfForASecond) {
  Served fresh;
  fresh.is_draining = true;
  fresh.connection->drain();
  fresh.settle();
  EXPECT_FALSE(fresh.ended);
  // A request that was on its way.
  fresh.send(kGet);
  EXPECT_EQ(fresh.statuses(), "200 close");
  EXPECT_EQ(fresh.replies()[0].fields.first("connection"), "close");

  Served idle;
  idle.wait(2 * kSecond);
  idle.is_draining = true;
  idle.connection->drain();
  idle.settle();
  EXPECT_TRUE(idle.ended);
}

TEST(ServerConnection, FinishesARequestThatIsUnderWayInADrain) {
  Served served;
  served.send(post("/late", 3));
  served.is_draining = true;
  served.connection->drain();
  served.settle();
  EXPECT_FALSE(served.ended);
  served.send("abc");
  EXPECT_EQ(served.statuses({"POST"}), "200 close");
}

TEST(ServerConnection, ToleratesTheEndOfAClientsDirectionWhereItIsTold) {
  ServerSettings settings;
  settings.half_close = true;
  Served served(settings);
  served.send(get("/never"));
  served.client->shut_down_writes();
  served.settle();
  EXPECT_EQ(served.handler.waiting, 1);
  served.wait(31 * kSecond);
  EXPECT_EQ(served.statuses(), "504 close");
}

TEST(ServerConnection, AnswersACutRequestOfAHalfClosedConnectionWith400) {
  ServerSettings settings;
  settings.half_close = true;
  Served served(settings);
  served.send(post("/late", 10) + "abc");
  served.client->shut_down_writes();
  served.settle();
  EXPECT_EQ(served.statuses(), "400 close");
}

TEST(ServerConnection, DropsInformationalResponsesThatAClientDoesNotRead) {
  class Talker final : public Handler {
   public:
    io::Task<Result<Response, ErrorCode>> handle(Request, Exchange& exchange) override {
      for (int i = 0; i < 100'000; ++i) exchange.inform({103, {}});
      io::Wakeup wake(exchange.loop());
      while (true) co_await wake;
    }
  };
  Served served({}, 4096, std::make_unique<Talker>());
  served.reads = false;
  served.send(kGet);
  EXPECT_LE(served.bytes.used(), 64u << 10);
}

TEST(ServerConnection, LingersSoThatUnreadContentDoesNotDestroyTheAnswer) {
  Served served;
  served.send(post("/early", 1 << 20) + std::string(1000, 'x'));
  EXPECT_EQ(served.statuses({"POST"}), "200 close");
  EXPECT_FALSE(served.gone);
  served.send(std::string(200'000, 'x'));
  EXPECT_FALSE(served.gone);
  served.wait(2 * kSecond + 1'000'000);
  EXPECT_TRUE(served.gone);
}

// Answers at once and keeps the content for later.
class Later final : public Handler {
 public:
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange&) override {
    body = std::move(request.body);
    Response response;
    response.body = empty_body();
    co_return std::move(response);
  }
  BodyPtr body;
};

TEST(ServerConnection, GoesOnWithContentAfterTheAnswer) {
  auto own = std::make_unique<Later>();
  Later& later = *own;
  Served served({}, 64 << 10, std::move(own));
  served.send(post("/", 6) + "abc");
  EXPECT_EQ(served.statuses({"POST"}), "200 open");
  EXPECT_EQ(later.body->poll(100, nullptr).data.view(), "abc");
  served.send("def");
  EXPECT_EQ(later.body->poll(100, nullptr).data.view(), "def");
  EXPECT_EQ(later.body->poll(100, nullptr).state, Body::State::end);
  served.settle();
  EXPECT_EQ(served.records.size(), 1u);
  EXPECT_EQ(later.body->poll(100, nullptr).state, Body::State::end);
  served.send(post("/", 3));
  EXPECT_EQ(served.statuses({"POST", "POST"}), "200 200 open");
  later.body.reset();
  served.send("abc");
  served.settle();
  EXPECT_EQ(served.records.size(), 2u);
}

TEST(ServerConnection, TellsTheReaderOfContentThatTheClientIsGone) {
  auto own = std::make_unique<Later>();
  Later& later = *own;
  Served served({}, 64 << 10, std::move(own));
  served.send(post("/", 6) + "abc");
  served.client.reset();
  served.settle();
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(later.body->poll(100, nullptr).state, Body::State::error);
}

// --- tunnels

// Answers everything with a tunnel that sends back what comes.
class EchoTunnel final : public Handler {
 public:
  struct Pump final : Exchange::Tunnel {
    Pump(EchoTunnel& owner, io::Loop& loop) : owner(owner), wake(loop, *this) {
      ++owner.open_count;
    }
    ~Pump() override { --owner.open_count; }
    void open(std::unique_ptr<io::Stream> opened) override {
      stream = std::move(opened);
      go();
    }
    void go() {
      uint8_t buffer[1000];
      while (stream) {
        auto result = stream->read(buffer, &wake);
        if (result.state == io::IoResult::State::pending) return;
        if (result.state != io::IoResult::State::done) {
          stream.reset();
          return;
        }
        iovec part{buffer, result.bytes};
        stream->write({&part, 1}, nullptr);
      }
    }
    EchoTunnel& owner;
    std::unique_ptr<io::Stream> stream;
    io::MemberWaiter<&Pump::go, Pump> wake;
  };
  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override {
    accepted = exchange.accept_tunnel(std::make_unique<Pump>(*this, exchange.loop()));
    Response response;
    response.status = request.method == "CONNECT" ? 200 : 101;
    if (response.status == 101) response.fields.append("upgrade", request.upgrade);
    response.fields.append("content-length", "10");
    response.body = empty_body();
    co_return std::move(response);
  }
  bool accepted = false;
  int open_count = 0;
};

TEST(ServerConnection, OpensATunnelAfterConnect) {
  auto own = std::make_unique<EchoTunnel>();
  EchoTunnel& echo = *own;
  Served served({}, 64 << 10, std::move(own));
  served.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\nearly");
  EXPECT_TRUE(echo.accepted);
  served.send(" late");
  auto replies = served.replies({"CONNECT"});
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].status, 200);
  EXPECT_FALSE(replies[0].fields.has("content-length"));
  EXPECT_FALSE(replies[0].fields.has("transfer-encoding"));
  EXPECT_EQ(replies[0].content, "early late");
  EXPECT_TRUE(served.records.empty());
  served.client->shut_down_writes();
  served.settle();
  EXPECT_TRUE(served.gone);
  EXPECT_EQ(echo.open_count, 0);
  EXPECT_EQ(served.records.size(), 1u);
  EXPECT_EQ(served.running, 0);
}

TEST(ServerConnection, OpensATunnelAfterAnUpgrade) {
  Served served({}, 64 << 10, std::make_unique<EchoTunnel>());
  served.send(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: echo\r\n\r\nabc");
  auto replies = served.replies();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].status, 101);
  EXPECT_EQ(replies[0].fields.first("upgrade"), "echo");
  EXPECT_EQ(replies[0].fields.first("connection"), "upgrade");
  EXPECT_EQ(replies[0].content, "abc");
}

TEST(ServerConnection, OpensNoTunnelForARequestThatAsksForNone) {
  auto own = std::make_unique<EchoTunnel>();
  EchoTunnel& echo = *own;
  Served served({}, 64 << 10, std::move(own));
  served.send(kGet);
  EXPECT_FALSE(echo.accepted);
  EXPECT_EQ(served.statuses(), "500 open");
  EXPECT_EQ(echo.open_count, 0);
}

TEST(ServerConnection, EndsATunnelWhenTheConnectionIsCut) {
  auto own = std::make_unique<EchoTunnel>();
  EchoTunnel& echo = *own;
  Served served({}, 64 << 10, std::move(own));
  served.send("CONNECT b:1 HTTP/1.1\r\nHost: b:1\r\n\r\n");
  EXPECT_EQ(echo.open_count, 1);
  served.connection->cut(CancelReason::drain);
  served.settle();
  EXPECT_EQ(echo.open_count, 0);
  EXPECT_TRUE(served.gone);
}

TEST(ServerConnection, PausesReadingWhileTheProcessHoldsTooMuch) {
  Served served;
  // Somebody else's bytes.
  auto other = std::make_unique<BudgetShare>(served.bytes);
  other->hold(100 << 20);
  served.send(kGet);
  EXPECT_EQ(served.statuses(), "200 open");
  served.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: " + std::string(5000, 'a'));
  served.send("a\r\n\r\n");
  EXPECT_EQ(served.statuses(), "200 open");
  other.reset();
  served.wait(20'000'000);
  EXPECT_EQ(served.statuses(), "200 200 open");
}

TEST(ServerConnection, AnswersManyRequestsAtOnceWithoutDeepRecursion) {
  Served served({}, 1 << 20);
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += kGet;
  served.send(many);
  served.settle();
  EXPECT_EQ(served.replies().size(), 20'000u);
}

TEST(ServerConnection, MakesOneOfManySmallChunks) {
  Served served;
  std::string chunks;
  for (int i = 0; i < 1000; ++i) chunks += "1\r\nx\r\n";
  served.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks +
              "0\r\n\r\n");
  auto replies = served.replies();
  ASSERT_EQ(replies.size(), 1u);
  EXPECT_EQ(replies[0].content, std::string(1000, 'x'));
  EXPECT_LT(served.received.size(), 1500u);
}

}  // namespace
}  // namespace weir::http::h1
