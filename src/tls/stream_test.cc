#include "tls/stream.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <cerrno>
#include <thread>

#include "io/socket_stream.h"
#include "io/wakeup.h"
#include "tls/testing/authority.h"
#include "tls/testing/pair.h"

namespace weir::tls {
namespace {

using State = io::IoResult::State;
using testing::Authority;
using testing::Pair;

std::shared_ptr<const ClientContext> trusting(const std::string& file) {
  auto made = ClientContext::load({.system_roots = false, .ca_files = {file}});
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *made;
}

std::shared_ptr<const ServerContext> showing(std::vector<Authority::Files> all,
                                             const std::string& client_ca = "",
                                             bool optional = false) {
  ServerFiles files{.client_ca_file = client_ca, .client_optional = optional};
  for (auto& each : all) files.pairs.push_back({each.certificate, each.key});
  auto made = ServerContext::load(files);
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *made;
}

class TlsStream : public ::testing::Test {
 protected:
  io::Loop loop;
  Authority authority;
};

TEST_F(TlsStream, CarriesBytesBothWaysOverVersion13WithAPostQuantumKeyExchange) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}));
  pair.shake();
  ASSERT_NE(pair.client->tls(), nullptr) << pair.client->failure().text;
  ASSERT_NE(pair.server->tls(), nullptr) << pair.server->failure().text;
  EXPECT_EQ(pair.client->tls()->version, "TLSv1.3");
  EXPECT_EQ(pair.client->tls()->group, "X25519MLKEM768");
  EXPECT_EQ(pair.client->tls()->alpn, "http/1.1");
  EXPECT_EQ(pair.client->tls()->peer_subject, "CN=leaf");
  EXPECT_EQ(pair.server->tls()->server_name, "localhost");
  EXPECT_EQ(pair.server->tls()->peer_subject, "");
  EXPECT_EQ(Pair::write(*pair.client, "hello").bytes, 5u);
  EXPECT_EQ(Pair::read(*pair.server), "hello");
  EXPECT_EQ(Pair::write(*pair.server, "and back").bytes, 8u);
  EXPECT_EQ(Pair::read(*pair.client), "and back");
}

TEST_F(TlsStream, GoesToAnotherLoopWithWhatIsUnread) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
  io::Loop other;
  auto client = Stream::client(loop, std::make_unique<io::SocketStream>(loop, ends[0]),
                               trusting(authority.file()), "localhost", nullptr, "key");
  auto server = Stream::server(loop, std::make_unique<io::SocketStream>(loop, ends[1]),
                               showing({authority.issue("leaf")}), 10'000'000'000);
  io::Wakeup near(loop), old(loop), far(other);
  auto read = [](Stream& from, Waiter& waiter, size_t most) {
    std::string text(most, '\0');
    text.resize(from.read({reinterpret_cast<uint8_t*>(text.data()), most}, &waiter).bytes);
    return text;
  };
  // Within the handshake it stays.
  EXPECT_FALSE(server->leave());
  for (int i = 0; i < 100 && !(client->tls() && server->tls()); ++i) {
    client->handshake(&near);
    server->handshake(&old);
    loop.run_once();
  }
  ASSERT_NE(server->tls(), nullptr) << server->failure().text;
  EXPECT_EQ(Pair::write(*client, "early").bytes, 5u);
  std::string received;
  for (int i = 0; i < 100 && received.empty(); ++i) {
    received = read(*server, old, 1);
    loop.run_once();
  }
  EXPECT_EQ(received, "e");
  EXPECT_EQ(Pair::write(*client, ", late").bytes, 6u);
  ASSERT_TRUE(server->leave());
  old.cancel();
  server->join(other);
  for (int i = 0; i < 100 && received.size() < 11; ++i) {
    received += read(*server, far, 100);
    other.run_once();
  }
  EXPECT_EQ(received, "early, late");
  EXPECT_EQ(server->tls()->version, "TLSv1.3");
  // There it waits for room to write, too.
  std::string much(1 << 20, 'x');
  size_t sent = 0, arrived = 0;
  for (int i = 0; i < 10'000 && arrived < much.size(); ++i) {
    iovec rest{much.data() + sent, much.size() - sent};
    if (rest.iov_len > 0) sent += server->write({&rest, 1}, &far).bytes;
    arrived += read(*client, near, 60'000).size();
    other.run_once();
    loop.run_once();
  }
  EXPECT_EQ(arrived, much.size());
  client.reset();
  server.reset();
}

TEST_F(TlsStream, GathersManyPiecesInOrder) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.capacity = 1 << 20});
  pair.shake();
  std::string small = "abc", big(40'000, 'x'), end = "z";
  big[0] = 'B';
  iovec parts[] = {{small.data(), small.size()},
                   {nullptr, 0},
                   {big.data(), big.size()},
                   {end.data(), end.size()}};
  auto result = pair.client->write(parts, nullptr);
  ASSERT_EQ(result.state, State::done);
  EXPECT_EQ(result.bytes, 40'004u);
  EXPECT_EQ(Pair::read(*pair.server), small + big + end);
}

TEST_F(TlsStream, WaitsWhileWhatIsBelowIsFullAndLosesNothing) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.capacity = 4096});
  pair.shake();
  std::string sent, received;
  for (int i = 0; sent.size() < 300'000; ++i) sent += "line " + std::to_string(i) + "\n";
  size_t at = 0;
  for (int i = 0; i < 10'000 && received.size() < sent.size(); ++i) {
    if (at < sent.size()) {
      auto result = Pair::write(*pair.client, std::string_view(sent).substr(at));
      ASSERT_NE(result.state, State::failed);
      at += result.bytes;
    }
    received += Pair::read(*pair.server);
    loop.run_once();
  }
  EXPECT_EQ(received, sent);
  EXPECT_EQ(at, sent.size());
}

TEST_F(TlsStream, AWriterIsWokenOnceWhatIsBelowHasRoom) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.capacity = 4096});
  pair.shake();
  struct Count : Waiter {
    using Waiter::Waiter;
    void fire() override { ++times; }
    int times = 0;
  } writer(loop);
  std::string big(30'000, 'x');
  iovec one{big.data(), big.size()};
  EXPECT_EQ(pair.client->write({&one, 1}, &writer).state, State::pending);
  std::string received;
  for (int i = 0; i < 100 && writer.times == 0; ++i) {
    received += Pair::read(*pair.server);
    loop.run_once();
  }
  EXPECT_EQ(writer.times, 1);
  // Goes on behind what it took before.
  size_t sent = pair.client->write({&one, 1}, &writer).bytes;
  EXPECT_GT(sent, 0u);
  for (int i = 0; i < 100 && received.size() < big.size(); ++i) {
    if (sent < big.size())
      sent += Pair::write(*pair.client, std::string_view(big).substr(sent)).bytes;
    received += Pair::read(*pair.server);
    loop.run_once();
  }
  EXPECT_EQ(sent, big.size());
  EXPECT_TRUE(received == big);
}

TEST_F(TlsStream, AnEndIsAnEndOnlyWithCloseNotify) {
  auto identity = showing({authority.issue("leaf")});
  Pair clean(loop, trusting(authority.file()), identity);
  clean.shake();
  Pair::write(*clean.server, "all of it");
  clean.server.reset();
  io::IoResult last;
  EXPECT_EQ(Pair::read(*clean.client, &last), "all of it");
  EXPECT_EQ(last.state, State::end);
  EXPECT_EQ(clean.client->failure().kind, Failure::Kind::none);

  // The same, but an attacker ends the connection below.
  auto [near, far] = io::memory_stream_pair();
  auto [inner, outer] = io::memory_stream_pair();
  auto client =
      Stream::client(loop, std::move(near), trusting(authority.file()), "localhost", nullptr, "");
  auto server = Stream::server(loop, std::move(inner), identity, 10'000'000'000);
  auto carry = [](io::Stream& from, io::Stream& to) {
    uint8_t buffer[4096];
    auto got = from.read(buffer, nullptr);
    if (got.state != State::done) return;
    iovec one{buffer, got.bytes};
    to.write({&one, 1}, nullptr);
  };
  for (int i = 0; i < 50; ++i) {
    client->handshake(nullptr);
    server->handshake(nullptr);
    carry(*far, *outer);
    carry(*outer, *far);
  }
  ASSERT_NE(client->tls(), nullptr);
  Pair::write(*server, "a part");
  carry(*outer, *far);
  far.reset();
  EXPECT_EQ(Pair::read(*client, &last), "a part");
  EXPECT_EQ(last.state, State::failed);
  EXPECT_EQ(last.error, ECONNRESET);
  EXPECT_EQ(client->failure().kind, Failure::Kind::truncated);
}

TEST_F(TlsStream, OneSideCanFinishWhileTheOtherGoesOn) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}));
  pair.shake();
  Pair::write(*pair.client, "question");
  pair.client->shut_down_writes();
  io::IoResult last;
  EXPECT_EQ(Pair::read(*pair.server, &last), "question");
  EXPECT_EQ(last.state, State::end);
  EXPECT_TRUE(pair.server->hung_up());
  EXPECT_EQ(Pair::write(*pair.server, "answer").state, State::done);
  EXPECT_EQ(Pair::read(*pair.client), "answer");
  EXPECT_EQ(Pair::write(*pair.client, "more").state, State::failed);
}

TEST_F(TlsStream, RefusesACertificateThatItDoesNotTrust) {
  Authority other("somebody else");
  Pair pair(loop, trusting(other.file()), showing({authority.issue("leaf")}));
  pair.shake();
  EXPECT_EQ(pair.client->failure().kind, Failure::Kind::certificate);
  EXPECT_NE(pair.client->failure().text.find("issuer"), std::string::npos)
      << pair.client->failure().text;
  // The other side hears why.
  EXPECT_EQ(pair.server->failure().kind, Failure::Kind::alert_received);
  EXPECT_EQ(pair.server->failure().alert, 48);  // unknown_ca
}

TEST_F(TlsStream, RefusesACertificateForAnotherHost) {
  for (std::string host : {"other.test", "127.0.0.2", "::1", "localhost.evil.test"}) {
    Pair pair(loop, trusting(authority.file()), showing({authority.issue("localhost")}),
              {.host = host});
    pair.shake();
    EXPECT_EQ(pair.client->failure().kind, Failure::Kind::certificate) << host;
  }
}

TEST_F(TlsStream, TakesACertificateForTheNameOrTheAddress) {
  auto files =
      authority.issue("leaf", {.names = "DNS:a.test, DNS:*.b.test, IP:127.0.0.1, IP:2001:db8::1"});
  for (std::string host : {"a.test", "A.TEST", "a.test.", "x.b.test", "127.0.0.1", "2001:db8::1"}) {
    Pair pair(loop, trusting(authority.file()), showing({files}), {.host = host});
    pair.shake();
    EXPECT_NE(pair.client->tls(), nullptr) << host << ": " << pair.client->failure().text;
  }
  for (std::string host : {"b.test", "x.y.b.test", "leaf"}) {
    Pair pair(loop, trusting(authority.file()), showing({files}), {.host = host});
    pair.shake();
    EXPECT_EQ(pair.client->failure().kind, Failure::Kind::certificate) << host;
  }
}

TEST_F(TlsStream, RefusesACertificateOutOfItsTime) {
  auto expired = authority.issue("leaf", {.valid_from = -7200, .valid_until = -3600});
  Pair pair(loop, trusting(authority.file()), showing({expired}));
  pair.shake();
  EXPECT_EQ(pair.client->failure().kind, Failure::Kind::certificate);
  EXPECT_EQ(pair.client->failure().text, "certificate has expired");
  EXPECT_EQ(pair.server->failure().alert, 45);  // certificate_expired
}

TEST_F(TlsStream, ResumesASessionOnceAndOnlyOnce) {
  auto trust = trusting(authority.file());
  auto identity = showing({authority.issue("leaf")});
  auto sessions = std::make_shared<SessionCache>();
  testing::PairOptions options{.sessions = sessions};
  for (int i = 0; i < 3; ++i) {
    Pair pair(loop, trust, identity, options);
    pair.shake();
    ASSERT_NE(pair.client->tls(), nullptr);
    EXPECT_EQ(pair.client->tls()->resumed, i > 0) << i;
    EXPECT_EQ(sessions->size(), 0u);
    // The tickets come with the first bytes.
    Pair::write(*pair.server, "x");
    EXPECT_EQ(Pair::read(*pair.client), "x");
    EXPECT_EQ(sessions->size(), 1u);
  }
}

TEST_F(TlsStream, SendsTicketsBeforeItWaitsForTheFirstRequest) {
  auto sessions = std::make_shared<SessionCache>();
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.sessions = sessions});
  pair.shake();
  io::IoResult last;
  EXPECT_EQ(Pair::read(*pair.server, &last), "");
  EXPECT_EQ(last.state, State::pending);
  EXPECT_EQ(Pair::read(*pair.client, &last), "");
  EXPECT_EQ(last.state, State::pending);
  EXPECT_EQ(sessions->size(), 1u);
  Pair::write(*pair.client, "question");
  EXPECT_EQ(Pair::read(*pair.server), "question");
  Pair::write(*pair.server, "answer");
  EXPECT_EQ(Pair::read(*pair.client), "answer");
}

TEST_F(TlsStream, SendsTicketsWithTheAnswerWhereTheRequestIsThere) {
  auto sessions = std::make_shared<SessionCache>();
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.sessions = sessions});
  pair.shake();
  Pair::write(*pair.client, "question");
  uint8_t question[8];
  EXPECT_EQ(pair.server->read(question, nullptr).bytes, sizeof question);
  EXPECT_EQ(Pair::read(*pair.client), "");
  EXPECT_EQ(sessions->size(), 0u);
  Pair::write(*pair.server, "answer");
  EXPECT_EQ(Pair::read(*pair.client), "answer");
  EXPECT_EQ(sessions->size(), 1u);
}

TEST_F(TlsStream, ServesAClientThatTakesNoTickets) {
  // So little room that tickets do not fit.
  auto sessions = std::make_shared<SessionCache>();
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}),
            {.sessions = sessions, .capacity = 100});
  pair.shake();
  ASSERT_NE(pair.server->tls(), nullptr) << pair.server->failure().text;
  EXPECT_EQ(Pair::read(*pair.server), "");
  EXPECT_FALSE(pair.server->leave());
  Pair::write(*pair.client, "question");
  EXPECT_EQ(Pair::read(*pair.server), "question");
  // Which come before anything else once it reads.
  std::string received;
  bool answered = false;
  for (int i = 0; i < 100 && received.empty(); ++i) {
    if (!answered) answered = Pair::write(*pair.server, "answer").bytes == 6;
    received = Pair::read(*pair.client);
    loop.run_once();
  }
  EXPECT_EQ(received, "answer");
  EXPECT_EQ(sessions->size(), 1u);
}

TEST_F(TlsStream, ShutsDownWritesBeforeItSentTickets) {
  Pair pair(loop, trusting(authority.file()), showing({authority.issue("leaf")}));
  pair.shake();
  pair.server->shut_down_writes();
  io::IoResult last;
  EXPECT_EQ(Pair::read(*pair.server, &last), "");
  EXPECT_EQ(last.state, State::pending);
  EXPECT_EQ(Pair::read(*pair.client, &last), "");
  EXPECT_EQ(last.state, State::end);
  Pair::write(*pair.client, "more");
  EXPECT_EQ(Pair::read(*pair.server), "more");
}

TEST_F(TlsStream, ShowsTheCertificateOfTheNameThatIsAskedFor) {
  auto identity = showing({authority.issue("first", {.names = "DNS:first.test"}),
                           authority.issue("second", {.names = "DNS:second.test"}),
                           authority.issue("wild", {.names = "DNS:*.third.test"})});
  for (auto [host, subject] : {std::pair{"first.test", "CN=first"},
                               {"second.test", "CN=second"},
                               {"any.third.test", "CN=wild"}}) {
    Pair pair(loop, trusting(authority.file()), identity, {.host = host});
    pair.shake();
    ASSERT_NE(pair.client->tls(), nullptr) << pair.client->failure().text;
    EXPECT_EQ(pair.client->tls()->peer_subject, subject);
  }
  Pair pair(loop, trusting(authority.file()), identity, {.host = "unknown.test"});
  pair.shake();
  EXPECT_EQ(pair.client->failure().kind, Failure::Kind::certificate);
}

TEST_F(TlsStream, AsksClientsForACertificateWhereItShould) {
  Authority clients("clients");
  auto identity = showing({authority.issue("leaf")}, clients.file());
  auto mine = clients.issue("me", {.names = "DNS:me.test"});
  auto with = ClientContext::load({.system_roots = false,
                                   .ca_files = {authority.file()},
                                   .certificate_file = mine.certificate,
                                   .key_file = mine.key});
  ASSERT_TRUE(with.ok());
  Pair good(loop, *with, identity);
  good.shake();
  ASSERT_NE(good.server->tls(), nullptr) << good.server->failure().text;
  EXPECT_EQ(good.server->tls()->peer_subject, "CN=me");

  // In TLS 1.3 a client learns after its own handshake that it was refused.
  Pair none(loop, trusting(authority.file()), identity);
  none.shake();
  EXPECT_EQ(none.server->failure().kind, Failure::Kind::certificate);
  io::IoResult last;
  Pair::read(*none.client, &last);
  EXPECT_EQ(last.state, State::failed);
  EXPECT_EQ(none.client->failure().kind, Failure::Kind::alert_received);
  EXPECT_EQ(none.client->failure().alert, 116);  // certificate_required

  Pair optional(loop, trusting(authority.file()),
                showing({authority.issue("leaf")}, clients.file(), true));
  optional.shake();
  EXPECT_NE(optional.server->tls(), nullptr);

  auto forged = authority.issue("forged", {.names = "DNS:me.test"});
  auto wrong = ClientContext::load({.system_roots = false,
                                    .ca_files = {authority.file()},
                                    .certificate_file = forged.certificate,
                                    .key_file = forged.key});
  Pair refused(loop, *wrong, identity);
  refused.shake();
  EXPECT_EQ(refused.server->failure().kind, Failure::Kind::certificate);
}

TEST_F(TlsStream, WhatIsNotTlsIsAProtocolError) {
  auto [near, far] = io::memory_stream_pair();
  auto server =
      Stream::server(loop, std::move(near), showing({authority.issue("leaf")}), 10'000'000'000);
  std::string plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  iovec one{plain.data(), plain.size()};
  far->write({&one, 1}, nullptr);
  EXPECT_EQ(server->handshake(nullptr).state, State::failed);
  EXPECT_EQ(server->failure().kind, Failure::Kind::protocol);
  EXPECT_EQ(server->failure().text, "http request");
}

TEST_F(TlsStream, ACloseNotifyWithinTheHandshakeIsAFailure) {
  for (bool client : {false, true}) {
    auto [near, far] = io::memory_stream_pair();
    auto stream = client ? Stream::client(loop, std::move(near), trusting(authority.file()),
                                          "localhost", nullptr, "")
                         : Stream::server(loop, std::move(near), showing({authority.issue("leaf")}),
                                          10'000'000'000);
    uint8_t alert[] = {21, 3, 3, 0, 2, 1, 0};
    iovec one{alert, sizeof alert};
    far->write({&one, 1}, nullptr);
    EXPECT_EQ(stream->handshake(nullptr).state, State::failed);
    EXPECT_EQ(stream->failure().kind, Failure::Kind::truncated);
  }
}

TEST_F(TlsStream, AHandshakeThatStopsIsTimedOutAndItsReaderWoken) {
  auto [near, far] = io::memory_stream_pair();
  auto server =
      Stream::server(loop, std::move(near), showing({authority.issue("leaf")}), 1'000'000'000);
  struct Count : Waiter {
    using Waiter::Waiter;
    void fire() override { ++times; }
    int times = 0;
  } reader(loop);
  uint8_t buffer[10];
  EXPECT_EQ(server->read(buffer, &reader).state, State::pending);
  loop.advance_clock(2'000'000'000);
  loop.run_once();
  loop.run_once();
  EXPECT_EQ(reader.times, 1);
  auto result = server->read(buffer, &reader);
  EXPECT_EQ(result.state, State::failed);
  EXPECT_EQ(result.error, ETIMEDOUT);
}

TEST_F(TlsStream, AnyByteThatIsChangedBreaksTheConnection) {
  auto identity = showing({authority.issue("leaf")});
  auto trust = trusting(authority.file());
  // One bit of one of the client's bytes after another; some of the first are not protected.
  for (size_t flip = 0; flip < 2000; flip += 97) {
    auto [near, far] = io::memory_stream_pair();
    auto [inner, outer] = io::memory_stream_pair();
    auto client = Stream::client(loop, std::move(near), trust, "localhost", nullptr, "");
    auto server = Stream::server(loop, std::move(inner), identity, 10'000'000'000);
    size_t seen = 0;
    bool flipped = false;
    auto carry = [&](io::Stream& from, io::Stream& to, bool attack) {
      uint8_t buffer[4096];
      auto got = from.read(buffer, nullptr);
      if (got.state != State::done) return;
      if (attack && flip >= seen && flip < seen + got.bytes) {
        buffer[flip - seen] ^= 1;
        flipped = true;
      }
      if (attack) seen += got.bytes;
      iovec one{buffer, got.bytes};
      to.write({&one, 1}, nullptr);
    };
    for (int i = 0; i < 10; ++i) {
      client->handshake(nullptr);
      if (client->tls()) Pair::write(*client, "secret");
      carry(*far, *outer, true);
      std::string got = Pair::read(*server);
      EXPECT_EQ(got.find_first_not_of("secret"), std::string::npos);
      carry(*outer, *far, false);
    }
    if (flipped) EXPECT_NE(server->failure().kind, Failure::Kind::none) << flip;
  }
}

TEST(TlsContexts, AreSharedByThreads) {
  Authority authority;
  auto trust = trusting(authority.file());
  auto identity = showing({authority.issue("leaf")});
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      io::Loop loop;
      auto sessions = std::make_shared<SessionCache>();
      for (int round = 0; round < 20; ++round) {
        Pair pair(loop, trust, identity, {.sessions = sessions});
        pair.shake();
        ASSERT_NE(pair.client->tls(), nullptr);
        EXPECT_EQ(pair.client->tls()->resumed, round > 0);
        Pair::write(*pair.server, "hello");
        EXPECT_EQ(Pair::read(*pair.client), "hello");
      }
    });
  }
}

}  // namespace
}  // namespace weir::tls
