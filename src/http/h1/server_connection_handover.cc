// How a connection goes from one loop to another, with a request that no handler has seen.

#include "http/h1/handover.h"
#include "http/h1/server_connection.h"

namespace weir::http::h1 {

void ServerConnection::stop() {
  state_ = State::closed;
  alarm_.disarm();
  write_alarm_.disarm();
  duration_alarm_.disarm();
  answer_event_.cancel();
  write_event_.cancel();
  hang_up_event_.cancel();
  queue_event_.cancel();
  tunnel_event_.cancel();
}

bool ServerConnection::depart(RequestHead& head, uint64_t since, Admission::Place& place) {
  if (reader_.ended()) return false;
  ConnectionOwner* to = owner_.less_busy();
  if (!to || !stream_->leave()) return false;
  head.request.body.reset();
  auto handover = std::make_unique<Handover>(Handover{std::move(stream_), std::move(endpoints_),
                                                      std::move(head), reader_.take_rest(),
                                                      std::move(place), since});
  stop();
  reader_.close();
  in_exchange_ = false;
  owner_.departed(*this, *to, std::move(handover));
  return true;
}

void ServerConnection::go_on(Handover handover) {
  reader_.go_on(*stream_, std::move(handover.unread));
  begin(std::move(handover.head), handover.since, std::move(handover.place));
}

}  // namespace weir::http::h1
