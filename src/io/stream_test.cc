#include <gtest/gtest.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "io/loop.h"
#include "io/memory_stream.h"
#include "io/socket_stream.h"

namespace weir::io {
namespace {

using State = IoResult::State;
using Ends = std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>>;

Ends make_memory(Loop&) { return memory_stream_pair(1000); }
Ends make_sockets(Loop& loop) {
  int fds[2];
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
  return {std::make_unique<SocketStream>(loop, fds[0]),
          std::make_unique<SocketStream>(loop, fds[1])};
}

struct Flag : Waiter {
  using Waiter::Waiter;
  int fired = 0;
  void fire() override { ++fired; }
};

class StreamTest : public testing::TestWithParam<Ends (*)(Loop&)> {
 protected:
  StreamTest() : flag(loop) { std::tie(here, there) = GetParam()(loop); }
  // Turns the loop until `done`.
  void until(const std::function<bool()>& done) {
    for (int i = 0; i < 5000 && !done(); ++i) loop.run_once();
    EXPECT_TRUE(done());
  }
  std::string read(Stream& stream, size_t size = 100) {
    uint8_t buffer[4096];
    IoResult result = stream.read({buffer, size}, &flag);
    while (result.state == State::pending) {
      flag.fired = 0;
      until([&] { return flag.fired > 0; });
      result = stream.read({buffer, size}, &flag);
    }
    if (result.state == State::end) return "END";
    if (result.state == State::failed) return "FAILED";
    return {reinterpret_cast<char*>(buffer), result.bytes};
  }
  static IoResult write(Stream& stream, std::string text, Waiter* waiter = nullptr) {
    iovec parts[2] = {{text.data(), text.size() / 2},
                      {text.data() + text.size() / 2, text.size() - text.size() / 2}};
    return stream.write(parts, waiter);
  }

  Loop loop;
  Flag flag;
  std::unique_ptr<Stream> here, there;
};

TEST_P(StreamTest, CarriesBytesInBothDirections) {
  EXPECT_EQ(write(*here, "hello").bytes, 5u);
  EXPECT_EQ(read(*there, 3), "hel");
  EXPECT_EQ(read(*there), "lo");
  EXPECT_EQ(write(*there, "back").bytes, 4u);
  EXPECT_EQ(read(*here), "back");
}

TEST_P(StreamTest, WakesAReaderThatWaits) {
  uint8_t buffer[10];
  EXPECT_EQ(there->read(buffer, &flag).state, State::pending);
  loop.run_once();
  EXPECT_EQ(flag.fired, 0);
  write(*here, "x");
  until([&] { return flag.fired == 1; });
  EXPECT_EQ(read(*there), "x");
}

TEST_P(StreamTest, PushesBackAndWakesTheWriterWhenThereIsRoom) {
  std::string block(1000, 'x');
  size_t sent = 0;
  while (true) {
    IoResult result = write(*here, block, &flag);
    if (result.state == State::pending) break;
    ASSERT_EQ(result.state, State::done);
    sent += result.bytes;
    ASSERT_LT(sent, 64u << 20);
  }
  size_t received = 0;
  while (received < sent) received += read(*there, 4096).size();
  EXPECT_EQ(received, sent);
  IoResult again = write(*here, block, &flag);
  while (again.state == State::pending) {
    loop.run_once();
    again = write(*here, block, &flag);
  }
  EXPECT_EQ(again.state, State::done);
}

TEST_P(StreamTest, ClosesEachDirectionOnItsOwn) {
  write(*here, "last");
  here->shut_down_writes();
  EXPECT_EQ(read(*there), "last");
  EXPECT_EQ(read(*there), "END");
  write(*there, "answer");
  EXPECT_EQ(read(*here), "answer");
}

TEST_P(StreamTest, NoticesAHangUpWhileNobodyReads) {
  Flag watcher(loop);
  there->watch_hang_up(&watcher);
  write(*here, "unread");
  loop.run_once();
  EXPECT_EQ(watcher.fired, 0);
  here.reset();
  until([&] { return watcher.fired == 1; });
  EXPECT_TRUE(there->hung_up());
  EXPECT_EQ(read(*there), "unread");
  EXPECT_EQ(read(*there), "END");
}

TEST_P(StreamTest, TellsAHangUpThatHasHappened) {
  here->shut_down_writes();
  EXPECT_EQ(read(*there), "END");
  Flag watcher(loop);
  there->watch_hang_up(&watcher);
  until([&] { return watcher.fired == 1; });
}

TEST_P(StreamTest, WakesEverybodyOnAResetAndFailsFromThenOn) {
  uint8_t buffer[10];
  Flag reader(loop), watcher(loop);
  EXPECT_EQ(here->read(buffer, &reader).state, State::pending);
  here->watch_hang_up(&watcher);
  here->reset();
  until([&] { return reader.fired == 1 && watcher.fired == 1; });
  EXPECT_EQ(here->read(buffer, nullptr).state, State::failed);
  EXPECT_EQ(write(*here, "x").state, State::failed);
}

TEST_P(StreamTest, DoesNotSpinOnBytesThatNobodyReads) {
  Flag watcher(loop);
  there->watch_hang_up(&watcher);
  write(*here, "waiting");
  loop.run_once();
  loop.run_once();
  loop.run_once();
  EXPECT_EQ(read(*there), "waiting");
}

INSTANTIATE_TEST_SUITE_P(Memory, StreamTest, testing::Values(&make_memory));
INSTANTIATE_TEST_SUITE_P(Sockets, StreamTest, testing::Values(&make_sockets));

}  // namespace
}  // namespace weir::io
