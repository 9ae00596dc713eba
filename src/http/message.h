#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/body.h"
#include "http/fields.h"

namespace weir::http {

// The version of HTTP that a message came by.
enum class Protocol : uint8_t { http_1_0, http_1_1, http_2, http_3 };

// How a client sends one request, and how long it waits on its behalf, in nanoseconds. What is not
// set is up to the client; a handler that answers by itself ignores it.
struct RequestOptions {
  // Looking up the name, connecting, and the TLS handshake together.
  std::optional<uint64_t> connect_timeout_ns;
  // From the request's last byte to the response's first.
  std::optional<uint64_t> first_byte_timeout_ns;
  // Between bytes of the response, while somebody waits for them.
  std::optional<uint64_t> between_bytes_timeout_ns;
  // What Host says, a valid authority; none: the request's authority.
  std::optional<std::string> host;
};

// A request as a handler sees it, whatever the protocol. Hop-by-hop fields and
// framing fields (Connection and what it names, Transfer-Encoding, Keep-Alive,
// Upgrade, ...) are gone; `Host` is kept in `fields` as received, `authority`
// is the effective one. `target` is origin-form, byte for byte as on the wire;
// "*" for an OPTIONS of the server; for CONNECT it is empty.
struct Request {
  std::string method = "GET";
  std::string scheme = "http";
  std::string authority;
  std::string target = "/";
  Fields fields;
  BodyPtr body;  // never null
  Protocol protocol = Protocol::http_1_1;
  // The protocols that the client offers to change to, most wanted first (the value of Upgrade, or
  // `:protocol` of an extended CONNECT); empty: none. Only a tunnel can take one up.
  std::string upgrade;
  RequestOptions options;
};

// A final response (status 200 to 999; 101 with a tunnel, where the field `upgrade` names what was
// chosen). `body` decides the framing: its length where it knows it, else the protocol's own way to
// mark an end.
struct Response {
  uint16_t status = 200;
  Fields fields;
  BodyPtr body;  // never null
};

// An informational response: status 100 to 199 without 101.
struct Informational {
  uint16_t status = 103;
  Fields fields;
};

}  // namespace weir::http
