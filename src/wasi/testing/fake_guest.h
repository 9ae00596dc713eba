#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "component/host/call.h"
#include "http/body.h"
#include "http/exchange.h"
#include "wasi/context.h"
#include "wasi/guest.h"

// What stands in for a loop, clocks and a fiber in tests of host functions.
namespace weir::wasi::testing {

// Runs posted work when asked to; time stands still until it is moved.
class FakeLoop final : public Executor, public Clocks {
 public:
  void post(Runnable& work) override { queue_.push(work); }
  uint64_t now() const override { return time; }

  uint64_t monotonic_now() override { return time; }
  WallTime wall_now() override { return {1'700'000'000, 5}; }
  uint64_t monotonic_resolution() override { return 1; }
  uint64_t wall_resolution() override { return 1'000'000'001; }
  std::unique_ptr<Timer> start_timer(uint64_t deadline, Waiter& waiter) override {
    return std::make_unique<FakeTimer>(*this, deadline, waiter);
  }

  // One piece of posted work. False if there is none.
  bool step() {
    Runnable* work = queue_.pop();
    if (work) work->run();
    return work != nullptr;
  }
  void run() {
    while (step()) {
    }
  }
  // Moves the time to `early` nanoseconds before the next timer and fires it there. False if there
  // is none. A loop that fires late or early must not matter.
  bool next_timer(uint64_t early = 0) {
    if (timers_.empty() || timers_.begin()->first == UINT64_MAX) return false;
    auto [deadline, timer] = *timers_.begin();
    timers_.erase(timers_.begin());
    timer->running = false;
    time = std::max(time, deadline - early);
    timer->waiter.wake();
    return true;
  }
  size_t timers() const { return timers_.size(); }

  uint64_t time = 1'000'000;

 private:
  struct FakeTimer final : Timer {
    FakeTimer(FakeLoop& loop, uint64_t deadline, Waiter& waiter) : loop(loop), waiter(waiter) {
      place = loop.timers_.emplace(deadline, this);
    }
    ~FakeTimer() override {
      if (running) loop.timers_.erase(place);
    }
    FakeLoop& loop;
    Waiter& waiter;
    bool running = true;
    std::multimap<uint64_t, FakeTimer*>::iterator place;
  };

  RunQueue queue_;
  std::multimap<uint64_t, FakeTimer*> timers_;
};

// Counts up, so that what comes from it can be told.
class FakeRandom final : public RandomSource {
 public:
  void fill(std::span<uint8_t> target) override {
    for (uint8_t& byte : target) byte = next_++;
  }

 private:
  uint8_t next_ = 1;
};

class FakeSink final : public OutputSink {
 public:
  void write(std::span<const uint8_t> bytes) override { text += as_text(bytes); }
  std::string text;
};

class FakeExchange final : public http::Exchange {
 public:
  io::Loop& loop() override { WEIR_ASSERT(false); }
  std::string_view request_id() const override { return "id-1"; }
  std::string_view peer_address() const override { return "192.0.2.1:1"; }
  std::string_view local_address() const override { return "192.0.2.2:2"; }
  bool secure() const override { return false; }
  std::optional<uint64_t> deadline() const override { return std::nullopt; }
  std::optional<http::CancelReason> cancelled() const override { return std::nullopt; }
  void on_cancel(Waiter&) override {}
  void inform(http::Informational) override {}
  http::Annotations& annotations() override { return annotations_; }
  http::Exchange& root() override { return *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel>) override { return false; }

 private:
  http::Annotations annotations_;
};

// A body that a test feeds.
class FakeBody final : public http::Body {
 public:
  struct Feed {
    std::vector<Frame> frames;
    WaitList waiters;
    std::optional<http::ErrorCode> aborted;
    bool destroyed = false;
    size_t polls = 0;

    void push(Frame frame) {
      frames.push_back(std::move(frame));
      waiters.wake_all();
    }
    void push_text(std::string_view text) { push(Frame::of_data(Bytes::copy(text))); }
  };
  explicit FakeBody(std::shared_ptr<Feed> feed) : feed_(std::move(feed)) {}
  ~FakeBody() override { feed_->destroyed = true; }

  Frame poll(size_t max, Waiter* waiter) override {
    ++feed_->polls;
    if (feed_->frames.empty()) {
      if (waiter) feed_->waiters.add(*waiter);
      return Frame::of_pending();
    }
    Frame& front = feed_->frames.front();
    if (front.state == State::end || front.state == State::error) return copy(front);
    if (front.state == State::data && front.data.size() > max) {
      return Frame::of_data(front.data.take(max));
    }
    Frame frame = std::move(front);
    feed_->frames.erase(feed_->frames.begin());
    return frame;
  }
  void abort(http::ErrorCode code) override { feed_->aborted = std::move(code); }
  std::optional<uint64_t> length() const override { return std::nullopt; }

 private:
  static Frame copy(const Frame& frame) { return {frame.state, {}, {}, frame.error}; }
  std::shared_ptr<Feed> feed_;
};

// A guest's side of host functions: its state, and calls that block by running the fake loop.
class FakeGuest final : public component::CallEnvironment {
 public:
  FakeGuest()
      : CallEnvironment(loop, &storage_),
        abi_(nullptr, nullptr),
        waiter_(*this),
        guest(Context{loop, loop, random, grants, &out, &err, nullptr, &exchange}),
        call(*this, abi_) {}

  // Runs the loop until the guest is woken; with nothing to run, does what `when_idle` says, then
  // fires timers. False if nothing can ever wake it, or the test wants it ended.
  bool suspend() override {
    ++suspensions;
    woken_ = false;
    while (!woken_) {
      if (cancelled) return false;
      if (loop.step()) continue;
      if (!when_idle.empty()) {
        auto action = std::move(when_idle.front());
        when_idle.erase(when_idle.begin());
        action();
        continue;
      }
      if (!loop.next_timer(std::exchange(timer_early, 0))) return false;
    }
    return true;
  }
  Waiter& waiter() override { return waiter_; }

 private:
  struct Wake final : Waiter {
    explicit Wake(FakeGuest& guest) : Waiter(guest.loop), guest(guest) {}
    void fire() override { guest.woken_ = true; }
    FakeGuest& guest;
  };

  int storage_ = 0;

 public:
  FakeLoop loop;
  FakeRandom random;
  Grants grants;
  FakeSink out, err;
  FakeExchange exchange;
  int suspensions = 0;
  bool cancelled = false;
  // By how much the next timer fires too early, once.
  uint64_t timer_early = 0;
  std::vector<std::function<void()>> when_idle;

 private:
  component::AbiContext abi_;
  Wake waiter_;
  bool woken_ = false;

 public:
  Guest guest;
  component::Call call;

  p2::Hosts& p2() { return guest.p2; }
};

// Everything that a body has now; "|" for its end, an error's name in brackets, "?" if it waits.
inline std::string read_all(http::Body& body) {
  std::string text;
  for (;;) {
    http::Body::Frame frame = body.poll(SIZE_MAX, nullptr);
    switch (frame.state) {
      case http::Body::State::data:
        text += frame.data.view();
        break;
      case http::Body::State::trailers:
        for (size_t i = 0; i < frame.trailers.size(); ++i) {
          text += "{" + std::string(frame.trailers[i].name) + ": " +
                  std::string(frame.trailers[i].value) + "}";
        }
        break;
      case http::Body::State::end:
        return text + "|";
      case http::Body::State::error:
        return text + "[" + std::string(frame.error->name()) + "]";
      case http::Body::State::pending:
        return text + "?";
    }
  }
}

}  // namespace weir::wasi::testing
