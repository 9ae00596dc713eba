#include "tools/deps/package_spec.h"

#include <algorithm>

#include "util/number.h"
#include "wit/version.h"

namespace weir::tools::deps {
namespace {

// A WIT name: words of ASCII letters and digits, joined by `-`.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 128) return false;
  bool word_start = true;
  for (char c : text) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    bool digit = c >= '0' && c <= '9';
    if (c == '-' && word_start) return false;
    if (c != '-' && !letter && !digit) return false;
    word_start = c == '-';
  }
  return !word_start;
}

// `1` or `0.2`
bool is_partial_version(std::string_view text) {
  size_t dot = text.find('.');
  return parse_decimal(text.substr(0, dot)) &&
         (dot == std::string_view::npos || parse_decimal(text.substr(dot + 1)));
}

}  // namespace

std::optional<PackageSpec> parse_package_spec(std::string_view text) {
  size_t at = text.find('@');
  std::string_view version = at == std::string_view::npos ? "" : text.substr(at + 1);
  std::string_view package = text.substr(0, at);
  size_t colon = package.find(':');
  if (colon == std::string_view::npos || !is_name(package.substr(0, colon)) ||
      !is_name(package.substr(colon + 1)))
    return std::nullopt;
  if (at != std::string_view::npos && !wit::parse_version(version) && !is_partial_version(version))
    return std::nullopt;
  return PackageSpec{std::string(package.substr(0, colon)), std::string(package.substr(colon + 1)),
                     std::string(version)};
}

std::string to_string(const PackageSpec& spec) {
  std::string text = spec.space + ":" + spec.name;
  if (!spec.version.empty()) text += "@" + spec.version;
  return text;
}

bool admits(const PackageSpec& spec, std::string_view version) {
  auto parsed = wit::parse_version(version);
  if (!parsed) return false;
  if (spec.version == version) return true;
  if (!parsed->pre.empty() || wit::parse_version(spec.version)) return false;
  return spec.version.empty() || version.starts_with(spec.version + ".");
}

std::optional<std::string> newest(const PackageSpec& spec,
                                  const std::vector<std::string>& versions) {
  std::optional<std::string> best;
  for (const std::string& version : versions) {
    if (!admits(spec, version)) continue;
    if (!best || wit::compare(*wit::parse_version(*best), *wit::parse_version(version)) < 0)
      best = version;
  }
  return best;
}

}  // namespace weir::tools::deps
