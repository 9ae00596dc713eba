#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace weir::http {

// Which destinations outgoing requests may reach. Nothing is allowed unless a pattern grants it.
//
// A destination is checked twice: its name before anything is looked up, and the address that is
// about to be connected to. Patterns:
//   [SCHEME://]HOST[:PORT]   one host; without a port the default ports 80 and 443 (with a scheme,
//                            that scheme's), `:*` for any port
//   *.HOST                   every subdomain of HOST, not HOST itself
//   *                        every host
//   [IPv6]                   an IPv6 address stands in brackets
//   private                  lets names resolve to private addresses; grants no host by itself
// A private address that a pattern names literally needs no `private`, and neither does `localhost`
// as long as it resolves to a loopback address.
class EgressPolicy {
 public:
  // What the check of a name allows. Its caller hands it to the check of the address.
  enum class Grant : uint8_t {
    denied,
    public_addresses,
    loopback_too,  // `localhost`, named
    any_address,   // a literal that is named, or `private`
  };

  // Denies everything.
  EgressPolicy() = default;
  static Result<EgressPolicy> parse(std::span<const std::string> patterns);

  // Adds a pattern. The error says what is wrong with it.
  Result<void> allow(std::string_view pattern);

  // `host` is a name or an address, in brackets or not, in any case; a final dot does not count.
  Grant check_name(std::string_view scheme, std::string_view host, uint16_t port) const;
  // Whether an address may be connected to under a grant.
  static bool check_address(Grant grant, const sockaddr* address);

 private:
  struct Pattern {
    enum class Hosts : uint8_t { one, subdomains, all } hosts = Hosts::one;
    std::string scheme;  // empty: any
    std::string host;    // lower case; an address in its canonical form
    bool literal = false;
    bool any_port = false;
    std::optional<uint16_t> port;
  };
  static bool matches(const Pattern& pattern, std::string_view scheme, std::string_view host,
                      bool literal, uint16_t port);

  std::vector<Pattern> patterns_;
  bool private_ = false;
};

// True for an address that is not of the public internet: loopback, RFC 1918, link-local (where
// cloud metadata is served) and other well-known metadata addresses, unique local, shared (CGNAT),
// unspecified, multicast, benchmark and reserved ranges. An IPv6 address that carries an IPv4 one
// (mapped, compatible, translated, NAT64, 6to4) is as private as that; Teredo and the local NAT64
// prefix are private.
bool is_private_address(const sockaddr* address);
bool is_loopback_address(const sockaddr* address);

}  // namespace weir::http
