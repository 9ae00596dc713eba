#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/admission.h"
#include "http/h1/server_connection.h"
#include "http/handler.h"
#include "server/access_log.h"
#include "server/date.h"
#include "server/settings.h"
#include "util/byte_budget.h"
#include "util/log.h"

namespace weir::server {

class Worker;

// What the workers of a server share.
struct Shared {
  Shared(Settings settings, std::vector<Listener> listeners, Log& log);

  const Settings settings;
  // Not changed but that the sockets are closed once nobody accepts any more.
  std::vector<Listener> listeners;
  Log& log;
  // All of them, before the first one runs.
  std::vector<Worker*> workers;
  http::Admission admission;
  ByteBudget own_budget;
  ByteBudget& budget;
  std::atomic<size_t> connections{0};
  // Workers that do not accept because of the limit on connections.
  std::atomic<size_t> paused{0};
  // Workers that have stopped accepting for good.
  std::atomic<size_t> draining{0};
};

// A loop, its thread's state, and the connections that it serves.
class Worker final : public http::h1::ConnectionOwner, public io::Acceptor::Owner {
 public:
  // `shared` outlives it.
  Worker(Shared& shared, const std::function<std::unique_ptr<http::Handler>(io::Loop&)>& make);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Serves until the drain is over.
  void run();

  // From any thread.
  void drain();
  // Serves this connection, which is counted already.
  void adopt(const Listener& listener, io::Fd connection, std::string peer);
  void resume_accepting() { loop_.post_from_any_thread(resume_); }
  // How busy it is, to compare: requests first, then connections.
  uint64_t load() const {
    return uint64_t{requests_.load(std::memory_order_relaxed)} << 32 |
           open_.load(std::memory_order_relaxed);
  }

 private:
  template <auto Function>
  struct Remote final : io::RemoteWork {
    explicit Remote(Worker& owner) : owner(owner) {}
    void run_on_loop() override { (owner.*Function)(); }
    Worker& owner;
  };
  struct Reaper final : Runnable {
    explicit Reaper(Worker& owner) : owner(owner) {}
    void run() override { owner.reap(); }
    Worker& owner;
  };

  // ConnectionOwner
  void closed(http::h1::ServerConnection& connection) override;
  http::h1::ConnectionOwner* less_busy() override;
  void departed(http::h1::ServerConnection& connection, http::h1::ConnectionOwner& to,
                std::unique_ptr<http::h1::Handover> handover) override;
  bool draining() const override { return draining_; }
  std::string_view date() override { return date_.text(); }
  std::string new_request_id() override;
  http::h1::BufferPool& buffers() override { return buffers_; }
  ByteBudget& budget() override { return shared_.budget; }
  http::Admission& admission() override { return shared_.admission; }
  const std::shared_ptr<http::Admission::Bell>& bell() override { return bell_; }
  void begin_request() override { add(requests_, 1); }
  void end_request() override { add(requests_, -1); }
  bool logs_requests() const override { return access_log_.enabled(); }
  void finished(const http::h1::RequestRecord& record) override { access_log_.add(record); }

  // Acceptor::Owner
  bool reserve() override;
  void accepted(const io::ListeningSocket& socket, io::Fd connection, std::string peer) override;
  void not_accepted() override { release_connection(); }

  void serve(const Listener& listener, io::Fd connection, std::string peer);
  // Goes on with a connection of another worker's.
  void take_over(http::h1::Handover handover);
  http::h1::ServerConnection& keep(std::unique_ptr<io::Stream> stream,
                                   http::h1::Endpoints endpoints);
  void forget(http::h1::ServerConnection& connection);
  void release_connection();
  void resume_now();
  void begin_drain();
  void expect_no_more();
  void end_drain();
  void reap();
  void stop_if_empty();
  // Adds to a counter that only this thread changes.
  static void add(std::atomic<uint32_t>& count, int change) {
    count.store(count.load(std::memory_order_relaxed) + static_cast<uint32_t>(change),
                std::memory_order_relaxed);
  }

  Shared& shared_;
  io::Loop loop_;
  http::h1::BufferPool buffers_;
  Date date_;
  AccessLog access_log_;
  std::unique_ptr<http::Handler> handler_;
  std::vector<std::unique_ptr<io::Acceptor>> acceptors_;
  std::unordered_map<http::h1::ServerConnection*, std::unique_ptr<http::h1::ServerConnection>>
      connections_;
  std::vector<std::unique_ptr<http::h1::ServerConnection>> dead_;
  // How other threads reach those who wait here to begin a request.
  const std::shared_ptr<http::Admission::Bell> bell_;
  std::atomic<uint32_t> requests_{0}, open_{0};
  // Connections on their way here from other workers.
  std::atomic<uint32_t> arriving_{0};
  // Whom `less_busy` has looked at last, and when a connection has departed last.
  size_t looked_at_ = 0;
  uint64_t moved_at_ = 0;
  bool paused_ = false;
  bool draining_ = false;
  // No worker accepts any more, and none hands over a connection.
  bool last_came_ = false;
  uint64_t id_state_ = 0;
  Reaper reaper_;
  io::MemberTimer<&Worker::end_drain, Worker> drain_end_;
  Remote<&Worker::resume_now> resume_;
  Remote<&Worker::begin_drain> drain_;
  Remote<&Worker::expect_no_more> no_more_;
};

}  // namespace weir::server
