#pragma once

#include <optional>
#include <string>

#include "http/handler.h"
#include "util/result.h"

namespace weir::http::proxy {

// Where a reverse proxy sends everything.
struct Origin {
  std::string scheme;     // "http" or "https"
  std::string authority;  // "HOST" or "HOST:PORT"

  // Parses `http://HOST[:PORT]` or `https://…`; the error says what is wrong.
  static Result<Origin> parse(std::string_view url);
};

struct ProxyOptions {
  // Set: a reverse proxy to there. Not set: a forward proxy, which sends each request where its
  // target says, and makes tunnels for CONNECT.
  std::optional<Origin> upstream;
  // A reverse proxy: Host stays what the client said.
  bool keep_host = false;
  // What it calls itself in Via and Proxy-Status; other than that of any other proxy, so that loops
  // are seen.
  std::string name;
};

// Passes requests on to `next`, an upstream client, and responses back. What belongs to one hop is
// gone by then on both sides.
class Proxy final : public Handler {
 public:
  // `next` outlives this.
  Proxy(Handler& next, ProxyOptions options) : next_(next), options_(std::move(options)) {}

  io::Task<Result<Response, ErrorCode>> handle(Request request, Exchange& exchange) override;

 private:
  Handler& next_;
  const ProxyOptions options_;
};

}  // namespace weir::http::proxy
