#include "http/client/joined_tunnel.h"

namespace weir::http::client {

JoinedTunnel::JoinedTunnel(io::Loop& loop, uint64_t idle_timeout_ns, ByteBudget* budget)
    : loop_(loop),
      idle_timeout_ns_(idle_timeout_ns),
      up_(*this, loop, budget),
      down_(*this, loop, budget),
      alarm_(*this) {}

void JoinedTunnel::join(std::unique_ptr<io::Stream> far, std::string first,
                        std::shared_ptr<void> permit) {
  far_ = std::move(far);
  down_.bytes = std::move(first);
  permit_ = std::move(permit);
}

void JoinedTunnel::open(std::unique_ptr<io::Stream> near) {
  near_ = std::move(near);
  if (!far_) return cut();
  up_.from = down_.to = near_.get();
  up_.to = down_.from = far_.get();
  moved();
  up_.pump();
  if (near_) down_.pump();
}

void JoinedTunnel::Direction::pump() {
  uint8_t buffer[16 << 10];
  while (true) {
    if (at < bytes.size()) {
      iovec rest{bytes.data() + at, bytes.size() - at};
      auto result = to->write({&rest, 1}, &event);
      if (result.state == io::IoResult::State::pending) return share.hold(bytes.size());
      if (result.state != io::IoResult::State::done) return owner.cut();
      owner.moved();
      at += result.bytes;
      continue;
    }
    std::string().swap(bytes);
    at = 0;
    share.hold(0);
    if (ended) {
      done = true;
      to->shut_down_writes();
      return owner.finished();
    }
    auto result = from->read({buffer, share.allows(0, sizeof buffer)}, &event);
    if (result.state == io::IoResult::State::pending) return;
    if (result.state == io::IoResult::State::failed) return owner.cut();
    owner.moved();
    if (result.state == io::IoResult::State::end)
      ended = true;
    else
      bytes.assign(reinterpret_cast<char*>(buffer), result.bytes);
  }
}

void JoinedTunnel::finished() {
  if (!up_.done || !down_.done) return;
  alarm_.disarm();
  far_.reset();
  permit_.reset();
  // Ends the exchange, and with it, later, this.
  near_.reset();
}

void JoinedTunnel::cut() {
  alarm_.disarm();
  up_.event.cancel();
  down_.event.cancel();
  if (far_) far_->reset();
  far_.reset();
  permit_.reset();
  if (near_) near_->reset();
  near_.reset();
}

}  // namespace weir::http::client
