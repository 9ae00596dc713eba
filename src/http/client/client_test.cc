// Long because each case scripts its own server.
#include "http/client/client.h"

#include <gtest/gtest.h>

#include <future>

#include "http/client/testing/upstream.h"

namespace weir::http::client {
namespace {

using namespace testing;

TEST(Client, SendsTheHeadAsWrittenAndReadsTheResponse) {
  std::promise<std::string> seen;
  RawServer server([&](RawPeer& peer, int) {
    seen.set_value(peer.read_head());
    peer.send(hello);
  });
  Upstream up;
  Request request = Upstream::request("user:secret@" + server.authority(), "GET", "/a%2Fb?c");
  request.fields.append("X-Case", "Kept");
  request.fields.append("Connection", "X-Hop");
  request.fields.append("Transfer-Encoding", "gzip");
  request.fields.append("Host", "elsewhere");
  request.fields.append("TE", "trailers");
  auto answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->fields.first("x-a"), "b");
  EXPECT_EQ(answer->body->length(), 5u);
  EXPECT_EQ(up.read(*answer->body).data, "hello");
  EXPECT_EQ(seen.get_future().get(),
            "GET /a%2Fb?c HTTP/1.1\r\nHost: " + server.authority() +
                "\r\nX-Case: Kept\r\nTE: trailers\r\nConnection: TE\r\n\r\n");
}

TEST(Client, ReadsEveryFramingInPiecesOfAnySize) {
  const std::pair<std::string, bool> responses[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", true},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
       "3\r\n012\r\n7;x=y\r\n3456789\r\n0\r\nX-T: u\r\n\r\n",
       true},
      {"HTTP/1.1 200 OK\r\n\r\n0123456789", false},
      {"HTTP/1.0 200 OK\r\n\r\n0123456789", false},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789",
       true},
  };
  for (const auto& [text, kept] : responses) {
    for (bool bytewise : {false, true}) {
      for (bool into : {false, true}) {
        RawServer server([&](RawPeer& peer, int) {
          peer.read_head();
          if (bytewise) {
            for (char c : text) peer.send({&c, 1});
          } else {
            peer.send(text);
          }
          if (kept) peer.sees_close();
        });
        Upstream up;
        auto answer = up.get(server.authority());
        ASSERT_TRUE(answer.ok()) << text << answer.error().describe();
        Content content = up.read(*answer->body, into);
        EXPECT_EQ(content.data, "0123456789") << text;
        EXPECT_FALSE(content.error) << text;
        if (text.find("X-T") != std::string::npos) EXPECT_EQ(content.trailers.first("x-t"), "u");
        EXPECT_EQ(up.client->pool().idle(), kept ? 1u : 0u) << text;
        answer->body.reset();
        up.client.reset();
      }
    }
  }
}

TEST(Client, KnowsResponsesWithoutContent) {
  for (const char* text :
       {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    RawServer server([&](RawPeer& peer, int) {
      peer.read_head();
      peer.send(text);
      peer.sees_close();
    });
    Upstream up;
    auto answer = up.get(server.authority());
    ASSERT_TRUE(answer.ok()) << text;
    EXPECT_EQ(up.read(*answer->body).data, "");
    EXPECT_EQ(up.client->pool().idle(), 1u);
    up.client.reset();
  }
  RawServer server([](RawPeer& peer, int) {
    EXPECT_TRUE(peer.read_head().starts_with("HEAD / "));
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n");
    peer.sees_close();
  });
  Upstream up;
  auto answer = up.send(Upstream::request(server.authority(), "HEAD"));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->fields.first("content-length"), "99");
  EXPECT_EQ(up.read(*answer->body).data, "");
  up.client.reset();
}

TEST(Client, SendsABodyOfKnownLengthWithItsLength) {
  std::promise<std::string> seen;
  RawServer server([&](RawPeer& peer, int) {
    seen.set_value(peer.read_until("abcdef"));
    peer.send(hello);
  });
  Upstream up;
  Request request = Upstream::request(server.authority(), "POST");
  request.body = bytes_body(Bytes::borrow_static("abcdef"));
  ASSERT_TRUE(up.send(std::move(request)).ok());
  EXPECT_EQ(seen.get_future().get(), "POST / HTTP/1.1\r\nHost: " + server.authority() +
                                         "\r\nContent-Length: 6\r\n\r\nabcdef");
}

TEST(Client, SendsABodyOfUnknownLengthChunkedWithTrailersWhileTheResponseFlows) {
  std::promise<std::string> seen;
  RawServer server([&](RawPeer& peer, int) {
    std::string text = peer.read_until("one\r\n");
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n");
    text += peer.read_until("two\r\n");
    peer.send("3\r\ndue\r\n0\r\n\r\n");
    text += peer.read_until("\r\n\r\n");
    seen.set_value(text);
    peer.sees_close();
  });
  Upstream up;
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "one";
  Request request = Upstream::request(server.authority(), "POST");
  request.body = std::make_unique<HandBody>(remote);
  auto answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok());
  Upstream::Idle waiter(up.loop);
  Body::Frame frame;
  ASSERT_TRUE(up.run_until([&] {
    frame = answer->body->poll(100, &waiter);
    return frame.state != Body::State::pending;
  }));
  EXPECT_EQ(frame.data.view(), "uno");
  remote->bytes = "two";
  remote->waiters.wake_all();
  EXPECT_EQ(up.read(*answer->body).data, "due");
  // The response has ended; the request goes on and then the connection is kept.
  EXPECT_EQ(up.client->pool().idle(), 0u);
  Fields trailers;
  trailers.append("X-Sum", "2");
  trailers.append("Content-Length", "3");
  remote->trailers = trailers;
  remote->ended = true;
  remote->waiters.wake_all();
  EXPECT_TRUE(up.run_until([&] { return up.client->pool().idle() == 1; }));
  EXPECT_EQ(seen.get_future().get(),
            "POST / HTTP/1.1\r\nHost: " + server.authority() +
                "\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\nX-Sum: "
                "2\r\n\r\n");
  EXPECT_FALSE(remote->aborted);
  EXPECT_TRUE(remote->destroyed);
  up.client.reset();
}

TEST(Client, MovesLargeBodiesBothWays) {
  std::string large(3 << 20, 'x');
  for (size_t i = 0; i < large.size(); i += 7) large[i] = static_cast<char>('a' + i % 26);
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.read_until("END");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(large.size()) + "\r\n\r\n" +
              large);
  });
  Upstream up;
  Request request = Upstream::request(server.authority(), "POST");
  request.body = bytes_body(Bytes::copy(large + "END"));
  auto answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_TRUE(up.read(*answer->body, true).data == large);
}

TEST(Client, RefusesBodiesThatBreakTheirLength) {
  for (const char* text : {"abc", "abcdefgh"}) {
    RawServer server([](RawPeer& peer, int) { peer.sees_close(); });
    Upstream up;
    auto remote = std::make_shared<HandBody::Remote>();
    remote->bytes = text;
    remote->ended = true;
    Request request = Upstream::request(server.authority(), "POST");
    request.body = std::make_unique<HandBody>(remote, 5);
    auto answer = up.send(std::move(request));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error(),
              ErrorCode(Kind::http_request_body_size, std::optional<uint64_t>(strlen(text))));
  }
}

TEST(Client, FailsWithWhatItsRequestBodyFailsWith) {
  RawServer server([](RawPeer& peer, int) { EXPECT_TRUE(peer.sees_close()); });
  Upstream up;
  auto remote = std::make_shared<HandBody::Remote>();
  remote->error = Kind::connection_terminated;
  Request request = Upstream::request(server.authority(), "POST");
  request.body = std::make_unique<HandBody>(remote);
  auto answer = up.send(std::move(request));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_terminated);
}

TEST(Client, KeepsAConnectionAndUsesItAgain) {
  RawServer server(serve_hello);
  Upstream up;
  for (int i = 0; i < 3; ++i) {
    auto answer = up.get(server.authority());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(up.read(*answer->body).data, "hello");
    EXPECT_EQ(up.client->pool().idle(), 1u);
    EXPECT_EQ(up.client->pool().open(), 1u);
  }
  EXPECT_EQ(server.connections(), 1);
  up.loop.advance_clock(31'000'000'000);
  EXPECT_TRUE(up.run_until([&] { return up.client->pool().open() == 0; }));
}

TEST(Client, DoesNotKeepWhatTheServerWillCloseOrHasSpoiled) {
  for (const char* text : {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\na",
                           "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc",
                           "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"}) {
    RawServer server([&](RawPeer& peer, int) {
      peer.read_head();
      peer.send(text);
      EXPECT_TRUE(peer.sees_close());
    });
    Upstream up;
    auto answer = up.get(server.authority());
    ASSERT_TRUE(answer.ok());
    EXPECT_EQ(up.read(*answer->body).data, "a");
    EXPECT_EQ(up.client->pool().open(), 0u) << text;
  }
}

// Answers once and then closes at the next request's first bytes.
void serve_once_per_connection(RawPeer& peer, int) {
  peer.read_head();
  peer.send(hello);
  peer.read_head();
}

TEST(Client, RetriesOnceWhereAKeptConnectionClosesBeforeItAnswers) {
  RawServer server(serve_once_per_connection);
  Upstream up;
  for (int i = 0; i < 3; ++i) {
    auto answer = up.get(server.authority());
    ASSERT_TRUE(answer.ok()) << i << answer.error().describe();
    EXPECT_EQ(up.read(*answer->body).data, "hello");
  }
  EXPECT_EQ(server.connections(), 3);
  up.client.reset();
}

TEST(Client, DoesNotRetryWhatIsNotIdempotentOrWhoseBodyWasRead) {
  for (const char* method : {"POST", "PUT"}) {
    RawServer server(serve_once_per_connection);
    Upstream up;
    auto first = up.get(server.authority());
    ASSERT_TRUE(first.ok());
    up.read(*first->body);
    Request request = Upstream::request(server.authority(), method);
    if (std::string_view(method) == "PUT") request.body = bytes_body(Bytes::borrow_static("abc"));
    auto answer = up.send(std::move(request));
    EXPECT_FALSE(answer.ok()) << method;
    EXPECT_EQ(server.connections(), 1) << method;
  }
}

TEST(Client, NoticesThatAnIdleConnectionWasClosed) {
  std::promise<void> close;
  auto closed = close.get_future().share();
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.send(hello);
    closed.wait();
  });
  Upstream up;
  auto answer = up.get(server.authority());
  ASSERT_TRUE(answer.ok());
  up.read(*answer->body);
  EXPECT_EQ(up.client->pool().idle(), 1u);
  close.set_value();
  EXPECT_TRUE(up.run_until([&] { return up.client->pool().open() == 0; }));
}

TEST(Client, NamesTheFailureAsWasiHttpDoes) {
  struct Case {
    const char* text;  // what the server says before it closes
    Kind kind;
  };
  const Case cases[] = {
      {"", Kind::http_protocol_error},
      {"SSH-2.0-x\r\n", Kind::http_protocol_error},
      {"HTTP/2.0 200 OK\r\n\r\n", Kind::http_protocol_error},
      {"HTTP/1.1 200 OK\r\nA b\r\n\r\n", Kind::http_protocol_error},
      {"HTTP/1.1 200 OK\r\nContent-Len", Kind::http_response_incomplete},
      {"HTTP/1.1 101 Switching\r\n\r\n", Kind::http_protocol_error},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
       Kind::http_response_transfer_coding},
  };
  for (const Case& c : cases) {
    RawServer server([&](RawPeer& peer, int) {
      peer.read_head();
      peer.send(c.text);
    });
    Upstream up;
    auto answer = up.get(server.authority());
    ASSERT_FALSE(answer.ok()) << c.text;
    EXPECT_EQ(answer.error().kind(), c.kind) << c.text << answer.error().describe();
    EXPECT_EQ(up.client->pool().open(), 0u);
  }
}

TEST(Client, SaysThatAResponseWasCut) {
  struct Case {
    const char* text;
    Kind kind;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234", Kind::http_response_incomplete},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n",
       Kind::http_response_incomplete},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\nx\r\n",
       Kind::http_protocol_error},
  };
  for (const Case& c : cases) {
    for (bool into : {false, true}) {
      RawServer server([&](RawPeer& peer, int) {
        peer.read_head();
        peer.send(c.text);
      });
      Upstream up;
      auto answer = up.get(server.authority());
      ASSERT_TRUE(answer.ok());
      Content content = up.read(*answer->body, into);
      EXPECT_EQ(content.data, "01234");
      ASSERT_TRUE(content.error) << c.text;
      EXPECT_EQ(content.error->kind(), c.kind) << c.text;
      EXPECT_EQ(answer->body->poll(1, nullptr).state, Body::State::error);
    }
  }
}

TEST(Client, KeepsToTheTimeoutsOfARequest) {
  RawServer silent([](RawPeer& peer, int) { peer.sees_close(); });
  Upstream up;
  Request request = Upstream::request(silent.authority());
  request.options.first_byte_timeout_ns = 30'000'000;
  auto answer = up.send(std::move(request));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_read_timeout);

  RawServer stalling([](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    peer.sees_close();
  });
  request = Upstream::request(stalling.authority());
  request.options.between_bytes_timeout_ns = 30'000'000;
  answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok());
  Content content = up.read(*answer->body);
  EXPECT_EQ(content.data, "he");
  ASSERT_TRUE(content.error);
  EXPECT_EQ(content.error->kind(), Kind::connection_read_timeout);
  EXPECT_EQ(up.client->pool().open(), 0u);
}

TEST(Client, TakesATimeoutOfZeroAtItsWord) {
  RawServer silent([](RawPeer& peer, int) { peer.sees_close(); });
  Upstream up;
  Request request = Upstream::request(silent.authority());
  request.options.connect_timeout_ns = 0;
  auto answer = up.send(std::move(request));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_timeout);

  request = Upstream::request(silent.authority());
  request.options.first_byte_timeout_ns = 0;
  answer = up.send(std::move(request));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_read_timeout);

  RawServer stalling([](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    peer.sees_close();
  });
  request = Upstream::request(stalling.authority());
  request.options.between_bytes_timeout_ns = 0;
  answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok());
  Content content = up.read(*answer->body);
  ASSERT_TRUE(content.error);
  EXPECT_EQ(content.error->kind(), Kind::connection_read_timeout);
  EXPECT_EQ(up.client->pool().open(), 0u);
}

TEST(Client, SendsAVeryLongPathByteForByte) {
  std::promise<std::string> seen;
  RawServer server([&](RawPeer& peer, int) {
    seen.set_value(peer.read_head());
    peer.send(hello);
  });
  Upstream up;
  std::string path = "/" + std::string(200'000, 'x') + "?%2f";
  auto answer = up.send(Upstream::request(server.authority(), "GET", path));
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  EXPECT_TRUE(seen.get_future().get().starts_with("GET " + path + " HTTP/1.1\r\n"));
}

TEST(Client, SaysAnotherHostWhereARequestNamesOne) {
  std::promise<std::string> seen;
  RawServer server([&](RawPeer& peer, int) {
    seen.set_value(peer.read_head());
    peer.send(hello);
  });
  Upstream up;
  Request request = Upstream::request(server.authority());
  request.options.host = "front.test";
  ASSERT_TRUE(up.send(std::move(request)).ok());
  EXPECT_TRUE(seen.get_future().get().starts_with("GET / HTTP/1.1\r\nHost: front.test\r\n"));
}

TEST(Client, GivesUpOnAServerThatDoesNotRead) {
  std::promise<void> over;
  auto waiting = over.get_future().share();
  RawServer server([&](RawPeer&, int) { waiting.wait(); });
  ClientOptions options;
  options.write_timeout_ns = 50'000'000;
  Upstream up({"127.0.0.1:*"}, options);
  Request request = Upstream::request(server.authority(), "POST");
  request.body = bytes_body(Bytes::copy(std::string(32 << 20, 'x')));
  auto answer = up.send(std::move(request));
  over.set_value();
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_write_timeout);
}

TEST(Client, RefusesWhatIsNoRequest) {
  struct Case {
    const char* method;
    const char* scheme;
    const char* authority;
    const char* target;
    Kind kind;
  };
  const Case cases[] = {
      {"G T", "http", "127.0.0.1", "/", Kind::http_request_method_invalid},
      {"", "http", "127.0.0.1", "/", Kind::http_request_method_invalid},
      {"CONNECT", "http", "127.0.0.1:1", "", Kind::http_protocol_error},
      {"CONNECT", "http", "127.0.0.1", "", Kind::http_request_uri_invalid},
      {"GET", "ftp", "127.0.0.1", "/", Kind::http_protocol_error},
      {"GET", "https", "127.0.0.1", "/", Kind::configuration_error},
      {"GET", "http", "", "/", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1:99999", "/", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1:0", "/", Kind::http_request_uri_invalid},
      {"GET", "http", "a b", "/", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1", "x", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1", "*", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1", "/a b", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1", "/a\r\nX: y", Kind::http_request_uri_invalid},
      {"GET", "http", "127.0.0.1", "/#f", Kind::http_request_uri_invalid},
  };
  Upstream up;
  for (const Case& c : cases) {
    Request request = Upstream::request(c.authority, c.method, c.target);
    request.scheme = c.scheme;
    auto answer = up.send(std::move(request));
    ASSERT_FALSE(answer.ok()) << c.method << c.authority << c.target;
    EXPECT_EQ(answer.error().kind(), c.kind) << c.method << c.authority << c.target;
  }
}

TEST(Client, ChecksTheNameAndThenTheAddress) {
  RawServer server(serve_hello);
  std::string port = std::to_string(server.port());
  Upstream denied({"example.com:*"});
  auto answer = denied.get(server.authority());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::http_request_denied);
  EXPECT_NE(denied.log.text.find("--allow-outbound http://" + server.authority()),
            std::string::npos);

  Upstream hidden({"*:*"});
  for (std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}) {
    answer = hidden.get(host + ":" + port);
    ASSERT_FALSE(answer.ok()) << host;
    EXPECT_EQ(answer.error().kind(), Kind::destination_ip_prohibited) << host;
  }
  EXPECT_NE(hidden.log.text.find("--allow-outbound private"), std::string::npos);
  EXPECT_EQ(server.connections(), 0);

  Upstream named({"localhost:*"});
  answer = named.get("localhost:" + port);
  ASSERT_TRUE(answer.ok()) << answer.error().describe();
  named.client.reset();
  answer->body.reset();
  Upstream open({"*:*", "private"});
  auto allowed = open.get(server.authority());
  EXPECT_TRUE(allowed.ok());
}

TEST(Client, SaysWhyItCannotConnect) {
  uint16_t port;
  {
    RawServer gone(serve_hello);
    port = gone.port();
  }
  Upstream up;
  auto answer = up.get("127.0.0.1:" + std::to_string(port));
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), Kind::connection_refused);
  EXPECT_EQ(up.client->pool().open(), 0u);
}

TEST(Client, KeepsToItsLimitOfConnections) {
  RawServer server(serve_hello);
  ClientOptions options;
  options.pool.per_server = 1;
  options.connect_timeout_ns = 50'000'000;
  Upstream up({"127.0.0.1:*"}, options);
  auto first = up.get(server.authority());
  ASSERT_TRUE(first.ok());
  auto second = up.get(server.authority());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind(), Kind::connection_limit_reached);
  up.read(*first->body);
  EXPECT_TRUE(up.get(server.authority()).ok());
}

TEST(Client, WaitsInLineForAConnectionAtItsLimit) {
  RawServer server(serve_hello);
  ClientOptions options;
  options.pool.per_server = 1;
  Upstream up({"127.0.0.1:*"}, options);
  auto first = up.get(server.authority());
  ASSERT_TRUE(first.ok());
  auto waiting = up.client->handle(Upstream::request(server.authority()), up.exchange);
  auto other = up.client->handle(Upstream::request(server.authority()), up.exchange);
  waiting.start();
  other.start();
  for (int i = 0; i < 20; ++i) up.loop.run_once();
  EXPECT_FALSE(waiting.done());
  up.read(*first->body);
  EXPECT_TRUE(up.run_until([&] { return waiting.done() || other.done(); }));
  // The one that came through hands its connection on.
  auto& early = waiting.done() ? waiting : other;
  auto& late = waiting.done() ? other : waiting;
  auto answer = early.take();
  ASSERT_TRUE(answer.ok());
  answer->body.reset();
  EXPECT_TRUE(up.run_until([&] { return late.done(); }));
  EXPECT_TRUE(late.take().ok());
  EXPECT_EQ(server.connections(), 2);
}

TEST(Client, MakesRoomForAServerByClosingAnIdleConnectionToAnother) {
  RawServer one(serve_hello), two(serve_hello);
  ClientOptions options;
  options.pool.total = 1;
  Upstream up({"127.0.0.1:*"}, options);
  auto first = up.get(one.authority());
  ASSERT_TRUE(first.ok());
  up.read(*first->body);
  EXPECT_TRUE(up.get(two.authority()).ok());
}

TEST(Client, ClosesTheConnectionWhenItsTaskOrABodyGoes) {
  std::promise<void> first, second, third;
  RawServer server([&](RawPeer& peer, int number) {
    peer.read_head();
    if (number > 0) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    EXPECT_TRUE(peer.sees_close());
    (number == 0 ? first : number == 1 ? second : third).set_value();
  });
  Upstream up;
  auto remote = std::make_shared<HandBody::Remote>();
  {
    Request request = Upstream::request(server.authority(), "POST");
    request.body = std::make_unique<HandBody>(remote);
    auto task = up.client->handle(std::move(request), up.exchange);
    task.start();
    EXPECT_TRUE(up.run_until([&] { return remote->polls > 0; }));
    EXPECT_FALSE(task.done());
  }
  first.get_future().wait();
  EXPECT_TRUE(remote->aborted);
  EXPECT_TRUE(remote->destroyed);
  auto answer = up.get(server.authority());
  ASSERT_TRUE(answer.ok());
  answer->body.reset();
  second.get_future().wait();
  answer = up.get(server.authority());
  ASSERT_TRUE(answer.ok());
  answer->body->abort(Kind::connection_terminated);
  third.get_future().wait();
  EXPECT_EQ(answer->body->poll(1, nullptr).state, Body::State::error);
  EXPECT_EQ(up.client->pool().open(), 0u);
}

TEST(Client, ReadsAnEarlyAnswerOfAServerThatThenCloses) {
  RawServer server([](RawPeer& peer, int) {
    peer.read_head();
    peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    peer.sees_close();
  });
  Upstream up;
  auto remote = std::make_shared<HandBody::Remote>();
  remote->bytes = "x";
  Request request = Upstream::request(server.authority(), "POST");
  request.body = std::make_unique<HandBody>(remote);
  auto answer = up.send(std::move(request));
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->status, 413);
  EXPECT_EQ(up.read(*answer->body).data, "no");
  up.client.reset();
  EXPECT_TRUE(remote->aborted);
}

}  // namespace
}  // namespace weir::http::client
