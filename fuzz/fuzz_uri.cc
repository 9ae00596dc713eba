// rooms: http
//
// Where requests go: authorities and targets of requests, upstreams of proxies, and the patterns of
// the egress policy. The first line is a pattern, the second an authority, the rest a target.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/client/destination.h"
#include "http/egress.h"
#include "http/h1/syntax.h"
#include "http/proxy/proxy.h"

namespace {

using namespace weir::http;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

std::string_view line(std::string_view& rest) {
  size_t end = rest.find('\n');
  std::string_view first = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return first;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string_view pattern = line(rest), authority = line(rest);
  EgressPolicy policy;
  bool allowed = policy.allow(pattern).ok();
  for (const char* method : {"GET", "OPTIONS", "CONNECT"}) {
    Request request;
    request.method = method;
    request.authority = authority;
    request.target = rest;
    auto to = client::destination_of(request);
    if (!to.ok()) continue;
    check(!to->host.empty() && to->port != 0, "a destination without a host or port");
    check(to->host.find_first_of("/?#@[] \t\r\n") == std::string::npos, "a host that is none");
    check(h1::is_authority(to->authority), "a Host that is none");
    check(h1::is_field_value(to->authority), "a Host that breaks the head");
    if (request.method != "CONNECT")
      check(h1::is_target(to->target), "a target that breaks the request line");
    auto grant = policy.check_name(to->scheme, to->host, to->port);
    check(allowed || grant == EgressPolicy::Grant::denied, "a grant of nobody's");
    // A refused pattern changes nothing; an allowed one is told the same twice.
    check(grant == policy.check_name(to->scheme, to->host, to->port), "a grant that changes");
  }
  auto origin = proxy::Origin::parse(authority);
  if (origin.ok()) {
    check(h1::is_authority(origin->authority), "an upstream without an authority");
  }
  return 0;
}
