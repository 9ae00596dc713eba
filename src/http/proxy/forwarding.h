#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/exchange.h"
#include "http/message.h"

// What an intermediary does to the fields of the messages that it passes on.
namespace weir::http::proxy {

// Appends itself to Via: "1.1 NAME" (RFC 9110 section 7.6.3).
void add_via(Fields& fields, Protocol protocol, std::string_view name);

// Whether NAME is in Via: the request has been here before.
bool has_been_at(const Fields& fields, std::string_view name);

// Appends whom the request came from, which host it asked for and how: for, host and proto of
// Forwarded (RFC 7239). Call it before the request's authority is replaced.
void add_forwarded(Request& request, const Exchange& exchange);

// Counts Max-Forwards of TRACE and OPTIONS down (RFC 9110 section 7.6.2). False where it was 0: the
// request ends here.
bool count_forwards(Request& request);

}  // namespace weir::http::proxy
