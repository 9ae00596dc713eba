#include "host/guest_exchange.h"

namespace weir::host {

GuestExchange::GuestExchange(http::Exchange& served)
    : served_(&served),
      loop_(served.loop()),
      request_id_(served.request_id()),
      peer_(served.peer_address()),
      local_(served.local_address()),
      secure_(served.secure()),
      deadline_(served.deadline()) {}

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
