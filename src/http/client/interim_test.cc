#include <gtest/gtest.h>

#include <future>

#include "http/client/testing/upstream.h"
#include "io/memory_stream.h"

namespace weir::http::client {
namespace {

using namespace testing;

Request post(const std::string& authority, std::shared_ptr<HandBody::Remote> remote,
             std::optional<uint64_t> length = {}) {
  Request request = Upstream::request(authority, "POST");
  request.fields.append("Expect", "100-continue");
  request.body = std::make_unique<HandBody>(std::move(remote), length);
  return request;
}

TEST(Client, HandsOnInformationalResponsesBut100) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_head();
    peer.send(
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    peer.send(std::string("HTTP/1.1 102 Processing\r\n\r\n") + hello);
  });
  Upstream up;
  auto answer = up.get(server.authority());
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(up.read(*answer->body).data, "hello");
  ASSERT_EQ(up.exchange.informed.size(), 2u);
  EXPECT_EQ(up.exchange.informed[0].status, 103);
  EXPECT_EQ(up.exchange.informed[0].fields.first("link"), "</a>");
  EXPECT_EQ(up.exchange.informed[1].status, 102);
}

TEST(Client, HoldsTheBodyBackUntilTheServerSaysContinue) {
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "content";
  remote->ended = true;
  RawServer server([&](RawPeer& peer, int) {
    std::string head = peer.read_head();
    EXPECT_NE(head.find("Expect: 100-continue"), std::string::npos);
    EXPECT_FALSE(peer.has_bytes_within(50));
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(peer.read_until("content"), "content");
    peer.send(hello);
  });
  Upstream up;
  auto answer = up.send(post(server.authority(), remote, 7));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(up.read(*answer->body).data, "hello");
}

TEST(Client, ExpectsNothingWithoutABody) {
  RawServer server([](RawPeer& peer, int) {
    EXPECT_EQ(peer.read_head().find("Expect"), std::string::npos);
    peer.send(hello);
  });
  Upstream up;
  Request request = Upstream::request(server.authority());
  request.fields.append("Expect", "100-continue");
  EXPECT_TRUE(up.send(std::move(request)).ok());
}

TEST(Client, SendsTheBodyAfterAWhileToAServerThatNeverSaysContinue) {
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "content";
  remote->ended = true;
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    EXPECT_EQ(peer.read_until("content"), "content");
    peer.send(hello);
  });
  Upstream up;
  auto answer = up.send(post(server.authority(), remote, 7));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
}

TEST(Client, NeverReadsABodyThatTheServerRefusesBefore) {
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "content";
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
    EXPECT_TRUE(peer.sees_close());
  });
  Upstream up;
  auto answer = up.send(post(server.authority(), remote, 7));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(up.read(*answer->body).data, "no");
  EXPECT_EQ(remote->polls, 0u);
  // What the server expects next on that connection is uncertain: it is not used again.
  EXPECT_EQ(up.client->pool().idle(), 0u);
}

TEST(Client, SendsABodyThatAnAnswerOfSuccessBeginsWithout) {
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "content";
  remote->ended = true;
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    EXPECT_EQ(peer.read_until("content"), "content");
    peer.send("2\r\nok\r\n0\r\n\r\n");
  });
  Upstream up;
  auto answer = up.send(post(server.authority(), remote, 7));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(up.read(*answer->body).data, "ok");
}

TEST(Client, AsksAgainWithoutAnExpectationThatFailed) {
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "content";
  remote->ended = true;
  RawServer server([&](RawPeer& peer, int number) {
    std::string head = peer.read_head();
    EXPECT_EQ(head.find("Expect") == std::string::npos, number == 1);
    if (number == 0) {
      peer.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    EXPECT_EQ(peer.read_until("content"), "content");
    peer.send(hello);
  });
  Upstream up;
  auto answer = up.send(post(server.authority(), remote, 7));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(server.connections(), 2);
}

std::string read_some(Upstream& up, io::Stream& from, size_t size) {
  std::string all;
  Upstream::Idle waiter(up.loop);
  up.run_until([&] {
    uint8_t buffer[100];
    auto result = from.read(buffer, &waiter);
    if (result.state == io::IoResult::State::done)
      all.append(reinterpret_cast<char*>(buffer), result.bytes);
    return all.size() >= size || result.state == io::IoResult::State::end ||
           result.state == io::IoResult::State::failed;
  });
  return all;
}

void write_all(io::Stream& to, std::string_view text) {
  iovec one{const_cast<char*>(text.data()), text.size()};
  EXPECT_EQ(to.write({&one, 1}, nullptr).bytes, text.size());
}

TEST(Client, UpgradesToWhatTheRequestOffersAndCarriesBytesBothWays) {
  RawServer server([](RawPeer& peer, int) {
    std::string head = peer.read_head();
    EXPECT_NE(head.find("Upgrade: echo/1, other\r\nConnection: upgrade\r\n"), std::string::npos);
    peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo/1\r\nConnection: upgrade\r\n\r\nhi");
    EXPECT_EQ(peer.read_until("ping"), "ping");
    peer.send("pong");
    EXPECT_TRUE(peer.sees_close());
    peer.send("last");
  });
  Upstream up;
  up.exchange.tunnels = true;
  Request request = Upstream::request(server.authority());
  request.upgrade = "echo/1, other";
  auto answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 101);
  EXPECT_EQ(answer->fields.first("upgrade"), "echo/1");
  auto [near, far] = io::memory_stream_pair();
  up.exchange.tunnel->open(std::move(far));
  EXPECT_EQ(read_some(up, *near, 2), "hi");
  write_all(*near, "ping");
  EXPECT_EQ(read_some(up, *near, 4), "pong");
  near->shut_down_writes();
  EXPECT_EQ(read_some(up, *near, 100), "last");
}

TEST(Client, RefusesAnUpgradeThatItDidNotOffer) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\n\r\n");
  });
  Upstream up;
  up.exchange.tunnels = true;
  auto answer = up.get(server.authority());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), ErrorCode::Kind::http_protocol_error);
  Request request = Upstream::request(server.authority());
  request.upgrade = "echo";
  answer = up.send(std::move(request));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), ErrorCode::Kind::http_upgrade_failed);
}

TEST(Client, ConnectMakesATunnelUnderThePolicy) {
  RawServer server([](RawPeer& peer, int) {
    EXPECT_EQ(peer.read_until("ping"), "ping");
    peer.send("pong");
  });
  Upstream up;
  up.exchange.tunnels = true;
  auto answer = up.send(Upstream::request(server.authority(), "CONNECT", ""));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 200);
  auto [near, far] = io::memory_stream_pair();
  up.exchange.tunnel->open(std::move(far));
  write_all(*near, "ping");
  EXPECT_EQ(read_some(up, *near, 4), "pong");
  near.reset();

  Upstream denied({"example.com"});
  denied.exchange.tunnels = true;
  auto refused = denied.send(Upstream::request(server.authority(), "CONNECT", ""));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind(), ErrorCode::Kind::http_request_denied);
  EXPECT_EQ(server.connections(), 1);
}

}  // namespace
}  // namespace weir::http::client
