// Sends the request's body back while it arrives, and its trailers after it.

#include "guest.hpp"

namespace http_types = wasi::http::types;
using wasi::io::streams::InputStream;
using wasi::io::streams::OutputStream;
using wasi::io::streams::StreamError;

namespace {

constexpr uint64_t kChunk = 65536;

// Writes all bytes, as many at a time as the stream allows. False when the reader is gone.
bool write_all(const OutputStream& out, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    wit::expected<uint64_t, StreamError> allowed = out.check_write();
    if (!allowed) return false;
    if (*allowed == 0) {
      // Not now: wait until the stream can take more.
      out.subscribe().block();
      continue;
    }
    size_t size = std::min<uint64_t>(*allowed, bytes.size());
    if (!out.write(bytes.first(size))) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

// Copies until the end of the request's body; true if all of it was sent.
bool copy(const InputStream& in, const OutputStream& out) {
  for (;;) {
    wit::expected<std::vector<uint8_t>, StreamError> chunk = in.blocking_read(kChunk);
    if (!chunk) return chunk.error().is<StreamError::Closed>();
    if (!write_all(out, *chunk)) return false;
  }
}

// The trailers that came behind a body, if there were any.
std::optional<http_types::Trailers> trailers_of(http_types::IncomingBody body) {
  http_types::FutureTrailers future = http_types::IncomingBody::finish(std::move(body));
  future.subscribe().block();
  auto trailers = future.get();
  if (!trailers || !*trailers || !**trailers) return std::nullopt;
  std::optional<http_types::Trailers>& received = ***trailers;
  // What was received cannot be sent on: a copy can.
  return received ? std::optional(received->clone()) : std::nullopt;
}

// "200 OK" with the content type of the request.
http_types::OutgoingResponse response_to(const http_types::IncomingRequest& request) {
  http_types::Fields headers;
  for (const http_types::FieldValue& value : request.headers().get("content-type")) {
    (void)headers.append("content-type", value);
  }
  return http_types::OutgoingResponse(std::move(headers));
}

}  // namespace

void exports::wasi::http::incoming_handler::handle(IncomingRequest request,
                                                   ResponseOutparam response_out) {
  http_types::OutgoingResponse response = response_to(request);
  http_types::OutgoingBody body = std::move(*response.body());
  ResponseOutparam::set(std::move(response_out), std::move(response));

  http_types::IncomingBody source = std::move(*request.consume());
  {
    http_types::InputStream in = std::move(*source.stream());
    http_types::OutputStream out = std::move(*body.write());
    // Without `finish` the host cuts the response off: nobody takes a part for the whole.
    if (!copy(in, out)) return;
  }
  (void)http_types::OutgoingBody::finish(std::move(body), trailers_of(std::move(source)));
}
