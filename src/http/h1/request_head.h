#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "util/result.h"

namespace weir::http::h1 {

// Limits on a request's head.
struct HeadLimits {
  size_t request_line = 8 << 10;
  size_t section = 32 << 10;
  size_t fields = 128;
};

// Why a request is refused: the connection is closed after the answer.
struct Refusal {
  uint16_t status;
  const char* why;
};

// What a request's head says, in the order of RFC 9112.
struct RequestHead {
  // method, scheme, authority, target, fields without hop-by-hop ones, protocol; the body is not
  // set.
  Request request;
  bool keep_alive = true;
  bool chunked = false;
  // None: no Content-Length.
  std::optional<uint64_t> length;
  bool expects_continue = false;
  // The client takes trailers (TE: trailers).
  bool takes_trailers = false;
};

// Looks for the end of a head in `buffer`; `scanned` is where to go on looking. The size of the
// head with its empty line, 0 when it is not complete yet, or a refusal when it can no longer fit.
Result<size_t, Refusal> find_head_end(std::string_view buffer, size_t& scanned,
                                      const HeadLimits& limits);

// Parses a complete head, as strict as RFC 9112 allows. `secure` says the connection is TLS;
// `local_authority` stands in for a missing Host of HTTP/1.0.
Result<RequestHead, Refusal> parse_request_head(std::string_view head, const HeadLimits& limits,
                                                bool secure, std::string_view local_authority);

}  // namespace weir::http::h1
