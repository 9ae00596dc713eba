#include "server/server.h"

#include <sys/random.h>

#include <unistd.h>

#include <ctime>
#include <unordered_map>

namespace weir::server {

using http::h1::ServerConnection;

// A loop, its thread's state, and the connections that it serves.
class Server::Worker final : public http::h1::ConnectionOwner {
 public:
  explicit Worker(Server& server) : server_(server), reaper_(*this), end_(*this) {
    ::getrandom(&id_state_, sizeof id_state_, 0);
    id_state_ |= 1;
    handler_ = server.make_(loop_);
    for (const Listener& listener : server.listeners_)
      acceptors_.push_back(std::make_unique<io::Acceptor>(
          loop_, listener.socket, [this, &listener](int fd, std::string peer) {
            accept(fd, std::move(peer), listener);
          }));
  }
  ~Worker() {
    acceptors_.clear();
    connections_.clear();
    dead_.clear();
    handler_.reset();
  }

  void run() { loop_.run(); }

  void drain() {
    loop_.post_from_any_thread([this] {
      if (draining_) return;
      draining_ = true;
      acceptors_.clear();
      end_.arm(loop_, loop_.now() + server_.settings_.drain_timeout_ns);
      std::vector<ServerConnection*> all;
      for (auto& [key, connection] : connections_) all.push_back(key);
      for (auto* connection : all)
        if (connections_.contains(connection)) connection->drain();
      stop_if_empty();
    });
  }

  // --- ConnectionOwner
  void closed(ServerConnection& connection) override {
    auto found = connections_.find(&connection);
    dead_.push_back(std::move(found->second));
    connections_.erase(found);
    loop_.post(reaper_);
    server_.connections_.fetch_sub(1, std::memory_order_relaxed);
  }
  bool draining() const override { return draining_; }
  std::string_view date() override {
    std::time_t now = std::time(nullptr);
    if (now != date_at_) {
      date_at_ = now;
      std::tm parts;
      ::gmtime_r(&now, &parts);
      date_size_ = std::strftime(date_, sizeof date_, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    }
    return {date_, date_size_};
  }
  std::string new_request_id() override {
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
  void finished(http::Exchange&, std::string_view, std::string_view, uint16_t, uint64_t) override {}

 private:
  struct Reaper : Runnable {
    explicit Reaper(Worker& owner) : owner(owner) {}
    void run() override {
      owner.dead_.clear();
      owner.stop_if_empty();
    }
    Worker& owner;
  };
  struct End : io::Timer {
    explicit End(Worker& owner) : owner(owner) {}
    void expired() override {
      owner.server_.log_.warning(
          "the drain timeout is over: " + std::to_string(owner.connections_.size()) +
          " connections are cut");
      owner.loop_.stop();
    }
    Worker& owner;
  };

  void accept(int fd, std::string peer, const Listener& listener) {
    if (server_.connections_.fetch_add(1, std::memory_order_relaxed) >=
        server_.settings_.max_connections) {
      server_.connections_.fetch_sub(1, std::memory_order_relaxed);
      ::close(fd);
      return;
    }
    auto socket = std::make_unique<io::SocketStream>(loop_, fd);
    std::unique_ptr<io::Stream> stream;
    if (listener.wrap)
      stream = listener.wrap(loop_, std::move(socket));
    else
      stream = std::move(socket);
    auto connection = std::make_unique<ServerConnection>(
        loop_, std::move(stream), *handler_, server_.settings_.connection, *this,
        ServerConnection::Endpoints{std::move(peer), listener.socket.address(), listener.secure});
    auto* key = connection.get();
    connections_.emplace(key, std::move(connection));
    key->start();
  }
  void stop_if_empty() {
    if (draining_ && connections_.empty() && dead_.empty()) loop_.stop();
  }

  Server& server_;
  io::Loop loop_;
  std::unique_ptr<http::Handler> handler_;
  std::vector<std::unique_ptr<io::Acceptor>> acceptors_;
  std::unordered_map<ServerConnection*, std::unique_ptr<ServerConnection>> connections_;
  std::vector<std::unique_ptr<ServerConnection>> dead_;
  Reaper reaper_;
  End end_;
  bool draining_ = false;
  uint64_t id_state_ = 0;
  std::time_t date_at_ = 0;
  size_t date_size_ = 0;
  char date_[40] = {};
};

Server::Server(Settings settings, std::vector<Listener> listeners, MakeHandler make, Log& log)
    : settings_(std::move(settings)),
      listeners_(std::move(listeners)),
      make_(std::move(make)),
      log_(log) {
  for (unsigned i = 0; i < std::max(1u, settings_.threads); ++i)
    workers_.push_back(std::make_unique<Worker>(*this));
}

Server::~Server() = default;

void Server::run() {
  std::vector<std::jthread> threads;
  for (size_t i = 1; i < workers_.size(); ++i)
    threads.emplace_back([worker = workers_[i].get()] { worker->run(); });
  workers_[0]->run();
}

void Server::drain() {
  for (auto& worker : workers_) worker->drain();
}

}  // namespace weir::server
