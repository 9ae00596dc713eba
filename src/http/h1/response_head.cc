#include "http/h1/response_head.h"

#include <algorithm>

#include "http/h1/syntax.h"
#include "util/number.h"

namespace weir::http::h1 {
namespace {

using Kind = ErrorCode::Kind;

// Takes the next line off `rest`, which ends in CRLF. False on a bare CR or LF.
bool take_line(std::string_view& rest, std::string_view& line) {
  size_t end = rest.find('\n');
  if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') return false;
  line = rest.substr(0, end - 1);
  rest.remove_prefix(end + 1);
  return line.find('\r') == std::string_view::npos;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool parse_status_line(std::string_view line, ResponseHead& head) {
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || !is_digit(line[7]) || line[8] != ' ')
    return false;
  head.protocol = line[7] == '0' ? Protocol::http_1_0 : Protocol::http_1_1;
  auto status = parse_decimal(line.substr(9, 3));
  if (!status || *status < 100) return false;
  head.status = static_cast<uint16_t>(*status);
  std::string_view reason = line.substr(12);
  return reason.empty() || (reason.front() == ' ' && is_field_value(reason));
}

// Fields that never travel past a hop (RFC 9110 section 7.6.1), but for those that are parsed.
bool is_hop_by_hop(std::string_view name) {
  static constexpr std::string_view names[] = {"keep-alive", "proxy-connection", "upgrade"};
  return std::any_of(std::begin(names), std::end(names),
                     [&](std::string_view known) { return same_name(known, name); });
}

// A list of equal lengths counts as one (RFC 9110 section 8.6).
bool parse_length(std::string_view value, std::optional<uint64_t>& length) {
  bool valid = true, any = false;
  for_each_element(value, [&](std::string_view element) {
    auto number = parse_decimal(element, INT64_MAX);
    if (!number || (length && *length != *number)) {
      valid = false;
    } else {
      length = number;
      any = true;
    }
  });
  return valid && any;
}

// The one coding that is understood is `chunked`, alone and once.
std::optional<ErrorCode> parse_transfer_encoding(std::string_view value, ResponseHead& head) {
  if (head.chunked || head.protocol == Protocol::http_1_0) return Kind::http_protocol_error;
  size_t codings = 0, chunked = 0;
  for_each_element(value, [&](std::string_view coding) {
    ++codings;
    chunked += same_name(coding, "chunked");
  });
  if (codings == 0 || chunked > 1) return Kind::http_protocol_error;
  if (codings > chunked) return ErrorCode(Kind::http_response_transfer_coding, std::string(value));
  head.chunked = true;
  return std::nullopt;
}

}  // namespace

ResponseFraming ResponseHead::framing(std::string_view method) const {
  if (method == "HEAD" || status < 200 || status == 204 || status == 304)
    return ResponseFraming::none;
  if (chunked) return ResponseFraming::chunked;
  if (length) return ResponseFraming::length;
  return ResponseFraming::until_close;
}

Result<size_t, ErrorCode> find_response_head_end(std::string_view buffer, size_t& scanned,
                                                 const ResponseLimits& limits) {
  // What cannot become a status line is refused without waiting for the rest.
  std::string_view start = "HTTP/1.";
  if (buffer.substr(0, start.size()) != start.substr(0, buffer.size()))
    return Err(ErrorCode(Kind::http_protocol_error));
  size_t end = buffer.find("\r\n\r\n", scanned < 3 ? 0 : scanned - 3);
  size_t size = end == std::string_view::npos ? buffer.size() : end + 4;
  if (size > limits.section)
    return Err(ErrorCode(Kind::http_response_header_section_size, std::optional<uint64_t>(size)));
  if (end != std::string_view::npos) return size;
  scanned = buffer.size();
  return size_t{0};
}

Result<ResponseHead, ErrorCode> parse_response_head(std::string_view text,
                                                    const ResponseLimits& limits) {
  auto malformed = [] { return Err(ErrorCode(Kind::http_protocol_error)); };
  ResponseHead head;
  std::string_view line;
  size_t size = text.size();
  if (!take_line(text, line) || !parse_status_line(line, head)) return malformed();
  head.fields.reserve(text.size(), std::min<size_t>(16, text.size() / 16));
  bool close = false, keep = false;
  Fields named;
  while (true) {
    if (!take_line(text, line)) return malformed();
    if (line.empty()) break;
    size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed();
    std::string_view name = line.substr(0, colon);
    std::string_view value = trimmed(line.substr(colon + 1));
    if (!is_token(name) || !is_field_value(value)) return malformed();
    if (head.fields.size() + named.size() >= limits.fields)
      return Err(ErrorCode(Kind::http_response_header_section_size, std::optional<uint64_t>(size)));
    if (same_name(name, "content-length")) {
      bool repeated = head.length.has_value();
      if (!parse_length(value, head.length)) return malformed();
      if (repeated) continue;
      head.fields.append(name, std::to_string(*head.length));
      continue;
    }
    if (same_name(name, "transfer-encoding")) {
      if (auto error = parse_transfer_encoding(value, head)) return Err(std::move(*error));
      continue;
    }
    if (same_name(name, "connection")) {
      for_each_element(value, [&](std::string_view option) {
        if (same_name(option, "close"))
          close = true;
        else if (same_name(option, "keep-alive"))
          keep = true;
        else
          named.append(option, "");
      });
      continue;
    }
    if (head.status == 101 && same_name(name, "upgrade")) {
      if (!head.upgrade.empty()) head.upgrade += ", ";
      head.upgrade += value;
    }
    if (!is_hop_by_hop(name)) head.fields.append(name, value);
  }
  if (!text.empty()) return malformed();
  // Both framings at once, and a change of protocol that does not say to which (RFC 9110 section
  // 15.2.2).
  if (head.chunked && head.length) return malformed();
  if (head.status == 101 && head.upgrade.empty()) return malformed();
  for (size_t i = 0; i < named.size(); ++i) {
    std::string_view option = named[i].name;
    if (same_name(option, "content-length")) return malformed();
    if (is_token(option)) head.fields.remove(option);
  }
  head.keep_alive = !close && (head.protocol == Protocol::http_1_1 || keep);
  return head;
}

}  // namespace weir::http::h1
