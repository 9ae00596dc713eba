#include "http/proxy/proxy.h"

#include "http/h1/syntax.h"
#include "http/proxy/forwarding.h"
#include "http/proxy/proxy_status.h"
#include "util/escape.h"

namespace weir::http::proxy {
namespace {

Response plain(uint16_t status, std::string_view text) {
  Response response;
  response.status = status;
  response.fields.append("content-type", "text/plain");
  response.body = bytes_body(Bytes::borrow_static(text));
  return response;
}

Response looped(std::string_view name) {
  Response response = plain(508, "the request has come back to a proxy that passed it on\n");
  response.fields.append("proxy-status", proxy_status(name, ErrorCode::Kind::loop_detected));
  return response;
}

}  // namespace

Result<Origin> Origin::parse(std::string_view url) {
  auto bad = [&](const char* why) {
    return Err(Error{"the upstream `" + escaped(url) + "` " + why});
  };
  Origin origin;
  size_t end = url.find("://");
  if (end == std::string_view::npos) return bad("has no scheme: write http://HOST[:PORT]");
  origin.scheme = url.substr(0, end);
  if (origin.scheme != "http" && origin.scheme != "https")
    return bad("has a scheme other than http and https");
  std::string_view rest = url.substr(end + 3);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.find_first_of("/?#") != std::string_view::npos)
    return bad("has a path; requests keep theirs: write http://HOST[:PORT]");
  if (rest.find('@') != std::string_view::npos) return bad("has a user name");
  if (!h1::is_authority(rest)) return bad("has a malformed host or port");
  origin.authority = rest;
  return origin;
}

io::Task<Result<Response, ErrorCode>> Proxy::handle(Request request, Exchange& exchange) {
  if (has_been_at(request.fields, options_.name)) co_return looped(options_.name);
  if (!count_forwards(request)) {
    if (request.method == "TRACE") co_return plain(501, "TRACE ends here, and is not answered\n");
    co_return plain(200, "");
  }
  if (request.method == "CONNECT") {
    if (options_.upstream) co_return plain(501, "this is no forward proxy: it makes no tunnels\n");
    auto tunnel = co_await next_.handle(std::move(request), exchange);
    if (!tunnel.ok())
      exchange.annotations().proxy_status = proxy_status(options_.name, tunnel.error());
    co_return tunnel;
  }
  add_forwarded(request, exchange);
  add_via(request.fields, request.protocol, options_.name);
  request.fields.remove("proxy-authorization");
  // Trailers are passed on as the client can take them, which the server's side knows.
  request.fields.set("te", "trailers");
  if (options_.upstream) {
    if (options_.keep_host && !request.authority.empty()) request.options.host = request.authority;
    request.scheme = options_.upstream->scheme;
    request.authority = options_.upstream->authority;
  }
  auto response = co_await next_.handle(std::move(request), exchange);
  if (response.ok() && response->status != 101)
    add_via(response->fields, Protocol::http_1_1, options_.name);
  if (!response.ok())
    exchange.annotations().proxy_status = proxy_status(options_.name, response.error());
  co_return response;
}

}  // namespace weir::http::proxy
