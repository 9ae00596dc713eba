#include <gtest/gtest.h>

#include <thread>

#include "http/client/testing/upstream.h"
#include "http/client/tls_errors.h"
#include "io/listener.h"
#include "io/socket_stream.h"
#include "tls/stream.h"
#include "tls/testing/authority.h"

namespace weir::http::client {
namespace {

using namespace testing;
using tls::testing::Authority;

std::shared_ptr<const tls::ClientContext> trusting(const tls::ClientFiles& files) {
  auto made = tls::ClientContext::load(files);
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *made;
}

// An HTTPS server on the client's own loop that answers every head with "hello".
class TlsServer final : public io::Acceptor::Owner {
 public:
  TlsServer(io::Loop& loop, std::shared_ptr<const tls::ServerContext> context)
      : loop_(loop), context_(std::move(context)) {
    auto socket = io::ListeningSocket::open("127.0.0.1:0");
    EXPECT_TRUE(socket.ok());
    socket_.emplace(std::move(*socket));
    acceptor_.emplace(loop, *socket_, *this);
  }
  std::string port() const { return socket_->address().substr(socket_->address().rfind(':') + 1); }
  size_t connections() const { return peers_.size(); }
  bool resumed(size_t number) const { return peers_[number]->stream->tls()->resumed; }
  std::string name(size_t number) const { return peers_[number]->stream->tls()->server_name; }

 private:
  bool reserve() override { return true; }
  void accepted(const io::ListeningSocket&, io::Fd connection, std::string) override {
    peers_.push_back(std::make_unique<Peer>(*this, connection.release()));
  }
  void not_accepted() override {}

  struct Peer {
    Peer(TlsServer& server, int fd)
        : stream(tls::Stream::server(server.loop_,
                                     std::make_unique<io::SocketStream>(server.loop_, fd),
                                     server.context_, 10'000'000'000)),
          event(server.loop_, *this) {
      serve();
    }
    void serve() {
      uint8_t buffer[4096];
      while (true) {
        auto result = stream->read(buffer, &event);
        if (result.state != io::IoResult::State::done) return;
        in.append(reinterpret_cast<char*>(buffer), result.bytes);
        size_t end = in.find("\r\n\r\n");
        if (end == std::string::npos) continue;
        in.erase(0, end + 4);
        iovec answer{const_cast<char*>(hello), sizeof hello - 1};
        EXPECT_EQ(stream->write({&answer, 1}, nullptr).state, io::IoResult::State::done);
      }
    }
    std::unique_ptr<tls::Stream> stream;
    std::string in;
    io::MemberWaiter<&Peer::serve, Peer> event;
  };

  io::Loop& loop_;
  std::shared_ptr<const tls::ServerContext> context_;
  std::optional<io::ListeningSocket> socket_;
  std::optional<io::Acceptor> acceptor_;
  std::vector<std::unique_ptr<Peer>> peers_;
};

class TlsClient : public ::testing::Test {
 protected:
  void start(const tls::ClientFiles& files, const std::string& client_ca = "") {
    auto mine = authority.issue("server");
    auto context = tls::ServerContext::load(
        {.pairs = {{mine.certificate, mine.key}}, .client_ca_file = client_ca});
    ASSERT_TRUE(context.ok());
    ClientOptions options;
    options.tls = trusting(files);
    up = std::make_unique<Upstream>(std::vector<std::string>{"*:*", "private"}, options);
    server.emplace(up->loop, *context);
  }
  void TearDown() override {
    if (up) up->client.reset();
    server.reset();
    up.reset();
  }
  Answer get(const std::string& host) {
    Request request = Upstream::request(host + ":" + server->port());
    request.scheme = "https";
    return up->send(std::move(request));
  }

  Authority authority;
  std::unique_ptr<Upstream> up;
  std::optional<TlsServer> server;
};

TEST_F(TlsClient, SendsRequestsOverKeptConnectionsAndResumesSessions) {
  start({.system_roots = false, .ca_files = {authority.file()}});
  for (int i = 0; i < 3; ++i) {
    auto answer = get("localhost");
    ASSERT_TRUE(answer.ok()) << answer.error().describe();
    EXPECT_EQ(up->read(*answer->body).data, "hello");
  }
  EXPECT_EQ(server->connections(), 1u);
  EXPECT_EQ(server->name(0), "localhost");
  auto first = get("localhost"), second = get("localhost");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(server->connections(), 2u);
  EXPECT_TRUE(server->resumed(1));
  first->body.reset();
  second->body.reset();
}

TEST_F(TlsClient, ChecksWhoseCertificateItIs) {
  start({.system_roots = false, .ca_files = {authority.file()}});
  EXPECT_TRUE(get("127.0.0.1").ok());
  auto answer = get("[::ffff:127.0.0.1]");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), ErrorCode::Kind::tls_certificate_error);
}

TEST_F(TlsClient, RefusesWhatTheSystemDoesNotTrust) {
  start({.system_roots = true});
  auto answer = get("localhost");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), ErrorCode::Kind::tls_certificate_error);
  EXPECT_NE(up->log.text.find("--ca-file"), std::string::npos) << up->log.text;
  EXPECT_EQ(up->client->pool().open(), 0u);
}

TEST_F(TlsClient, TellsTheAlertThatAServerRefusesItWith) {
  Authority clients("clients");
  start({.system_roots = false, .ca_files = {authority.file()}}, clients.file());
  auto answer = get("localhost");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind(), ErrorCode::Kind::tls_alert_received);
  EXPECT_EQ(answer.error().number(), 116u);
  EXPECT_TRUE(answer.error().text());
}

TEST_F(TlsClient, ShowsItsCertificateToAServerThatAsks) {
  Authority clients("clients");
  auto mine = clients.issue("me");
  start({.system_roots = false,
         .ca_files = {authority.file()},
         .certificate_file = mine.certificate,
         .key_file = mine.key},
        clients.file());
  EXPECT_TRUE(get("localhost").ok());
}

TEST(TlsFailures, AreTheErrorCodesOfWasiHttp) {
  using Kind = ErrorCode::Kind;
  using Why = tls::Failure::Kind;
  const std::pair<Why, Kind> cases[] = {
      {Why::certificate, Kind::tls_certificate_error},
      {Why::protocol, Kind::tls_protocol_error},
      {Why::alert_received, Kind::tls_alert_received},
      {Why::timeout, Kind::connection_timeout},
      {Why::transport, Kind::connection_terminated},
      {Why::truncated, Kind::connection_terminated},
  };
  for (auto [why, kind] : cases) EXPECT_EQ(of_tls_failure({.kind = why, .alert = 40}).kind(), kind);
}

struct Raw {
  std::function<void(RawPeer&)> serve;
  ErrorCode::Kind kind;
};

TEST(TlsErrors, OfServersThatDoNotSpeakTls) {
  using Kind = ErrorCode::Kind;
  const Raw cases[] = {
      {[](RawPeer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); },
       Kind::tls_protocol_error},
      {[](RawPeer&) {}, Kind::connection_terminated},
      {[](RawPeer& peer) { peer.reset(); }, Kind::connection_terminated},
      // handshake_failure
      {[](RawPeer& peer) { peer.send(std::string("\x15\x03\x03\x00\x02\x02\x28", 7)); },
       Kind::tls_alert_received},
      {[](RawPeer& peer) { peer.sees_close(); }, Kind::connection_timeout},
  };
  for (const Raw& one : cases) {
    RawServer server([&](RawPeer& peer, int) {
      peer.read_some();
      one.serve(peer);
    });
    ClientOptions options;
    options.tls = trusting({.system_roots = false});
    options.connect_timeout_ns =
        one.kind == Kind::connection_timeout ? 100'000'000 : 10'000'000'000;
    Upstream up({"127.0.0.1:*"}, options);
    Request request = Upstream::request(server.authority());
    request.scheme = "https";
    auto answer = up.send(std::move(request));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().name(), ErrorCode(one.kind).name());
    if (one.kind == Kind::tls_alert_received) EXPECT_EQ(answer.error().number(), 40u);
  }
}

}  // namespace
}  // namespace weir::http::client
