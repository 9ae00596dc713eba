#include "http/proxy/forwarding.h"

#include <string>

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::proxy {
namespace {

std::string_view version_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::http_1_0:
      return "1.0";
    case Protocol::http_1_1:
      return "1.1";
    case Protocol::http_2:
      return "2";
    case Protocol::http_3:
      return "3";
  }
  return "1.1";
}

// A token as it is, anything else as a quoted string (RFC 7239 section 4).
void append_value(std::string& out, std::string_view value) {
  if (h1::is_token(value)) {
    out += value;
    return;
  }
  out += '"';
  for (char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

}  // namespace

void add_via(Fields& fields, Protocol protocol, std::string_view name) {
  std::string value(version_of(protocol));
  value += ' ';
  value += name;
  fields.append("Via", value);
}

bool has_been_at(const Fields& fields, std::string_view name) {
  bool found = false;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!same_name(fields[i].name, "via")) continue;
    h1::for_each_element(fields[i].value, [&](std::string_view element) {
      size_t space = element.find(' ');
      if (space == std::string_view::npos) return;
      std::string_view by = h1::trimmed(element.substr(space));
      found |= by.substr(0, by.find_first_of(" \t(")) == name;
    });
  }
  return found;
}

void add_forwarded(Request& request, const Exchange& exchange) {
  std::string_view peer = exchange.peer_address();
  std::string value = "for=";
  append_value(value, peer.starts_with("unix:") ? std::string_view("unknown") : peer);
  value += ";host=";
  append_value(value, request.authority);
  value += exchange.secure() ? ";proto=https" : ";proto=http";
  request.fields.append("Forwarded", value);
}

bool count_forwards(Request& request) {
  if (request.method != "TRACE" && request.method != "OPTIONS") return true;
  auto left = parse_decimal(request.fields.first("max-forwards"));
  if (!left) return true;
  if (*left == 0) return false;
  request.fields.set("Max-Forwards", std::to_string(*left - 1));
  return true;
}

}  // namespace weir::http::proxy
