#include "io/resolver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>

#include "io/fd.h"

namespace weir::io {
namespace {

using Answer = Result<Resolver::Addresses, ResolveError>;

// A name server on a thread: answers A questions as its function says, AAAA with nothing.
class NameServer {
 public:
  struct Reply {
    uint8_t rcode = 0;
    std::vector<uint32_t> addresses;  // IPv4
    uint32_t ttl = 60;
    bool silent = false;
  };
  explicit NameServer(std::function<Reply(const std::string&)> answer)
      : answer_(std::move(answer)), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
    socklen_t size = sizeof any;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&any), &size);
    address_ = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    stop_ = true;
    thread_.join();
  }
  const std::string& address() const { return address_; }
  int questions() const { return questions_; }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{fd_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      uint8_t packet[512];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      ssize_t count = ::recvfrom(fd_.get(), packet, sizeof packet, 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
      if (count < 17) continue;
      std::string name;
      size_t at = 12;
      while (packet[at] != 0) {
        if (!name.empty()) name += '.';
        name.append(reinterpret_cast<char*>(packet + at + 1), packet[at]);
        at += packet[at] + 1u;
      }
      size_t end = at + 5;
      bool is_a = packet[at + 2] == 1;
      ++questions_;
      Reply reply = answer_(name);
      if (reply.silent) continue;
      std::string out(reinterpret_cast<char*>(packet), end);
      out[2] = static_cast<char>(0x81);
      out[3] = static_cast<char>(0x80 | reply.rcode);
      size_t answers = is_a ? reply.addresses.size() : 0;
      out[6] = 0;
      out[7] = static_cast<char>(answers);
      out[8] = out[9] = out[10] = out[11] = 0;
      for (size_t i = 0; i < answers; ++i) {
        const uint8_t head[] = {0xc0, 12, 0, 1, 0, 1};
        out.append(reinterpret_cast<const char*>(head), sizeof head);
        uint32_t ttl = htonl(reply.ttl), address = htonl(reply.addresses[i]);
        out.append(reinterpret_cast<const char*>(&ttl), 4);
        out.append("\0\4", 2);
        out.append(reinterpret_cast<const char*>(&address), 4);
      }
      ::sendto(fd_.get(), out.data(), out.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::function<Reply(const std::string&)> answer_;
  Fd fd_;
  std::string address_;
  std::atomic<bool> stop_{false};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

struct Client {
  explicit Client(const NameServer* server = nullptr) {
    ResolverOptions options;
    options.timeout_ns = 50'000'000;
    options.tries = 2;
    if (server) options.servers = server->address();
    auto made = Resolver::create(loop, options);
    EXPECT_TRUE(made.ok());
    resolver = std::move(*made);
  }
  Answer look_up(std::string host, uint16_t port = 80) {
    std::optional<Answer> result;
    auto task = [](Client& self, std::string name, uint16_t number,
                   std::optional<Answer>& out) -> Task<void> {
      out.emplace(co_await self.resolver->resolve(std::move(name), number));
      self.loop.stop();
    }(*this, std::move(host), port, result);
    task.start();
    loop.run();
    return std::move(*result);
  }
  Loop loop;
  std::unique_ptr<Resolver> resolver;
};

TEST(Resolver, TakesLiteralsAsTheyAre) {
  Client client;
  auto four = client.look_up("192.0.2.7", 81);
  ASSERT_TRUE(four.ok());
  EXPECT_EQ(four->front().to_string(), "192.0.2.7:81");
  auto six = client.look_up("2001:db8::1", 443);
  ASSERT_TRUE(six.ok());
  EXPECT_EQ(six->front().to_string(), "[2001:db8::1]:443");
}

TEST(Resolver, KnowsLocalhostWithoutAServer) {
  NameServer server([](const std::string&) { return NameServer::Reply{3, {}}; });
  Client client(&server);
  auto found = client.look_up("localhost", 8080);
  ASSERT_TRUE(found.ok()) << found.error().rcode;
  for (const SocketAddress& each : *found) {
    EXPECT_EQ(each.port(), 8080);
    EXPECT_TRUE(each.ip() == "127.0.0.1" || each.ip() == "::1") << each.ip();
  }
  EXPECT_EQ(server.questions(), 0);
}

TEST(Resolver, AsksTheServerAndKeepsTheAnswerForItsTimeToLive) {
  NameServer server([](const std::string& name) {
    EXPECT_EQ(name, "www.example.com");
    return NameServer::Reply{0, {0x01020304, 0x05060708}, 60};
  });
  Client client(&server);
  auto found = client.look_up("www.example.com", 80);
  ASSERT_TRUE(found.ok()) << found.error().rcode;
  EXPECT_EQ(found->size(), 2u);
  int asked = server.questions();
  EXPECT_GT(asked, 0);
  auto again = client.look_up("www.example.com", 81);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->front().port(), 81);
  EXPECT_EQ(server.questions(), asked);
  client.loop.advance_clock(61'000'000'000);
  client.loop.run_once();
  EXPECT_TRUE(client.look_up("www.example.com").ok());
  EXPECT_GT(server.questions(), asked);
}

TEST(Resolver, SaysWhyThereIsNoAddress) {
  NameServer server([](const std::string& name) {
    if (name.starts_with("none")) return NameServer::Reply{3, {}};
    if (name.starts_with("empty")) return NameServer::Reply{0, {}};
    return NameServer::Reply{0, {}, 0, true};
  });
  Client client(&server);
  auto none = client.look_up("none.example.com.");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().rcode, "NXDOMAIN");
  EXPECT_FALSE(none.error().timed_out);
  auto empty = client.look_up("empty.example.com.");
  ASSERT_FALSE(empty.ok());
  EXPECT_EQ(empty.error().rcode, "NODATA");
  auto silent = client.look_up("silent.example.com.");
  ASSERT_FALSE(silent.ok());
  EXPECT_TRUE(silent.error().timed_out) << silent.error().rcode;
  auto invalid = client.look_up(std::string(300, 'a'));
  EXPECT_FALSE(invalid.ok());
}

TEST(Resolver, GivesUpALookUpWhoseTaskIsDestroyed) {
  NameServer server([](const std::string&) { return NameServer::Reply{0, {}, 0, true}; });
  Client client(&server);
  {
    auto task = client.resolver->resolve("silent.example.com", 80);
    task.start();
    client.loop.run_once();
    EXPECT_FALSE(task.done());
  }
  // The answer that comes to nobody, and the end of a resolver with a question under way.
  EXPECT_FALSE(client.look_up("silent.example.com").ok());
  auto task = client.resolver->resolve("silent.example.org", 80);
  task.start();
  task = {};
}

}  // namespace
}  // namespace weir::io
