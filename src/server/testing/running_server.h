#pragma once

#include <time.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include "http/h1/testing/test_handler.h"
#include "io/await.h"
#include "server/server.h"

namespace weir::server {

inline uint64_t process_cpu_ns() {
  timespec time;
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

class KeptLog final : public Log {
 public:
  void write(Level, std::string_view message) override {
    std::lock_guard lock(mutex_);
    text_ += message;
    text_ += '\n';
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

// A server on a port of its own, on threads of its own, with the handlers of the tests. Besides
// what those answer, `/loop` says the number of its loop, `/work` does so after a moment's work,
// and `/compute` keeps its loop busy until it is told to stop.
class RunningServer {
 public:
  explicit RunningServer(Settings settings = {}, Listener::Wrap wrap = {}) {
    auto socket = io::ListeningSocket::open("127.0.0.1:0");
    EXPECT_TRUE(socket.ok());
    std::string address = socket->address();
    port_ = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    std::vector<Listener> listeners;
    bool secure = static_cast<bool>(wrap);
    listeners.push_back({std::move(*socket), std::move(wrap), secure});
    server_ = std::make_unique<Server>(
        settings, std::move(listeners),
        [this](io::Loop&) {
          counts_.push_back(std::make_unique<std::atomic<int>>(0));
          return std::make_unique<Counting>(*counts_.back(), counts_.size() - 1, stop_);
        },
        log_);
    thread_ = std::thread([this] { server_->run(); });
  }
  ~RunningServer() {
    if (!thread_.joinable()) return;
    server_->drain();
    thread_.join();
  }

  uint16_t port() const { return port_; }
  void drain() { server_->drain(); }
  void drain_and_wait() {
    server_->drain();
    thread_.join();
  }
  // Lets those who compute answer, now and later.
  void stop_computing() { stop_ = true; }
  // How many requests wait in `/never` or compute, over all loops or on one.
  int waiting() const {
    int sum = 0;
    for (auto& count : counts_) sum += *count;
    return sum;
  }
  int waiting_on(size_t loop) const { return *counts_[loop]; }

 private:
  class Counting final : public http::Handler {
   public:
    Counting(std::atomic<int>& count, size_t loop, const std::atomic<bool>& stop)
        : count_(count), loop_(loop), stop_(stop) {}
    io::Task<Result<http::Response, http::ErrorCode>> handle(http::Request request,
                                                             http::Exchange& exchange) override {
      struct Counted {
        explicit Counted(std::atomic<int>* count) : count(count) {
          if (count) ++*count;
        }
        ~Counted() {
          if (count) --*count;
        }
        std::atomic<int>* count;
      };
      if (request.target == "/work") work(exchange.loop(), 300'000);
      if (request.target == "/loop" || request.target == "/work")
        co_return http::h1::testing::answer(std::to_string(loop_));
      const bool computes = request.target == "/compute";
      Counted counted(computes || request.target == "/never" ? &count_ : nullptr);
      // As a guest does that is pre-empted.
      while (computes && !stop_) {
        work(exchange.loop(), 10'000'000);
        co_await io::next_turn(exchange.loop());
      }
      auto answer = co_await inner_.handle(std::move(request), exchange);
      co_return std::move(answer);
    }

   private:
    static void work(const io::Loop& loop, uint64_t nanoseconds) {
      for (uint64_t end = loop.precise_now() + nanoseconds; loop.precise_now() < end;) {
      }
    }

    std::atomic<int>& count_;
    const size_t loop_;
    const std::atomic<bool>& stop_;
    http::h1::TestHandler inner_;
  };

  KeptLog log_;
  std::atomic<bool> stop_ = false;
  std::vector<std::unique_ptr<std::atomic<int>>> counts_;
  std::unique_ptr<Server> server_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace weir::server
