#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/address.h"
#include "io/loop.h"
#include "io/task.h"
#include "util/result.h"

namespace weir::io {

// Why a name has no addresses.
struct ResolveError {
  bool timed_out = false;
  // "NXDOMAIN", "NODATA", "FORMERR", "SERVFAIL": as the server said, the last one also where every
  // server refused, could not do it or was not to be reached, which c-ares does not tell apart; a
  // resolver's own failure in words. Extended errors (RFC 8914) do not get this far: c-ares 1.18
  // gives who looks up addresses no message to find them in.
  std::string rcode;
};

struct ResolverOptions {
  // For the first try of a server; later tries wait longer.
  uint64_t timeout_ns = 2'000'000'000;
  unsigned tries = 3;
  // "ADDRESS:PORT", comma-separated; empty: those that the system names.
  std::string servers;
  // Names whose addresses are kept for their time to live, which is at most `cache_ttl_s`.
  size_t cache_entries = 1024;
  uint32_t cache_ttl_s = 300;
};

// Looks up the addresses of names on one loop, without blocking it: literals, /etc/hosts and DNS.
class Resolver {
 public:
  using Addresses = std::vector<SocketAddress>;

  // Fails where the system's resolver configuration cannot be read.
  static Result<std::unique_ptr<Resolver>> create(Loop& loop, ResolverOptions options = {});
  virtual ~Resolver() = default;

  // The addresses of `host` (a name, or an address without brackets) in the order of RFC 6724, with
  // `port`; at least one. Gives up after `timeout_ns`. Destroying the task gives the look-up up.
  // The resolver outlives the task.
  virtual Task<Result<Addresses, ResolveError>> resolve(std::string host, uint16_t port,
                                                        uint64_t timeout_ns = UINT64_MAX) = 0;
};

}  // namespace weir::io
