#pragma once

#include "http/exchange.h"
#include "wasi/ref.h"

namespace weir::wasi {

// The exchange of a request that a guest sends while it serves another: it shares the other's
// identity and fate. Lives as long as the call and both of its bodies.
class ChildExchange final : public http::Exchange, public RefCounted {
 public:
  explicit ChildExchange(http::Exchange& parent) : parent_(parent) {}

  io::Loop& loop() override { return parent_.loop(); }
  std::string_view request_id() const override { return parent_.request_id(); }
  std::string_view peer_address() const override { return parent_.peer_address(); }
  std::string_view local_address() const override { return parent_.local_address(); }
  bool secure() const override { return parent_.secure(); }
  const io::TlsFacts* tls() const override { return parent_.tls(); }
  std::optional<uint64_t> deadline() const override { return parent_.deadline(); }
  std::optional<http::CancelReason> cancelled() const override { return parent_.cancelled(); }
  void on_cancel(Waiter& waiter) override { parent_.on_cancel(waiter); }
  // WASI has no way to show these to the guest.
  void inform(http::Informational) override {}
  http::Annotations& annotations() override { return annotations_; }
  http::Exchange& root() override { return parent_.root(); }
  bool accept_tunnel(std::unique_ptr<Tunnel>) override { return false; }

 private:
  http::Exchange& parent_;
  http::Annotations annotations_;
};

}  // namespace weir::wasi
