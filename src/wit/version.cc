#include "wit/version.h"

#include <array>
#include <charconv>

namespace weir::wit {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_identifier_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

bool all_digits(std::string_view text) {
  for (char c : text) {
    if (!is_digit(c)) return false;
  }
  return true;
}

// Takes a number without leading zeros off the front of `text`.
bool take_number(std::string_view& text, uint64_t& value) {
  size_t length = 0;
  while (length < text.size() && is_digit(text[length])) ++length;
  if (length == 0 || (length > 1 && text[0] == '0')) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + length, value);
  if (error != std::errc()) return false;
  text.remove_prefix(length);
  return true;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// Checks a list of identifiers separated by dots.
bool valid_identifiers(std::string_view text, bool leading_zeros_allowed) {
  while (true) {
    size_t dot = text.find('.');
    std::string_view part = text.substr(0, dot);
    if (part.empty()) return false;
    for (char c : part) {
      if (!is_identifier_char(c)) return false;
    }
    if (!leading_zeros_allowed && part.size() > 1 && part[0] == '0' && all_digits(part)) {
      return false;
    }
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// Takes the next identifier off the front of a list separated by dots.
std::string_view take_identifier(std::string_view& text) {
  size_t dot = text.find('.');
  std::string_view part = text.substr(0, dot);
  text.remove_prefix(dot == std::string_view::npos ? text.size() : dot + 1);
  return part;
}

std::weak_ordering compare_identifier(std::string_view a, std::string_view b) {
  bool a_number = all_digits(a);
  bool b_number = all_digits(b);
  if (a_number != b_number) {
    return a_number ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  if (a_number && a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::weak_ordering compare_pre(std::string_view a, std::string_view b) {
  if (a.empty() && b.empty()) return std::weak_ordering::equivalent;
  // A release comes after its pre-releases.
  if (a.empty()) return std::weak_ordering::greater;
  if (b.empty()) return std::weak_ordering::less;
  while (!a.empty() && !b.empty()) {
    auto order = compare_identifier(take_identifier(a), take_identifier(b));
    if (order != 0) return order;
  }
  return a.size() <=> b.size();
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  Version version;
  if (!take_number(text, version.major) || !take_char(text, '.')) return std::nullopt;
  if (!take_number(text, version.minor) || !take_char(text, '.')) return std::nullopt;
  if (!take_number(text, version.patch)) return std::nullopt;
  if (take_char(text, '-')) {
    size_t end = text.find('+');
    version.pre = text.substr(0, end);
    if (!valid_identifiers(version.pre, false)) return std::nullopt;
    text.remove_prefix(version.pre.size());
  }
  if (take_char(text, '+')) {
    version.build = text;
    if (!valid_identifiers(version.build, true)) return std::nullopt;
    text = {};
  }
  if (!text.empty()) return std::nullopt;
  return version;
}

std::weak_ordering compare(const Version& a, const Version& b) {
  if (auto order = a.major <=> b.major; order != 0) return order;
  if (auto order = a.minor <=> b.minor; order != 0) return order;
  if (auto order = a.patch <=> b.patch; order != 0) return order;
  return compare_pre(a.pre, b.pre);
}

std::string to_string(const Version& version) {
  std::array<char, 64> numbers;  // three of at most 20 digits, two dots
  char* end = numbers.data();
  auto put = [&](uint64_t number) {
    end = std::to_chars(end, numbers.data() + numbers.size(), number).ptr;
  };
  put(version.major);
  *end++ = '.';
  put(version.minor);
  *end++ = '.';
  put(version.patch);
  std::string text(numbers.data(), end);
  if (!version.pre.empty()) text += "-" + version.pre;
  if (!version.build.empty()) text += "+" + version.build;
  return text;
}

std::string compatible_track(const Version& version) {
  if (!version.pre.empty()) return "";
  if (version.major > 0) return std::to_string(version.major);
  if (version.minor > 0) return "0." + std::to_string(version.minor);
  return "";
}

}  // namespace weir::wit
