// Says hello to every request.

#include "guest.hpp"

namespace http_types = wasi::http::types;

void exports::wasi::http::incoming_handler::handle(IncomingRequest, ResponseOutparam response_out) {
  http_types::Fields headers;
  if (!headers.append("content-type", wit::bytes("text/plain; charset=utf-8"))) return;
  http_types::OutgoingResponse response(std::move(headers));
  http_types::OutgoingBody body = std::move(*response.body());
  ResponseOutparam::set(std::move(response_out), std::move(response));
  {
    http_types::OutputStream out = std::move(*body.write());
    if (!out.blocking_write_and_flush(wit::bytes("Hello from C++!\n"))) return;
  }
  // The stream is gone, which a body waits for; this one has no trailers.
  (void)http_types::OutgoingBody::finish(std::move(body), std::nullopt);
}
