#include "http/h1/syntax.h"

#include <algorithm>
#include <array>

namespace weir::http::h1 {
namespace {

enum : uint8_t { kToken = 1, kValue = 2, kTarget = 4, kHost = 8 };

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  auto alnum = [](int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  for (int c = 0; c < 256; ++c) {
    uint8_t bits = 0;
    if (alnum(c)) bits |= kToken | kHost;
    if ((c >= 0x21 && c <= 0x7e) || c == ' ' || c == '\t' || c >= 0x80) bits |= kValue;
    if (c >= 0x21 && c <= 0x7e && c != '#') bits |= kTarget;
    classes[static_cast<size_t>(c)] = bits;
  }
  for (char c : std::string_view("!#$%&'*+-.^_`|~")) classes[static_cast<uint8_t>(c)] |= kToken;
  for (char c : std::string_view("-._~%!$&'()*+,;=")) classes[static_cast<uint8_t>(c)] |= kHost;
  return classes;
}

constexpr auto kClasses = make_classes();

bool all_of(std::string_view text, uint8_t wanted) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return kClasses[static_cast<uint8_t>(c)] & wanted; });
}

bool is_port(std::string_view text) {
  if (text.size() > 5) return false;
  unsigned value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= 65535;
}

}  // namespace

bool is_token(std::string_view text) { return !text.empty() && all_of(text, kToken); }
bool is_field_value(std::string_view text) { return all_of(text, kValue); }
bool is_target(std::string_view text) { return !text.empty() && all_of(text, kTarget); }

bool is_authority(std::string_view text) {
  if (text.empty()) return false;
  std::string_view rest;
  if (text.front() == '[') {
    size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    std::string_view address = text.substr(1, end - 1);
    bool valid = std::all_of(address.begin(), address.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
             c == ':' || c == '.';
    });
    if (!valid) return false;
    rest = text.substr(end + 1);
  } else {
    size_t colon = text.find(':');
    std::string_view host = text.substr(0, colon);
    if (host.empty() || !all_of(host, kHost)) return false;
    rest = colon == std::string_view::npos ? std::string_view() : text.substr(colon);
  }
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace weir::http::h1
