#pragma once

#include <string>

#include "http/exchange.h"

namespace weir::host {

// The exchange as a guest sees it. It lives as long as the guest, which may go on after the request
// has been answered and its own exchange has ended.
class GuestExchange final : public http::Exchange {
 public:
  explicit GuestExchange(http::Exchange& served);

  // The served exchange ends: from now on there is nobody to ask. What a guest that goes on may
  // still want to know is kept.
  void detach(bool guest_goes_on);
  http::Exchange* served() const { return served_; }
  // The guest has ended: another request may have the place that `detach` has kept for it.
  void give_place_back() { place_ = {}; }
  // Ends what the guest has begun on behalf of the request.
  void cancel(http::CancelReason reason);

  io::Loop& loop() override { return loop_; }
  std::string_view request_id() const override {
    return served_ ? served_->request_id() : request_id_;
  }
  std::string_view peer_address() const override {
    return served_ ? served_->peer_address() : peer_;
  }
  std::string_view local_address() const override {
    return served_ ? served_->local_address() : local_;
  }
  bool secure() const override { return secure_; }
  std::optional<uint64_t> deadline() const override { return deadline_; }
  std::optional<http::CancelReason> cancelled() const override { return cancelled_; }
  void on_cancel(Waiter& waiter) override;
  void inform(http::Informational response) override;
  http::Annotations& annotations() override { return annotations_; }
  http::Exchange& root() override { return served_ ? served_->root() : *this; }
  bool accept_tunnel(std::unique_ptr<Tunnel>) override { return false; }

 private:
  http::Exchange* served_;
  io::Loop& loop_;
  // What `detach` keeps.
  std::string request_id_, peer_, local_;
  http::Admission::Place place_;
  const bool secure_;
  const std::optional<uint64_t> deadline_;
  std::optional<http::CancelReason> cancelled_;
  WaitList cancel_waiters_;
  http::Annotations annotations_;
};

}  // namespace weir::host
