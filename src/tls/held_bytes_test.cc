// What TLS streams hold of what comes and goes, and how much of that is counted.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tls/testing/authority.h"
#include "tls/testing/pair.h"
#include "util/testing/heap.h"

namespace weir::tls {
namespace {

using State = io::IoResult::State;
using testing::Authority;
using testing::Pair;

constexpr size_t kCount = 200;
constexpr size_t kPipe = 2048;
constexpr size_t kRecord = 16 << 10;
// What a connection costs that holds nothing: both ends of its pipe in memory included.
constexpr uint64_t kIdle = 14 << 10;
// By how much more than usual the allocator rounds up the two or three blocks of a connection:
// ThreadSanitizer's gives an eighth of a record more.
#if __has_feature(thread_sanitizer)
constexpr uint64_t kRounding = 2 << 10;
#else
constexpr uint64_t kRounding = 0;
#endif

// A stream that somebody else keeps, and that does not hear of its end.
class Lent final : public io::Stream {
 public:
  explicit Lent(io::Stream& stream) : stream_(stream) {}
  io::IoResult read(std::span<uint8_t> target, Waiter* waiter) override {
    return stream_.read(target, waiter);
  }
  io::IoResult write(std::span<const iovec> source, Waiter* waiter) override {
    return stream_.write(source, waiter);
  }
  void watch_hang_up(Waiter*) override {}
  bool hung_up() const override { return false; }
  void shut_down_writes() override {}
  void reset() override {}

 private:
  io::Stream& stream_;
};

struct Ends {
  Stream& client;
  Stream& server;
  // Below the client.
  io::Stream& wire;

  void shake() {
    for (int i = 0; i < 50; ++i) {
      client.handshake(nullptr);
      server.handshake(nullptr);
    }
    ASSERT_NE(server.tls(), nullptr);
    ASSERT_NE(client.tls(), nullptr);
  }
  // Of `size` bytes to the server, which reads no more than `reads` of them.
  void upload(size_t size, size_t reads) {
    std::string text(size, 'x');
    std::string_view rest = text;
    size_t read = 0;
    for (int i = 0; i < 1000; ++i) {
      if (!rest.empty()) rest.remove_prefix(Pair::write(client, rest).bytes);
      uint8_t bytes[1000];
      if (read < reads)
        read += server.read({bytes, std::min(reads - read, sizeof bytes)}, nullptr).bytes;
    }
    ASSERT_EQ(read, reads);
  }
};

class TlsHeldBytes : public ::testing::Test {
 protected:
  TlsHeldBytes() {
    auto files = authority.issue("leaf");
    auto made = ServerContext::load({.pairs = {{files.certificate, files.key}}});
    auto trusts = ClientContext::load({.system_roots = false, .ca_files = {authority.file()}});
    EXPECT_TRUE(made.ok() && trusts.ok());
    identity = *made;
    trust = *trusts;
    // What is made once for all.
    hold([](Ends& ends) { ends.shake(); });
  }

  struct Held {
    // Of each connection: what malloc gave, and what counts in the budget.
    uint64_t heap, counted;
  };
  // What servers' streams hold after `scene`, once their clients have gone without a word.
  Held hold(const std::function<void(Ends&)>& scene, uint64_t used_up = 0) {
    std::vector<std::unique_ptr<io::Stream>> wires;
    std::vector<std::unique_ptr<Stream>> servers;
    wires.reserve(kCount);
    servers.reserve(kCount);
    ByteBudget budget(used_up ? used_up : UINT64_MAX);
    BudgetShare others(budget);
    others.hold(used_up);
    uint64_t before = weir::testing::heap_bytes();
    for (size_t i = 0; i < kCount; ++i) {
      auto [near, far] = io::memory_stream_pair(kPipe);
      wires.push_back(std::move(near));
      servers.push_back(Stream::server(loop, std::move(far), identity, 10'000'000'000, &budget));
      auto client = Stream::client(loop, std::make_unique<Lent>(*wires.back()), trust, "localhost",
                                   nullptr, "");
      Ends ends{*client, *servers.back(), *wires.back()};
      scene(ends);
      client->reset();
    }
    Held held{(weir::testing::heap_bytes() - before) / kCount, (budget.used() - used_up) / kCount};
    servers.clear();
    EXPECT_EQ(budget.used(), used_up);
    return held;
  }
  // What is held is counted, but for what an idle one has.
  static void expect_counted(const Held& held) {
    EXPECT_LE(held.heap, held.counted + kIdle + kRounding);
  }

  io::Loop loop;
  Authority authority;
  std::shared_ptr<const ServerContext> identity;
  std::shared_ptr<const ClientContext> trust;
};

TEST_F(TlsHeldBytes, AnIdleConnectionHoldsNothing) {
  Held fresh = hold([](Ends& ends) { ends.shake(); });
  EXPECT_LE(fresh.heap, kIdle);
  EXPECT_EQ(fresh.counted, 0u);
  Held used = hold([](Ends& ends) {
    ends.shake();
    ends.upload(100'000, 100'000);
    for (int i = 0; i < 100; ++i) {
      Pair::write(ends.server, std::string(1000, 'x'));
      Pair::read(ends.client);
    }
  });
  EXPECT_LE(used.heap, kIdle);
  EXPECT_EQ(used.counted, 0u);
}

TEST_F(TlsHeldBytes, CountAHandshakeThatStallsAnywhere) {
  // Nothing came; a record's header that announces as much as may be; a part of what it announces.
  for (size_t sent : {0, 5, 1000}) {
    std::string hello = {22, 3, 1, 64, 0};
    hello.resize(std::max<size_t>(sent, 5), 'x');
    Held held = hold([&](Ends& ends) {
      iovec part{hello.data(), sent};
      if (sent > 0) ends.wire.write({&part, 1}, nullptr);
      ends.server.handshake(nullptr);
    });
    expect_counted(held);
    EXPECT_LE(held.heap, kIdle);
    EXPECT_GE(held.counted, 8u << 10);
  }
  // The client does not answer the server's part, nor take all of it.
  for (int takes : {0, 1000, 10'000}) {
    Held held = hold([&](Ends& ends) {
      for (int i = 0; i < 50; ++i) {
        if (ends.client.handshake(nullptr).state != State::pending || i > 3) break;
        ends.server.handshake(nullptr);
      }
      uint8_t byte;
      for (int i = 0; i < takes && ends.wire.read({&byte, 1}, nullptr).bytes; ++i)
        ends.server.handshake(nullptr);
    });
    expect_counted(held);
  }
}

TEST_F(TlsHeldBytes, CountWhatCameAndIsNotRead) {
  for (size_t size : {size_t{6000}, kRecord, 2 * kRecord, 10 * kRecord}) {
    Held held = hold([&](Ends& ends) {
      ends.shake();
      ends.upload(size, 1);
    });
    expect_counted(held);
    EXPECT_GE(held.counted, std::min(size, kRecord));
    // A record, and a part of the next that came with it.
    EXPECT_LE(held.counted, kRecord + 4 * kPipe);
  }
}

TEST_F(TlsHeldBytes, APartOfARecordTakesNoMoreThanCame) {
  Held held = hold([&](Ends& ends) {
    ends.shake();
    Pair::write(ends.client, std::string(kRecord, 'x'));
    Pair::read(ends.server);
  });
  // As much as the pipe takes at a time.
  EXPECT_LE(held.heap, kIdle + 2 * kPipe);
}

TEST_F(TlsHeldBytes, CountWhatAClientDoesNotTake) {
  Held held = hold([](Ends& ends) {
    ends.shake();
    Pair::read(ends.client);
    std::string text(500'000, 'x');
    for (std::string_view rest = text;;) {
      auto result = Pair::write(ends.server, rest);
      if (result.state != State::done) break;
      rest.remove_prefix(result.bytes);
    }
  });
  expect_counted(held);
  // One record.
  EXPECT_GE(held.counted, kRecord - kPipe);
  EXPECT_LE(held.counted, kRecord + 1024);
}

TEST_F(TlsHeldBytes, ReadNothingAheadOnceTheBudgetIsUsedUp) {
  // A pipe that has room for several records.
  auto ahead = [&](ByteBudget& budget) {
    auto [near, far] = io::memory_stream_pair(10 * kRecord);
    auto server = Stream::server(loop, std::move(far), identity, 10'000'000'000, &budget);
    auto client = Stream::client(loop, std::move(near), trust, "localhost", nullptr, "");
    Ends ends{*client, *server, *client};
    ends.shake();
    Pair::write(*client, std::string(4 * kRecord, 'x'));
    std::string read(3 * kRecord, 0);
    // All of it comes, whatever the reader asks for at a time.
    size_t most = 0, got = 0;
    while (got < 4 * kRecord) {
      auto result = server->read({reinterpret_cast<uint8_t*>(read.data()), 1000}, nullptr);
      if (result.state != State::done) break;
      got += result.bytes;
      most = std::max<size_t>(most, budget.used());
    }
    EXPECT_EQ(got, 4 * kRecord);
    return most;
  };
  ByteBudget plenty;
  EXPECT_GT(ahead(plenty), 2 * kRecord);
  ByteBudget none(1);
  BudgetShare others(none);
  others.hold(10'000);
  // A record that is being read, and the little that everybody may have.
  EXPECT_LE(ahead(none) - 10'000, kRecord + 2 * BudgetShare::free_allowance);
}

TEST_F(TlsHeldBytes, EverythingGoesOnOnceTheBudgetIsUsedUp) {
  ByteBudget none(1);
  BudgetShare others(none);
  others.hold(10'000);
  auto [near, far] = io::memory_stream_pair(kPipe);
  auto server = Stream::server(loop, std::move(far), identity, 10'000'000'000, &none);
  auto client = Stream::client(loop, std::move(near), trust, "localhost", nullptr, "", &none);
  Ends ends{*client, *server, *client};
  ends.shake();
  ends.upload(300'000, 300'000);
  std::string text(300'000, 'y'), received;
  std::string_view rest = text;
  for (int i = 0; i < 1000 && received.size() < text.size(); ++i) {
    if (!rest.empty()) rest.remove_prefix(Pair::write(*server, rest).bytes);
    received += Pair::read(*client);
  }
  EXPECT_TRUE(received == text);
  EXPECT_EQ(none.used(), 10'000u);
}

}  // namespace
}  // namespace weir::tls
