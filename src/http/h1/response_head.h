#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/error_code.h"
#include "http/message.h"
#include "util/result.h"

namespace weir::http::h1 {

// Limits on a response's head.
struct ResponseLimits {
  size_t section = 64 << 10;
  size_t fields = 256;
};

// How the end of a response's content is found (RFC 9112 section 6.3).
enum class ResponseFraming : uint8_t { none, length, chunked, until_close };

// What a response's head says.
struct ResponseHead {
  uint16_t status = 0;
  // Without hop-by-hop fields and what Connection names; at most one Content-Length.
  Fields fields;
  Protocol protocol = Protocol::http_1_1;
  bool keep_alive = true;
  bool chunked = false;
  // None: no Content-Length.
  std::optional<uint64_t> length;
  // Of a 101: the protocol that the server changes to, never empty there.
  std::string upgrade;

  // 100 to 199: another head follows.
  bool informational() const { return status < 200; }
  // How the content of a final response to a request with `method` ends.
  ResponseFraming framing(std::string_view method) const;
};

// Looks for the end of a head in `buffer`; `scanned` is where to go on looking. The size of the
// head with its empty line, 0 when it is not complete yet, or an error when it cannot be a head or
// can no longer fit.
Result<size_t, ErrorCode> find_response_head_end(std::string_view buffer, size_t& scanned,
                                                 const ResponseLimits& limits);

// Parses a complete head. What a recipient may repair is refused instead, but for a missing space
// after the status code.
Result<ResponseHead, ErrorCode> parse_response_head(std::string_view head,
                                                    const ResponseLimits& limits);

}  // namespace weir::http::h1
