#include "tools/deps/url.h"

#include <algorithm>
#include <vector>

#include "util/escape.h"
#include "util/number.h"

namespace weir::tools::deps {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return result;
}

void append_encoded(std::string& out, std::string_view text, std::string_view escape) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (char c : text) {
    auto byte = static_cast<uint8_t>(c);
    if (byte <= 0x20 || byte >= 0x7f || escape.find(c) != std::string_view::npos) {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
}

bool is_dot(std::string_view segment) { return segment == "." || lower(segment) == "%2e"; }

bool is_double_dot(std::string_view segment) {
  std::string text = lower(segment);
  return text == ".." || text == ".%2e" || text == "%2e." || text == "%2e%2e";
}

// `path` is empty or starts with a slash.
std::string normalize_path(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    path.remove_prefix(1);
    size_t end = path.find('/');
    std::string_view segment = path.substr(0, end);
    path = end == std::string_view::npos ? "" : path.substr(end);
    bool last = path.empty();
    if (is_double_dot(segment)) {
      if (!segments.empty()) segments.pop_back();
      if (last) segments.push_back("");
    } else if (is_dot(segment)) {
      if (last) segments.push_back("");
    } else {
      segments.push_back(segment);
    }
  }
  std::string out;
  for (std::string_view segment : segments) {
    out += '/';
    append_encoded(out, segment, "\"<>`{}");
  }
  return out.empty() ? "/" : out;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']'))
    return std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
      return is_letter(c) || is_digit(c) || c == ':' || c == '.';
    });
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

}  // namespace

std::string url_scheme(std::string_view text) {
  size_t end = text.find("://");
  if (end == std::string_view::npos || end == 0 || !is_letter(text[0])) return "";
  std::string_view scheme = text.substr(0, end);
  bool valid = std::ranges::all_of(scheme, [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  return valid ? lower(scheme) : "";
}

Result<std::string> normalize_url(std::string_view text) {
  auto refuse = [&](const std::string& why) {
    return Err(Error{"`" + escaped(text) + "` is no URL: " + why});
  };
  std::string scheme = url_scheme(text);
  if (scheme != "http" && scheme != "https")
    return refuse("it must begin with https:// or http://");
  std::string_view rest = text.substr(scheme.size() + 3);
  size_t authority_end = rest.find_first_of("/?#\\");
  std::string_view authority = rest.substr(0, authority_end);
  rest = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
  if (rest.find('\\') != std::string_view::npos) return refuse("it has a backslash");
  if (authority.find('@') != std::string_view::npos)
    return refuse("it holds a user name; Weir takes none from a URL");
  std::string_view host = authority, port;
  if (size_t colon = authority.rfind(':');
      colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (!is_host(host)) return refuse("its host is not one (write other alphabets in Punycode)");
  std::string out = scheme + "://" + lower(host);
  if (!port.empty()) {
    auto number = parse_decimal(port, 65535);
    if (!number) return refuse("its port is no number up to 65535");
    if (*number != (scheme == "http" ? 80 : 443)) out += ":" + std::to_string(*number);
  }
  size_t fragment_start = std::min(rest.find('#'), rest.size());
  std::string_view fragment = rest.substr(fragment_start);
  rest = rest.substr(0, fragment_start);
  size_t query_start = std::min(rest.find('?'), rest.size());
  out += normalize_path(rest.substr(0, query_start));
  append_encoded(out, rest.substr(query_start), "\"'<>");
  append_encoded(out, fragment, "\"<>`");
  return out;
}

}  // namespace weir::tools::deps
