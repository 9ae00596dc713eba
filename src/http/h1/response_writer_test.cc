#include "http/h1/response_writer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "http/h1/testing/test_handler.h"

namespace weir::http::h1 {
namespace {

// Runs nothing.
class NoExecutor final : public Executor {
 public:
  void post(Runnable&) override {}
  uint64_t now() const override { return 0; }
};

class NoWaiter final : public Waiter {
 public:
  explicit NoWaiter(Executor& executor) : Waiter(executor) {}
  void fire() override {}
};

// Takes so many bytes at first, then none once, then all.
class HaltingStream final : public io::Stream {
 public:
  explicit HaltingStream(size_t first) : left_(first) {}
  io::IoResult write(std::span<const iovec> source, Waiter*) override {
    if (left_ == 0 && std::exchange(halts_, false)) {
      left_ = SIZE_MAX;
      return {};
    }
    size_t moved = 0;
    for (const iovec& part : source) {
      size_t count = std::min(part.iov_len, left_);
      taken.append(static_cast<const char*>(part.iov_base), count);
      moved += count;
      if (left_ != SIZE_MAX) left_ -= count;
    }
    return {io::IoResult::State::done, moved, 0};
  }
  io::IoResult read(std::span<uint8_t>, Waiter*) override { return {}; }
  void watch_hang_up(Waiter*) override {}
  bool hung_up() const override { return false; }
  void shut_down_writes() override {}
  void reset() override {}

  std::string taken;

 private:
  size_t left_;
  bool halts_ = true;
};

// What a client gets of two large chunks when its connection stops once after `first` bytes.
std::string received(size_t first) {
  ByteBudget budget;
  BufferPool pool;
  NoExecutor executor;
  NoWaiter body_waiter(executor), write_waiter(executor);
  ResponseWriter writer(pool, budget);
  std::vector<Body::Frame> frames;
  frames.push_back(Body::Frame::of_data(Bytes::copy(std::string(5000, 'a'))));
  frames.push_back(Body::Frame::of_data(Bytes::copy(std::string(6000, 'b'))));
  Response response;
  response.body = std::make_unique<testing::ScriptedBody>(std::move(frames));
  EXPECT_TRUE(writer.begin(std::move(response), {}));
  HaltingStream stream(first);
  for (int i = 0; i < 4; ++i) {
    auto progress = writer.pump(stream, body_waiter, write_waiter);
    if (progress == ResponseWriter::Progress::complete) break;
    if (progress == ResponseWriter::Progress::socket_full) writer.on_writable();
  }
  return stream.taken;
}

TEST(ResponseWriter, AsksForNoContentWhileThePeerDoesNotRead) {
  // Has a byte each time it is asked.
  struct Bytewise final : Body {
    explicit Bytewise(int& polls) : polls(polls) {}
    Frame poll(size_t, Waiter*) override {
      return ++polls % 2 ? Frame::of_data(Bytes::copy("x")) : Frame::of_pending();
    }
    void abort(ErrorCode) override {}
    std::optional<uint64_t> length() const override { return std::nullopt; }
    int& polls;
  };
  ByteBudget budget;
  BufferPool pool;
  NoExecutor executor;
  NoWaiter body_waiter(executor), write_waiter(executor);
  ResponseWriter writer(pool, budget);
  int polls = 0;
  Response response;
  response.body = std::make_unique<Bytewise>(polls);
  EXPECT_TRUE(writer.begin(std::move(response), {}));
  HaltingStream stream(0);
  EXPECT_EQ(writer.pump(stream, body_waiter, write_waiter), ResponseWriter::Progress::socket_full);
  EXPECT_EQ(polls, 2);
  // More content wakes nobody up who could use it.
  EXPECT_EQ(writer.pump(stream, body_waiter, write_waiter), ResponseWriter::Progress::socket_full);
  EXPECT_EQ(polls, 2);
  writer.on_writable();
  EXPECT_EQ(writer.pump(stream, body_waiter, write_waiter), ResponseWriter::Progress::body_pending);
  EXPECT_EQ(polls, 4);
}

TEST(ResponseWriter, SendsTheSameWhereverTheConnectionStops) {
  std::string whole = received(SIZE_MAX);
  ASSERT_TRUE(whole.ends_with("0\r\n\r\n"));
  for (size_t first = 1; first < whole.size(); ++first)
    ASSERT_EQ(received(first), whole) << "after " << first << " bytes";
}

}  // namespace
}  // namespace weir::http::h1
