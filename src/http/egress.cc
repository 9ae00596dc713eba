#include "http/egress.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "util/escape.h"
#include "util/number.h"

namespace weir::http {
namespace {

struct Range4 {
  uint32_t base;
  unsigned bits;
};

constexpr uint32_t ip(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

constexpr Range4 private_ranges[] = {
    {ip(0, 0, 0, 0), 8},         // "this network", 0.0.0.0 reaches the host itself
    {ip(10, 0, 0, 0), 8},        // RFC 1918
    {ip(100, 64, 0, 0), 10},     // shared address space, RFC 6598
    {ip(127, 0, 0, 0), 8},       // loopback
    {ip(168, 63, 129, 16), 32},  // the metadata address of a large cloud
    {ip(169, 254, 0, 0), 16},    // link-local, metadata
    {ip(172, 16, 0, 0), 12},     // RFC 1918
    {ip(192, 0, 0, 0), 24},      // IETF protocol assignments
    {ip(192, 168, 0, 0), 16},    // RFC 1918
    {ip(198, 18, 0, 0), 15},     // benchmarks, RFC 2544
    {ip(224, 0, 0, 0), 4},       // multicast
    {ip(240, 0, 0, 0), 4},       // reserved, broadcast
};

bool is_private(uint32_t address) {
  return std::any_of(
      std::begin(private_ranges), std::end(private_ranges),
      [&](const Range4& range) { return ((address ^ range.base) >> (32 - range.bits)) == 0; });
}

uint32_t read4(const uint8_t* bytes) { return ip(bytes[0], bytes[1], bytes[2], bytes[3]); }

bool starts_with(const uint8_t* bytes, std::initializer_list<uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes);
}

bool is_zero(const uint8_t* bytes, size_t count) {
  return std::all_of(bytes, bytes + count, [](uint8_t byte) { return byte == 0; });
}

bool is_mapped(const uint8_t* bytes) {
  return is_zero(bytes, 10) && bytes[10] == 0xff && bytes[11] == 0xff;
}

bool is_private(const uint8_t* bytes) {
  // Mapped and compatible: ::ffff:a.b.c.d and ::a.b.c.d, with :: and ::1 among the latter.
  if (is_mapped(bytes) || is_zero(bytes, 12)) return is_private(read4(bytes + 12));
  // NAT64 (RFC 6052) and 6to4 (RFC 3056).
  if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b}) && is_zero(bytes + 4, 8))
    return is_private(read4(bytes + 12));
  if (starts_with(bytes, {0x20, 0x02})) return is_private(read4(bytes + 2));
  // Translated (RFC 2765): ::ffff:0:a.b.c.d.
  if (is_zero(bytes, 8) && bytes[8] == 0xff && bytes[9] == 0xff && is_zero(bytes + 10, 2))
    return is_private(read4(bytes + 12));
  return starts_with(bytes, {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}) ||     // local NAT64, RFC 8215
         starts_with(bytes, {0x20, 0x01, 0x00, 0x00}) ||                 // Teredo
         (starts_with(bytes, {0x01, 0x00}) && is_zero(bytes + 2, 6)) ||  // discard only
         bytes[0] == 0xff ||                                             // multicast
         (bytes[0] & 0xfe) == 0xfc ||                                    // unique local
         (bytes[0] == 0xfe && bytes[1] >= 0x80);  // link-local and the old site-local
}

const uint8_t* bytes_of(const sockaddr* address) {
  return reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr.s6_addr;
}

uint32_t number_of(const sockaddr* address) {
  return ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
}

struct Host {
  std::string text;
  bool literal = false;
};

// Lower case, without brackets and a final dot; an address in its canonical form, a mapped one as
// the IPv4 address that it is.
Host normalized(std::string_view host) {
  Host result;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  if (host.size() > 1 && host.back() == '.') host.remove_suffix(1);
  result.text.assign(host);
  for (char& c : result.text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  char buffer[INET6_ADDRSTRLEN];
  in_addr four;
  in6_addr six;
  if (inet_pton(AF_INET, result.text.c_str(), &four) == 1) {
    result.literal = true;
  } else if (inet_pton(AF_INET6, result.text.c_str(), &six) == 1) {
    result.literal = true;
    if (is_mapped(six.s6_addr))
      result.text = inet_ntop(AF_INET, six.s6_addr + 12, buffer, sizeof buffer);
    else
      result.text = inet_ntop(AF_INET6, &six, buffer, sizeof buffer);
  }
  return result;
}

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  while (true) {
    std::string_view label = text.substr(0, text.find('.'));
    if (label.empty() || label.size() > 63) return false;
    for (char c : label) {
      bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!fits) return false;
    }
    if (label.size() == text.size()) return true;
    text.remove_prefix(label.size() + 1);
  }
}

std::optional<uint16_t> default_port(std::string_view scheme) {
  if (scheme == "http") return uint16_t{80};
  if (scheme == "https") return uint16_t{443};
  return std::nullopt;
}

}  // namespace

bool is_private_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) return is_private(number_of(address));
  if (address->sa_family == AF_INET6) return is_private(bytes_of(address));
  return true;
}

bool is_loopback_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) return number_of(address) >> 24 == 127;
  if (address->sa_family != AF_INET6) return false;
  const uint8_t* bytes = bytes_of(address);
  if (is_mapped(bytes)) return bytes[12] == 127;
  return is_zero(bytes, 15) && bytes[15] == 1;
}

Result<EgressPolicy> EgressPolicy::parse(std::span<const std::string> patterns) {
  EgressPolicy policy;
  for (const std::string& pattern : patterns) {
    if (auto added = policy.allow(pattern); !added) return Err(std::move(added).error());
  }
  return policy;
}

Result<void> EgressPolicy::allow(std::string_view text) {
  auto bad = [&](const char* why) {
    return Err(Error{"the outbound pattern `" + escaped(text) + "` " + why});
  };
  if (text == "private") {
    private_ = true;
    return {};
  }
  Pattern pattern;
  std::string_view rest = text;
  if (size_t end = rest.find("://"); end != std::string_view::npos) {
    pattern.scheme = normalized(rest.substr(0, end)).text;
    if (!default_port(pattern.scheme)) return bad("has a scheme other than http and https");
    rest.remove_prefix(end + 3);
  }
  if (rest.find_first_of("/?#") != std::string_view::npos)
    return bad("has a path or a prefix length: write [SCHEME://]HOST[:PORT]");
  if (rest.find('@') != std::string_view::npos)
    return bad("has a user name: write [SCHEME://]HOST[:PORT]");
  std::string_view host, port;
  if (rest.starts_with('[')) {
    size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad("lacks the bracket that closes its address");
    host = rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
    if (!rest.empty() && rest.front() != ':') return bad("has text after its address");
    port = rest;
  } else {
    size_t colon = rest.find(':');
    if (colon != std::string_view::npos && rest.find(':', colon + 1) != std::string_view::npos)
      return bad("has more than one colon: an IPv6 address stands in brackets");
    host = rest.substr(0, colon);
    if (colon != std::string_view::npos) port = rest.substr(colon);
  }
  if (!port.empty()) {
    port.remove_prefix(1);
    if (port == "*") {
      pattern.any_port = true;
    } else {
      auto number = parse_decimal(port, 65535);
      if (!number || *number == 0) return bad("has a port that is neither 1 to 65535 nor `*`");
      pattern.port = static_cast<uint16_t>(*number);
    }
  } else if (!pattern.scheme.empty()) {
    pattern.port = default_port(pattern.scheme);
  }
  if (host.empty()) return bad("names no host");
  if (host == "*") {
    pattern.hosts = Pattern::Hosts::all;
  } else {
    bool brackets = host.front() == '[';
    if (host.starts_with("*.")) {
      pattern.hosts = Pattern::Hosts::subdomains;
      host.remove_prefix(2);
    }
    Host parsed = normalized(host);
    if (brackets && !parsed.literal) return bad("has no IPv6 address in its brackets");
    if (parsed.literal && pattern.hosts == Pattern::Hosts::subdomains)
      return bad("asks for subdomains of an address");
    if (!parsed.literal && parsed.text.find('*') != std::string::npos)
      return bad("has a `*` that is neither the whole host nor its first label");
    if (!parsed.literal && !is_name(parsed.text)) return bad("has a malformed host name");
    pattern.host = std::move(parsed.text);
    pattern.literal = parsed.literal;
  }
  patterns_.push_back(std::move(pattern));
  return {};
}

bool EgressPolicy::matches(const Pattern& pattern, std::string_view scheme, std::string_view host,
                           bool literal, uint16_t port) {
  if (!pattern.scheme.empty() && pattern.scheme != scheme) return false;
  if (!pattern.any_port && (pattern.port ? *pattern.port != port : port != 80 && port != 443))
    return false;
  switch (pattern.hosts) {
    case Pattern::Hosts::all:
      return true;
    case Pattern::Hosts::one:
      return pattern.literal == literal && pattern.host == host;
    case Pattern::Hosts::subdomains:
      return !literal && host.size() > pattern.host.size() + 1 && host.ends_with(pattern.host) &&
             host[host.size() - pattern.host.size() - 1] == '.';
  }
  return false;
}

EgressPolicy::Grant EgressPolicy::check_name(std::string_view scheme, std::string_view host,
                                             uint16_t port) const {
  if (patterns_.empty()) return Grant::denied;
  Host wanted = normalized(host);
  Grant grant = Grant::denied;
  for (const Pattern& pattern : patterns_) {
    if (!matches(pattern, scheme, wanted.text, wanted.literal, port)) continue;
    Grant here = Grant::public_addresses;
    if (private_ || (pattern.hosts == Pattern::Hosts::one && pattern.literal))
      here = Grant::any_address;
    else if (pattern.hosts == Pattern::Hosts::one && pattern.host == "localhost")
      here = Grant::loopback_too;
    grant = std::max(grant, here);
  }
  return grant;
}

bool EgressPolicy::check_address(Grant grant, const sockaddr* address) {
  switch (grant) {
    case Grant::denied:
      return false;
    case Grant::public_addresses:
      return !is_private_address(address);
    case Grant::loopback_too:
      return !is_private_address(address) || is_loopback_address(address);
    case Grant::any_address:
      return true;
  }
  return false;
}

}  // namespace weir::http
