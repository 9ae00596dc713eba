#pragma once

#include <string>

#include "io/stream.h"

namespace weir::http::h1 {

// A connection as the byte stream that a tunnel owns: first what had been read already, then the
// connection itself.
class TunnelStream final : public io::Stream {
 public:
  // `connection` outlives it or is taken away with `detach`. `closed` is woken when it goes.
  TunnelStream(io::Stream& connection, std::string early, Waiter& closed)
      : connection_(&connection), early_(std::move(early)), closed_(closed) {}
  ~TunnelStream() override;

  // The connection is gone: everything fails from now on.
  void detach();
  uint64_t received() const { return received_; }
  uint64_t sent() const { return sent_; }

  io::IoResult read(std::span<uint8_t> target, Waiter* waiter) override;
  io::IoResult write(std::span<const iovec> source, Waiter* waiter) override;
  void watch_hang_up(Waiter* waiter) override;
  bool hung_up() const override { return !connection_ || connection_->hung_up(); }
  void shut_down_writes() override;
  void reset() override;

 private:
  io::Stream* connection_;
  std::string early_;
  size_t taken_ = 0;
  Waiter& closed_;
  uint64_t received_ = 0, sent_ = 0;
};

}  // namespace weir::http::h1
