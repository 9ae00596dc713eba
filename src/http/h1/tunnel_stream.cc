#include "http/h1/tunnel_stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir::http::h1 {
namespace {

constexpr io::IoResult kGone{io::IoResult::State::failed, 0, ECONNRESET};

}  // namespace

TunnelStream::~TunnelStream() {
  if (connection_) closed_.wake();
}

void TunnelStream::detach() {
  // Whoever waits is woken, and finds that nothing is left.
  if (connection_) connection_->reset();
  connection_ = nullptr;
}

io::IoResult TunnelStream::read(std::span<uint8_t> target, Waiter* waiter) {
  if (!connection_) return kGone;
  io::IoResult result;
  if (taken_ < early_.size()) {
    size_t count = std::min(target.size(), early_.size() - taken_);
    std::memcpy(target.data(), early_.data() + taken_, count);
    taken_ += count;
    if (taken_ == early_.size()) std::string().swap(early_), taken_ = 0;
    result = {io::IoResult::State::done, count, 0};
  } else {
    result = connection_->read(target, waiter);
  }
  if (result.state == io::IoResult::State::done) received_ += result.bytes;
  return result;
}

io::IoResult TunnelStream::write(std::span<const iovec> source, Waiter* waiter) {
  if (!connection_) return kGone;
  io::IoResult result = connection_->write(source, waiter);
  if (result.state == io::IoResult::State::done) sent_ += result.bytes;
  return result;
}

void TunnelStream::watch_hang_up(Waiter* waiter) {
  if (connection_)
    connection_->watch_hang_up(waiter);
  else if (waiter)
    waiter->wake();
}

void TunnelStream::shut_down_writes() {
  if (connection_) connection_->shut_down_writes();
}

void TunnelStream::reset() {
  if (connection_) connection_->reset();
}

}  // namespace weir::http::h1
