#include "server/worker.h"

#include <sys/random.h>

#include <algorithm>

namespace weir::server {

using http::h1::ServerConnection;

namespace {

// A request goes to a loop that is so many times less behind.
constexpr uint64_t kWorthMoving = 4;
// Loops that are looked at for it.
constexpr int kLooks = 2;
// Nor more often: a move costs as much as a few requests that compute nothing.
constexpr uint64_t kBetweenMovesNs = 4'000'000;

}  // namespace

Shared::Shared(Settings settings_in, std::vector<Listener> listeners_in, Log& log_in)
    : settings(std::move(settings_in)),
      listeners(std::move(listeners_in)),
      log(log_in),
      admission(static_cast<uint32_t>(std::max<size_t>(1, settings.max_requests)),
                static_cast<uint32_t>(settings.max_waiting)),
      own_budget(settings.max_buffered),
      budget(settings.budget ? *settings.budget : own_budget) {}

Worker::Worker(Shared& shared, const std::function<std::unique_ptr<http::Handler>(io::Loop&)>& make)
    : shared_(shared),
      access_log_(loop_, shared.settings.access_format, shared.settings.access_sink),
      bell_(std::make_shared<http::Admission::Bell>(loop_)),
      reaper_(*this),
      drain_end_(*this),
      resume_(*this),
      drain_(*this),
      no_more_(*this) {
  (void)!::getrandom(&id_state_, sizeof id_state_, 0);
  handler_ = make(loop_);
  for (const Listener& listener : shared.listeners)
    acceptors_.push_back(std::make_unique<io::Acceptor>(loop_, listener.socket,
                                                        static_cast<io::Acceptor::Owner&>(*this)));
}

Worker::~Worker() {
  acceptors_.clear();
  // Each one that ends leaves the map.
  while (!connections_.empty()) connections_.begin()->first->cut(http::CancelReason::drain);
  dead_.clear();
  handler_.reset();
}

void Worker::run() { loop_.run(); }

// --- connections

bool Worker::reserve() {
  if (shared_.connections.fetch_add(1) < shared_.settings.max_connections) return true;
  // Said before it is looked at again, so that whoever makes room sees it.
  if (!paused_) shared_.paused.fetch_add(1);
  paused_ = true;
  release_connection();
  return false;
}

void Worker::release_connection() {
  size_t left = shared_.connections.fetch_sub(1) - 1;
  if (left < shared_.settings.max_connections && shared_.paused.load() > 0)
    for (Worker* worker : shared_.workers) worker->resume_accepting();
}

void Worker::resume_now() {
  if (!paused_ || draining_) return;
  if (shared_.connections.load() >= shared_.settings.max_connections) return;
  paused_ = false;
  shared_.paused.fetch_sub(1);
  for (auto& acceptor : acceptors_) acceptor->resume();
}

void Worker::accepted(const io::ListeningSocket& socket, io::Fd connection, std::string peer) {
  const Listener& listener =
      *std::find_if(shared_.listeners.begin(), shared_.listeners.end(),
                    [&](const Listener& candidate) { return &candidate.socket == &socket; });
  // The least busy one; this one where others are no better.
  Worker* best = this;
  uint64_t least = load();
  if (!draining_)
    for (Worker* worker : shared_.workers)
      if (uint64_t busy = worker->load(); busy < least) best = worker, least = busy;
  best->open_.fetch_add(1, std::memory_order_relaxed);
  if (best == this)
    serve(listener, std::move(connection), std::move(peer));
  else
    best->adopt(listener, std::move(connection), std::move(peer));
}

void Worker::adopt(const Listener& listener, io::Fd connection, std::string peer) {
  struct Handover final : io::RemoteWork {
    Worker& worker;
    const Listener& listener;
    io::Fd connection;
    std::string peer;
    Handover(Worker& worker, const Listener& listener, io::Fd connection, std::string peer)
        : worker(worker),
          listener(listener),
          connection(std::move(connection)),
          peer(std::move(peer)) {}
    void run_on_loop() override {
      std::unique_ptr<Handover> self(this);
      worker.serve(listener, std::move(connection), std::move(peer));
    }
  };
  loop_.post_from_any_thread(
      *new Handover(*this, listener, std::move(connection), std::move(peer)));
}

void Worker::serve(const Listener& listener, io::Fd fd, std::string peer) {
  auto socket = std::make_unique<io::SocketStream>(loop_, fd.release());
  std::unique_ptr<io::Stream> stream;
  if (listener.wrap)
    stream = listener.wrap(loop_, std::move(socket));
  else
    stream = std::move(socket);
  ServerConnection& connection =
      keep(std::move(stream), {std::move(peer), listener.socket.address(), listener.secure});
  connection.start();
  if (draining_) connection.drain();
}

ServerConnection& Worker::keep(std::unique_ptr<io::Stream> stream, http::h1::Endpoints endpoints) {
  auto connection =
      std::make_unique<ServerConnection>(loop_, std::move(stream), *handler_,
                                         shared_.settings.connection, *this, std::move(endpoints));
  ServerConnection& kept = *connection;
  connections_.emplace(&kept, std::move(connection));
  return kept;
}

void Worker::forget(ServerConnection& connection) {
  auto found = connections_.find(&connection);
  dead_.push_back(std::move(found->second));
  connections_.erase(found);
  loop_.post(reaper_);
  open_.fetch_sub(1, std::memory_order_relaxed);
}

void Worker::closed(ServerConnection& connection) {
  forget(connection);
  release_connection();
}

http::h1::ConnectionOwner* Worker::less_busy() {
  const std::vector<Worker*>& all = shared_.workers;
  // With nobody else at work here, the request is heard at once.
  if (all.size() < 2 || draining_ || requests_.load(std::memory_order_relaxed) == 0) return nullptr;
  uint64_t now = loop_.precise_now(), most = loop_.backlog(now) / kWorthMoving;
  if (now - moved_at_ < kBetweenMovesNs) return nullptr;
  for (int i = 0; i < kLooks; ++i) {
    looked_at_ = (looked_at_ + 1) % all.size();
    Worker& other = *all[looked_at_];
    // One at a time: then it shows how busy that has made it.
    if (&other != this && other.arriving_.load(std::memory_order_relaxed) == 0 &&
        other.loop_.backlog(now) <= most)
      return &other;
  }
  return nullptr;
}

void Worker::departed(ServerConnection& connection, http::h1::ConnectionOwner& to,
                      std::unique_ptr<http::h1::Handover> handover) {
  struct Arrival final : io::RemoteWork {
    Worker& worker;
    std::unique_ptr<http::h1::Handover> handover;
    Arrival(Worker& worker, std::unique_ptr<http::h1::Handover> handover)
        : worker(worker), handover(std::move(handover)) {}
    void run_on_loop() override {
      std::unique_ptr<Arrival> self(this);
      worker.take_over(std::move(*handover));
    }
  };
  forget(connection);
  moved_at_ = loop_.precise_now();
  Worker& worker = static_cast<Worker&>(to);
  worker.open_.fetch_add(1, std::memory_order_relaxed);
  worker.arriving_.fetch_add(1, std::memory_order_relaxed);
  worker.loop_.post_from_any_thread(*new Arrival(worker, std::move(handover)));
}

void Worker::take_over(http::h1::Handover handover) {
  arriving_.fetch_sub(1, std::memory_order_relaxed);
  handover.stream->join(loop_);
  ServerConnection& connection = keep(std::move(handover.stream), std::move(handover.endpoints));
  connection.go_on(std::move(handover));
  if (draining_) connection.drain();
}

void Worker::reap() {
  dead_.clear();
  stop_if_empty();
}

std::string Worker::new_request_id() {
  static constexpr char kHex[] = "0123456789abcdef";
  id_state_ += 0x9e3779b97f4a7c15;
  uint64_t z = id_state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  std::string id(16, '0');
  for (char& c : id) {
    c = kHex[z & 15];
    z >>= 4;
  }
  return id;
}

// --- drain

void Worker::drain() { loop_.post_from_any_thread(drain_); }

void Worker::begin_drain() {
  if (draining_) return;
  draining_ = true;
  // Whoever has connected is served.
  for (auto& acceptor : acceptors_) acceptor->accept_waiting();
  acceptors_.clear();
  drain_end_.arm(loop_, loop_.now() + shared_.settings.drain_timeout_ns);
  std::vector<ServerConnection*> all;
  for (auto& [key, connection] : connections_) all.push_back(key);
  for (ServerConnection* connection : all)
    if (connections_.contains(connection)) connection->drain();
  if (shared_.draining.fetch_add(1) + 1 < shared_.workers.size()) return;
  for (Listener& listener : shared_.listeners) listener.socket.close();
  for (Worker* worker : shared_.workers) worker->loop_.post_from_any_thread(worker->no_more_);
}

void Worker::expect_no_more() {
  last_came_ = true;
  stop_if_empty();
}

void Worker::end_drain() {
  shared_.log.warning("the drain timeout is over: " + std::to_string(connections_.size()) +
                      " connections are cut");
  while (!connections_.empty()) connections_.begin()->first->cut(http::CancelReason::drain);
}

void Worker::stop_if_empty() {
  if (last_came_ && connections_.empty() && dead_.empty()) loop_.stop();
}

}  // namespace weir::server
