#include "http/h1/request_head.h"

#include <algorithm>

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::h1 {
namespace {

ErrValue<Refusal> refuse(uint16_t status, const char* why) { return Err(Refusal{status, why}); }

// Takes the next line off `rest`, which consists of whole lines that end in CRLF. False on a bare
// CR or LF.
bool take_line(std::string_view& rest, std::string_view& line) {
  size_t end = rest.find('\n');
  if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') return false;
  line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line.find('\r') == std::string_view::npos;
}

Result<void, Refusal> parse_line(std::string_view line, RequestHead& head, bool secure,
                                 std::string_view& authority) {
  size_t first = line.find(' ');
  size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (second == std::string_view::npos) return refuse(400, "malformed request line");
  std::string_view method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, second - first - 1);
  std::string_view version = line.substr(second + 1);
  if (!is_token(method)) return refuse(400, "malformed method");
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' ||
      version[5] < '0' || version[5] > '9' || version[7] < '0' || version[7] > '9')
    return refuse(400, "malformed version");
  if (version[5] != '1') return refuse(505, "HTTP version not supported");
  head.request.protocol = version[7] == '0' ? Protocol::http_1_0 : Protocol::http_1_1;
  if (!is_target(target)) return refuse(400, "malformed target");
  Request& request = head.request;
  request.method = method;
  request.scheme = secure ? "https" : "http";
  if (target.front() == '/') {
    request.target = target;
    return {};
  }
  if (target == "*") {
    if (method != "OPTIONS") return refuse(400, "only OPTIONS takes the target *");
    request.target = "*";
    return {};
  }
  size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) {
    if (method != "CONNECT") return refuse(400, "malformed target");
    if (!is_authority(target) || target.back() == ':' ||
        target.rfind(':') == std::string_view::npos)
      return refuse(400, "malformed authority");
    authority = target;
    request.target.clear();
    return {};
  }
  std::string scheme(target.substr(0, scheme_end));
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (scheme != "http" && scheme != "https") return refuse(400, "unknown scheme");
  if (scheme == "https" && !secure) return refuse(421, "https on a plain listener");
  target.remove_prefix(scheme_end + 3);
  size_t path = target.find_first_of("/?");
  authority = target.substr(0, path);
  if (!is_authority(authority)) return refuse(400, "malformed authority");
  request.scheme = scheme;
  if (path == std::string_view::npos)
    request.target = method == "OPTIONS" ? "*" : "/";
  else if (target[path] == '?')
    request.target = "/" + std::string(target.substr(path));
  else
    request.target = target.substr(path);
  return {};
}

// Fields that never travel past a hop (RFC 9110 section 7.6.1).
bool is_hop_by_hop(std::string_view name) {
  static constexpr std::string_view kNames[] = {
      "connection", "keep-alive", "proxy-connection", "transfer-encoding",
      "upgrade",    "te",         "http2-settings"};
  return std::any_of(std::begin(kNames), std::end(kNames),
                     [&](std::string_view known) { return same_name(known, name); });
}

// Removes what the Connection fields of a well-formed section name. False where they name a field
// that every hop needs. Nothing is kept of a long list.
bool remove_named(std::string_view section, Fields& fields) {
  bool valid = true;
  std::string_view line;
  while (valid && take_line(section, line) && !line.empty()) {
    size_t colon = line.find(':');
    if (!same_name(line.substr(0, colon), "connection")) continue;
    for_each_element(line.substr(colon + 1), [&](std::string_view option) {
      if (same_name(option, "host") || same_name(option, "content-length") ||
          same_name(option, "transfer-encoding"))
        valid = false;
      else if (is_token(option) && !same_name(option, "close"))
        fields.remove(option);
    });
  }
  return valid;
}

}  // namespace

Result<size_t, Refusal> find_head_end(std::string_view buffer, size_t& scanned,
                                      const HeadLimits& limits) {
  size_t from = scanned < 3 ? 0 : scanned - 3;
  size_t end = buffer.find("\r\n\r\n", from);
  if (end != std::string_view::npos) {
    if (end + 4 > limits.section) return refuse(431, "the header section is too large");
    return end + 4;
  }
  // A bare LF never becomes a head: say so now.
  for (size_t at = buffer.find('\n', from); at != std::string_view::npos;
       at = buffer.find('\n', at + 1))
    if (at == 0 || buffer[at - 1] != '\r') return refuse(400, "bare LF in the head");
  scanned = buffer.size();
  size_t line = buffer.find('\n');
  if (std::min(line, buffer.size()) > limits.request_line)
    return refuse(414, "the request line is too long");
  if (buffer.size() > limits.section) return refuse(431, "the header section is too large");
  return size_t{0};
}

Result<RequestHead, Refusal> parse_request_head(std::string_view text, const HeadLimits& limits,
                                                bool secure, std::string_view local_authority) {
  RequestHead head;
  std::string_view line, target_authority;
  if (!take_line(text, line)) return refuse(400, "bare CR or LF in the request line");
  if (line.size() > limits.request_line) return refuse(414, "the request line is too long");
  WEIR_TRY(parse_line(line, head, secure, target_authority));
  Fields& fields = head.request.fields;
  const std::string_view section = text;
  fields.reserve(section.size(), std::min<size_t>(16, section.size() / 16));
  std::string_view host;
  std::string upgrade;
  bool has_host = false, close = false, keep = false, upgrades = false, names_fields = false;
  bool has_transfer_encoding = false;
  size_t count = 0;
  while (true) {
    if (!take_line(text, line)) return refuse(400, "bare CR or LF in a field line");
    if (line.empty()) break;
    if (++count > limits.fields) return refuse(431, "too many header fields");
    size_t colon = line.find(':');
    if (line.front() == ' ' || line.front() == '\t') return refuse(400, "a folded field line");
    if (colon == std::string_view::npos) return refuse(400, "a field line without a colon");
    std::string_view name = line.substr(0, colon);
    std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_token(name)) return refuse(400, "malformed field name");
    if (!is_field_value(value)) return refuse(400, "malformed field value");
    switch (name.size()) {
      case 2:
        if (same_name(name, "te"))
          for_each_element(value, [&](std::string_view element) {
            if (same_name(element.substr(0, element.find(';')), "trailers"))
              head.takes_trailers = true;
          });
        break;
      case 4:
        if (same_name(name, "host")) {
          if (has_host) return refuse(400, "more than one Host");
          has_host = true;
          host = value;
        }
        break;
      case 6:
        if (same_name(name, "expect")) {
          if (head.request.protocol == Protocol::http_1_0) break;
          if (!same_name(value, "100-continue")) return refuse(417, "unknown expectation");
          head.expects_continue = true;
        }
        break;
      case 7:
        if (same_name(name, "upgrade")) {
          if (!upgrade.empty()) upgrade += ", ";
          upgrade += value;
        }
        break;
      case 10:
        if (same_name(name, "connection"))
          for_each_element(value, [&](std::string_view option) {
            if (same_name(option, "close"))
              close = true;
            else if (same_name(option, "keep-alive"))
              keep = true;
            else if (same_name(option, "upgrade"))
              upgrades = true;
            else
              names_fields = true;
          });
        break;
      case 14:
        if (same_name(name, "content-length")) {
          auto length = parse_decimal(value);
          if (!length) return refuse(400, "malformed Content-Length");
          if (head.length) return refuse(400, "more than one Content-Length");
          head.length = *length;
        }
        break;
      case 17:
        if (same_name(name, "transfer-encoding")) {
          if (has_transfer_encoding) return refuse(400, "more than one Transfer-Encoding");
          has_transfer_encoding = true;
          if (head.request.protocol == Protocol::http_1_0)
            return refuse(400, "Transfer-Encoding in HTTP/1.0");
          size_t codings = 0;
          bool chunked_last = false, chunked_seen = false, unknown = false;
          for_each_element(value, [&](std::string_view coding) {
            ++codings;
            chunked_last = same_name(coding, "chunked");
            if (chunked_last && chunked_seen) unknown = true;
            chunked_seen |= chunked_last;
          });
          if (codings == 0 || !chunked_last || unknown)
            return chunked_seen || codings == 0 ? refuse(400, "chunked is not the last coding")
                                                : refuse(501, "unknown transfer coding");
          if (codings > 1) return refuse(501, "unknown transfer coding");
          head.chunked = true;
        }
        break;
      default:
        break;
    }
    if (!is_hop_by_hop(name)) fields.append(name, value);
  }
  if (!text.empty()) return refuse(400, "malformed header section");
  if (head.chunked && head.length) return refuse(400, "Content-Length with Transfer-Encoding");
  if (names_fields && !remove_named(section, fields))
    return refuse(400, "Connection names a field that is not its to name");
  if (head.request.protocol == Protocol::http_1_1 && !has_host)
    return refuse(400, "Host is missing");
  if (has_host && !host.empty() && !is_authority(host)) return refuse(400, "malformed Host");
  if (!target_authority.empty())
    head.request.authority = target_authority;
  else if (has_host && !host.empty())
    head.request.authority = host;
  else
    head.request.authority = local_authority;
  // Without `Connection: upgrade` it was not meant for this hop, and HTTP/1.0 has none (RFC 9110
  // section 7.8).
  if (upgrades && head.request.protocol == Protocol::http_1_1)
    head.request.upgrade = std::move(upgrade);
  head.keep_alive = head.request.protocol == Protocol::http_1_1 ? !close : keep && !close;
  return head;
}

}  // namespace weir::http::h1
