// The tables of tests/h1/client, over a pipe in memory (as a whole and byte by byte) and a socket.
#include <gtest/gtest.h>

#include <algorithm>

#include "http/client/testing/upstream.h"
#include "http/h1/testing/case_table.h"
#include "io/memory_stream.h"

namespace weir::http::client {
namespace {

using namespace testing;

const std::vector<h1::Case>& cases() {
  static std::string error;
  static const std::vector<h1::Case> all =
      h1::load_cases(std::string(WEIR_SOURCE_DIR) + "/tests/h1/client", error);
  EXPECT_EQ(error, "");
  return all;
}

// What came of a case, in the words of the table, and its content.
struct Outcome {
  std::string text, content;
};

void add(Outcome& outcome, std::string_view word) {
  if (!outcome.text.empty()) outcome.text += ' ';
  outcome.text += word;
}

void check(const h1::Case& one, const Outcome& outcome, const char* how) {
  bool fits = std::any_of(one.wanted.begin(), one.wanted.end(), [&](const std::string& wanted) {
    std::string text = h1::testing::unescaped(wanted);
    return text == outcome.text;
  });
  std::string wanted;
  for (const std::string& each : one.wanted) wanted += (wanted.empty() ? "" : " | ") + each;
  EXPECT_TRUE(fits) << one.file << ":" << one.line << ": " << one.name << " (" << how << ")\n"
                    << "  wanted: " << wanted << "\n  came:   " << outcome.text;
  if (!one.content.empty())
    EXPECT_NE(outcome.content.find(one.content), std::string::npos)
        << one.file << ":" << one.line << ": " << outcome.content;
}

std::string method_of(const h1::Case& one) {
  return one.methods.empty() ? "GET" : one.methods.front();
}

// The engine alone: `step` bytes at a time.
Outcome over_memory(const h1::Case& one, size_t step) {
  io::Loop loop;
  auto [near, far] = io::memory_stream_pair(1 << 20);
  Connection connection(loop, Connection::Made{std::move(near), nullptr, {}, "key"}, {},
                        std::make_shared<Buffers>(nullptr), nullptr);
  Request request = Upstream::request("a.test", method_of(one));
  auto to = destination_of(request);
  EXPECT_TRUE(to.ok());
  Upstream::Idle changed(loop);
  constexpr uint64_t second = 1'000'000'000;
  connection.send(*to, request, {10 * second, 10 * second, 10 * second}, changed);
  Outcome outcome;
  size_t at = 0;
  bool head_told = false;
  auto turn = [&] {
    for (int i = 0; i < 3; ++i) loop.run_once();
    for (const Informational& interim : connection.take_informational())
      add(outcome, std::to_string(interim.status));
    if (connection.state() == Connection::State::failed && !head_told) {
      add(outcome, connection.error().name());
      return true;
    }
    if (connection.state() == Connection::State::head) return false;
    if (!std::exchange(head_told, true))
      add(outcome, std::to_string(connection.take_head().status));
    while (true) {
      Body::Frame frame;
      Upstream::Idle waiter(loop);
      connection.poll(1000, {}, frame, &waiter);
      outcome.content += frame.data.view();
      if (frame.state == Body::State::pending) return false;
      if (frame.state == Body::State::error) {
        add(outcome, frame.error->name());
        return true;
      }
      if (frame.state == Body::State::end) {
        // What was not asked for may come later.
        iovec rest{const_cast<char*>(one.sent.data()) + at, one.sent.size() - at};
        if (rest.iov_len > 0) far->write({&rest, 1}, nullptr);
        bool open = connection.reusable();
        if (open) {
          connection.park(changed);
          open = connection.unpark();
        }
        add(outcome, open ? "open" : "close");
        return true;
      }
    }
  };
  while (true) {
    if (at < one.sent.size()) {
      std::string part = one.sent.substr(at, step);
      iovec bytes{part.data(), part.size()};
      auto result = far->write({&bytes, 1}, nullptr);
      // The client has seen enough.
      if (result.state != io::IoResult::State::done) at = one.sent.size();
      at = std::min(at + part.size(), one.sent.size());
      if (at >= one.sent.size() && one.ends) far->shut_down_writes();
    } else if (one.sent.empty() && one.ends) {
      far->shut_down_writes();
    }
    if (turn()) return outcome;
    if (at >= one.sent.size() && !turn()) {
      add(outcome, "pending");
      return outcome;
    }
  }
}

Outcome over_a_socket(const h1::Case& one) {
  RawServer server([&](RawPeer& peer, int) {
    peer.read_head();
    peer.send(one.sent);
    if (one.ends) return;
    peer.sees_close();
  });
  Upstream up;
  Outcome outcome;
  auto answer = up.send(Upstream::request(server.authority(), method_of(one)));
  for (const Informational& interim : up.exchange.informed)
    add(outcome, std::to_string(interim.status));
  if (!answer.ok()) {
    add(outcome, answer.error().name());
  } else {
    add(outcome, std::to_string(answer->status));
    Content content = up.read(*answer->body);
    outcome.content = content.data;
    answer->body.reset();
    if (content.error)
      add(outcome, content.error->name());
    else
      add(outcome, up.client->pool().idle() == 1 ? "open" : "close");
  }
  up.client.reset();
  return outcome;
}

TEST(ResponseTable, HasItsCases) { EXPECT_GE(cases().size(), 60u); }

TEST(ResponseTable, HoldsOverMemory) {
  for (const h1::Case& one : cases()) check(one, over_memory(one, SIZE_MAX), "memory");
}

TEST(ResponseTable, HoldsOverMemoryByteByByte) {
  for (const h1::Case& one : cases()) {
    if (one.sent.size() > 10'000) continue;
    check(one, over_memory(one, 1), "byte by byte");
  }
}

TEST(ResponseTable, HoldsOverSockets) {
  for (const h1::Case& one : cases()) check(one, over_a_socket(one), "socket");
}

}  // namespace
}  // namespace weir::http::client
