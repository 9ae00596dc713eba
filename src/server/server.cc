#include "server/server.h"

#include <algorithm>
#include <thread>

#include "server/worker.h"

namespace weir::server {

Server::Server(Settings settings, std::vector<Listener> listeners, MakeHandler make, Log& log)
    : shared_(std::make_unique<Shared>(std::move(settings), std::move(listeners), log)) {
  for (unsigned i = 0; i < std::max(1u, shared_->settings.threads); ++i)
    workers_.push_back(std::make_unique<Worker>(*shared_, make));
  for (auto& worker : workers_) shared_->workers.push_back(worker.get());
}

Server::~Server() {
  // What ends now tells no other worker.
  shared_->workers.clear();
}

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
