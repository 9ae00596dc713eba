#include "wasi/http/message_rules.h"

#include <algorithm>

#include "util/number.h"

namespace weir::wasi {
namespace {

bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_unreserved_or_sub_delim(char c) {
  return is_alpha(c) || is_digit(c) ||
         std::string_view("-._~!$&'()*+,;=").find(c) != std::string_view::npos;
}

// unreserved, sub-delims, percent-encoded, and what else the place allows.
bool is_made_of(std::string_view text, std::string_view also) {
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) return false;
      i += 2;
    } else if (!is_unreserved_or_sub_delim(c) && also.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_port(std::string_view port) { return parse_decimal(port, 65535).has_value(); }

// The inside of "[...]": an IPv6 address or IPvFuture, by its characters alone; the resolver says
// the rest.
bool is_ip_literal(std::string_view text) {
  if (text.size() < 2) return false;
  if (text[0] == 'v' || text[0] == 'V') return is_made_of(text.substr(1), ":");
  size_t colons = 0;
  for (char c : text) {
    if (c == ':') {
      ++colons;
    } else if (!is_hex(c) && c != '.') {
      return false;
    }
  }
  return colons >= 2;
}

}  // namespace

bool is_scheme(std::string_view scheme) {
  if (scheme.empty() || !is_alpha(scheme[0])) return false;
  return std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_authority(std::string_view authority) {
  std::string_view rest = authority;
  if (size_t at = rest.find('@'); at != std::string_view::npos) {
    if (!is_made_of(rest.substr(0, at), ":")) return false;
    rest.remove_prefix(at + 1);
  }
  if (rest.empty()) return false;
  if (rest[0] == '[') {
    size_t close = rest.find(']');
    if (close == std::string_view::npos || !is_ip_literal(rest.substr(1, close - 1))) return false;
    rest.remove_prefix(close + 1);
    return rest.empty() || (rest[0] == ':' && is_port(rest.substr(1)));
  }
  size_t colon = rest.find(':');
  std::string_view host = rest.substr(0, colon);
  if (host.empty() || !is_made_of(host, "")) return false;
  return colon == std::string_view::npos || is_port(rest.substr(colon + 1));
}

bool is_path_with_query(std::string_view path) {
  return std::none_of(path.begin(), path.end(), [](char c) {
    uint8_t byte = static_cast<uint8_t>(c);
    return byte <= 0x20 || byte == 0x7f || c == '#';
  });
}

std::optional<std::string> origin_form(std::string_view method,
                                       const std::optional<std::string>& path_with_query) {
  std::string_view path = path_with_query ? std::string_view(*path_with_query) : "";
  if (path.empty()) return method == "OPTIONS" && path_with_query ? "*" : "/";
  if (path[0] == '/') return std::string(path);
  if (path[0] == '?') return "/" + std::string(path);
  if (path == "*" && method == "OPTIONS") return "*";
  return std::nullopt;
}

std::string_view without_userinfo(std::string_view authority) {
  size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

}  // namespace weir::wasi
