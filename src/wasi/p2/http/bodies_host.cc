// wasi:http/types: incoming-body, future-trailers, outgoing-body, http-error-code.
#include "wasi/p2/http/error_codes.h"
#include "wasi/p2/http/fields.h"
#include "wasi/p2/http/incoming.h"
#include "wasi/p2/http/outgoing.h"
#include "wasi/p2/http/types_host.h"
#include "wasi/p2/resources.h"

namespace weir::wasi::p2 {
namespace {

using component::OrTrap;
using component::Trap;

}  // namespace

OrTrap<Result<std::unique_ptr<io_streams::InputStream>, Unit>> HttpTypesHost::incoming_body_stream(
    Call&, IncomingBody& self) {
  using Stream = Result<Own<io_streams::InputStream>, Unit>;
  Own<io_streams::InputStream> stream = self.make_stream();
  if (!stream) return Stream(Err(Unit{}));
  return Stream(std::move(stream));
}

OrTrap<std::unique_ptr<http_types::FutureTrailers>> HttpTypesHost::incoming_body_finish(
    Call&, Own<IncomingBody> body) {
  if (body->has_children()) {
    return Trap(Trap::Kind::host,
                "incoming-body.finish was called before its input-stream was dropped");
  }
  return std::make_unique<FutureTrailers>(body->take_reader());
}

OrTrap<std::unique_ptr<io_poll::Pollable>> HttpTypesHost::future_trailers_subscribe(
    Call&, FutureTrailers& self) {
  return std::make_unique<Pollable>(self);
}

OrTrap<std::optional<Result<
    Result<std::optional<std::unique_ptr<http_types::Fields>>, http_types::ErrorCode>, Unit>>>
HttpTypesHost::future_trailers_get(Call&, FutureTrailers& self) {
  using Trailers = Result<std::optional<Own<Fields>>, ErrorCode>;
  using Once = Result<Trailers, Unit>;
  if (!self.ready()) return std::optional<Once>();
  if (std::exchange(self.taken, true)) return std::optional<Once>(Once(Err(Unit{})));
  BodyReader& reader = self.reader();
  if (reader.state() == BodyReader::State::failed) {
    return std::optional<Once>(Once(Trailers(Err(to_wasi(reader.error())))));
  }
  std::optional<Own<Fields>> trailers;
  if (std::optional<http::Fields> fields = reader.take_trailers()) {
    trailers = std::make_unique<Fields>(make_ref<FieldList>(std::move(*fields), true));
  }
  return std::optional<Once>(Once(Trailers(std::move(trailers))));
}

OrTrap<Result<std::unique_ptr<io_streams::OutputStream>, Unit>> HttpTypesHost::outgoing_body_write(
    Call&, OutgoingBody& self) {
  using Stream = Result<Own<io_streams::OutputStream>, Unit>;
  Own<io_streams::OutputStream> stream = self.make_stream();
  if (!stream) return Stream(Err(Unit{}));
  return Stream(std::move(stream));
}

OrTrap<Result<void, http_types::ErrorCode>> HttpTypesHost::outgoing_body_finish(
    Call&, Own<OutgoingBody> body, std::optional<Own<Fields>> trailers) {
  using Finished = Result<void, ErrorCode>;
  if (body->has_children()) {
    return Trap(Trap::Kind::host,
                "outgoing-body.finish was called before its output-stream was dropped");
  }
  http::Fields fields;
  if (trailers) fields = (*trailers)->list().fields();
  Result<void, http::ErrorCode> finished = body->finish(std::move(fields));
  if (!finished) return Finished(Err(to_wasi(finished.error())));
  return Finished();
}

OrTrap<std::optional<http_types::ErrorCode>> HttpTypesHost::http_error_code(Call&,
                                                                            io_error::Error& err) {
  if (!err.http_code()) return std::optional<ErrorCode>();
  return std::optional<ErrorCode>(to_wasi(*err.http_code()));
}

}  // namespace weir::wasi::p2
