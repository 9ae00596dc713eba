#include "host/guest_exchange.h"

namespace weir::host {

GuestExchange::GuestExchange(http::Exchange& served)
    : served_(&served),
      loop_(served.loop()),
      secure_(served.secure()),
      deadline_(served.deadline()) {}

void GuestExchange::detach(bool guest_goes_on) {
  if (guest_goes_on && served_) {
    request_id_ = served_->request_id();
    peer_ = served_->peer_address();
    local_ = served_->local_address();
    place_ = served_->take_place();
  }
  served_ = nullptr;
}

void GuestExchange::cancel(http::CancelReason reason) {
  if (cancelled_) return;
  cancelled_ = reason;
  cancel_waiters_.wake_all();
}

void GuestExchange::on_cancel(Waiter& waiter) {
  if (cancelled_)
    waiter.wake();
  else
    cancel_waiters_.add(waiter);
}

void GuestExchange::inform(http::Informational response) {
  if (served_) served_->inform(std::move(response));
}

}  // namespace weir::host
