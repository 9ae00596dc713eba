// A service of WASI 0.3 that sends a request's body and trailers back.

#include "guest.hpp"

namespace http_types = wasi::http::types;
using http_types::ErrorCode;
using http_types::Request;
using http_types::Response;

namespace {

using Done = wit::expected<void, ErrorCode>;

// Says how the receiving went once it is over.
wit::task<> say_done(wit::future_writer<Done> done) { (void)co_await done.write({}); }

}  // namespace

wit::task<wit::expected<Response, ErrorCode>> exports::wasi::http::handler::handle(
    Request request) {
  auto [received, received_read] = wit::make_future<Done>();
  auto [body, trailers] = Request::consume_body(std::move(request), std::move(received_read));
  wit::spawn(say_done(std::move(received)));
  auto [response, sent] =
      Response::new_(http_types::Fields(), std::move(body), std::move(trailers));
  co_return std::move(response);
}
