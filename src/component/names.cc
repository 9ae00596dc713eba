#include "component/names.h"

#include <algorithm>
#include <vector>

#include "wit/version.h"

namespace weir::component {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Words of lower-case letters and digits joined by single hyphens, the first one beginning with a
// letter.
bool is_lower_label(std::string_view text) {
  return is_label(text) && std::none_of(text.begin(), text.end(), is_upper);
}

// A version, or a canonical one such as `1`, `0.2`.
bool is_version(std::string_view text) {
  if (wit::parse_version(text)) return true;
  // What semver has three numbers for may be cut after the first that is not zero.
  auto number = [](std::string_view n) {
    return !n.empty() && std::all_of(n.begin(), n.end(), is_digit) && (n == "0" || n[0] != '0');
  };
  size_t dot = text.find('.');
  if (dot == std::string_view::npos) return number(text) && text != "0";
  std::string_view minor = text.substr(dot + 1);
  return text.substr(0, dot) == "0" && number(minor) && minor != "0";
}

Error bad(std::string_view name, const std::string& why) {
  return Error{"\"" + std::string(name) + "\" is not a valid extern name: " + why};
}

}  // namespace

bool is_label(std::string_view text) {
  size_t i = 0;
  bool first = true;
  while (true) {
    size_t end = text.find('-', i);
    std::string_view word = text.substr(i, end == std::string_view::npos ? end : end - i);
    if (word.empty()) return false;
    if (first && !is_lower(word[0]) && !is_upper(word[0])) return false;
    bool lower = std::any_of(word.begin(), word.end(), is_lower);
    bool upper = std::any_of(word.begin(), word.end(), is_upper);
    if (lower && upper) return false;
    for (char c : word) {
      if (!is_lower(c) && !is_upper(c) && !is_digit(c)) return false;
    }
    if (end == std::string_view::npos) return true;
    i = end + 1;
    first = false;
  }
}

Result<ExternName> parse_extern_name(std::string_view text) {
  ExternName name;
  if (text.empty()) return Err(bad(text, "it is empty"));
  std::string_view plain = text;
  name.accessor = wit::take_accessor(plain);
  if (name.accessor != wit::Accessor::none) {
    if (!is_label(plain))
      return Err(bad(text, "`" + std::string(plain) + "` is not in kebab case"));
    name.first = plain;
    return name;
  }
  if (text[0] == '[') {
    size_t close = text.find(']');
    if (close == std::string_view::npos) return Err(bad(text, "`[` without `]`"));
    std::string_view annotation = text.substr(1, close - 1);
    std::string_view rest = text.substr(close + 1);
    if (annotation == "constructor") {
      if (!is_label(rest))
        return Err(bad(text, "`" + std::string(rest) + "` is not in kebab case"));
      name.kind = ExternName::Kind::constructor;
      name.first = rest;
      return name;
    }
    if (annotation != "method" && annotation != "static") {
      return Err(bad(text, "unknown annotation `[" + std::string(annotation) + "]`"));
    }
    name.accessor = wit::take_accessor(rest);
    size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return Err(bad(text, "failed to find `.` character"));
    name.kind = annotation == "method" ? ExternName::Kind::method : ExternName::Kind::static_method;
    name.first = rest.substr(0, dot);
    name.second = rest.substr(dot + 1);
    if (!is_label(name.first) || !is_label(name.second)) {
      return Err(bad(text, "`" + std::string(rest) + "` is not in kebab case"));
    }
    return name;
  }
  size_t colon = text.find(':');
  if (colon == std::string_view::npos) {
    if (!is_label(text)) return Err(bad(text, "it is not in kebab case"));
    name.first = text;
    return name;
  }
  name.kind = ExternName::Kind::interface;
  size_t at = text.find('@');
  name.first = text.substr(0, at);
  size_t slash = name.first.find('/');
  if (!is_lower_label(name.first.substr(0, colon))) {
    return Err(bad(text, "the namespace is not in lower-case kebab case"));
  }
  if (slash == std::string_view::npos || slash < colon) {
    return Err(bad(text, "expected `/` after the package name"));
  }
  if (!is_lower_label(name.first.substr(colon + 1, slash - colon - 1))) {
    return Err(bad(text, "the package is not in lower-case kebab case"));
  }
  if (!is_label(name.first.substr(slash + 1))) {
    return Err(bad(text, "the interface is not in kebab case"));
  }
  if (at != std::string_view::npos) {
    name.second = text.substr(at + 1);
    if (!is_version(name.second)) {
      return Err(bad(text, "`" + std::string(name.second) + "` is not a version"));
    }
  }
  return name;
}

std::string unique_key(std::string_view name) {
  bool constructor = name.starts_with("[constructor]");
  if (constructor || name.starts_with("[method]") || name.starts_with("[static]")) {
    name.remove_prefix(name.find(']') + 1);
    if (!constructor) wit::take_accessor(name);
    size_t dot = name.find('.');
    // `[method]l.l` takes the place of a function `l`.
    if (dot != std::string_view::npos &&
        unique_key(name.substr(0, dot)) == unique_key(name.substr(dot + 1))) {
      name = name.substr(0, dot);
    }
  }
  wit::take_accessor(name);
  std::string key = constructor ? "[constructor]" : "";
  bool interface = name.find(':') != std::string_view::npos;
  for (char c : name) {
    if (c == '-' && !interface) continue;
    key += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return key;
}

bool is_interface_name(std::string_view text) {
  Result<ExternName> name = parse_extern_name(text);
  return name.ok() && name->kind == ExternName::Kind::interface;
}

std::string compatible_name(std::string_view interface) {
  size_t at = interface.find('@');
  if (at == std::string_view::npos) return {};
  std::string_view text = interface.substr(at + 1);
  std::string base(interface.substr(0, at + 1));
  std::optional<wit::Version> version = wit::parse_version(text);
  if (!version) return is_version(text) ? std::string(interface) : std::string();
  std::string track = wit::compatible_track(*version);
  return track.empty() ? std::string() : base + track;
}

}  // namespace weir::component
