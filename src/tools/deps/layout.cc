#include "tools/deps/layout.h"

#include <algorithm>
#include <vector>

#include "util/escape.h"

namespace weir::tools::deps {
namespace {

// The parts between slashes. Empty parts and `.` count for nothing, but for a `.` at the front.
std::vector<std::string_view> components(std::string_view path) {
  std::vector<std::string_view> parts;
  bool first = true;
  while (true) {
    size_t end = path.find('/');
    std::string_view part = path.substr(0, end);
    if (!part.empty() && (part != "." || first)) parts.push_back(part);
    first = false;
    if (end == std::string_view::npos) return parts;
    path.remove_prefix(end + 1);
  }
}

bool has_control_byte(std::string_view text) {
  return std::ranges::any_of(text,
                             [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

bool is_wit_name(std::string_view name) {
  size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  std::string_view extension = name.substr(dot + 1);
  constexpr std::string_view kWit = "wit";
  return std::ranges::equal(extension, kWit, [](char a, char b) { return (a | 0x20) == b; });
}

std::optional<Place> place_of(std::string_view path, std::string_view prefix) {
  std::vector<std::string_view> parts = components(path);
  std::vector<std::string_view> skipped = components(prefix);
  if (parts.size() <= skipped.size() || !std::equal(skipped.begin(), skipped.end(), parts.begin()))
    return std::nullopt;
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(skipped.size()));
  if (parts.size() > 5 || !is_wit_name(parts.back())) return std::nullopt;
  auto is = [&](size_t at, std::string_view name) { return parts[at] == name; };
  std::string name(parts.back());
  switch (parts.size()) {
    case 1:
      return Place{"", name};
    case 2:
      if (is(0, "wit")) return Place{"", name};
      return std::nullopt;
    case 3:
      if (is(1, "wit")) return Place{"", name};
      if (is(0, "deps")) return Place{std::string(parts[1]), name};
      return std::nullopt;
    case 4:
      if (is(0, "wit") && is(1, "deps")) return Place{std::string(parts[2]), name};
      return std::nullopt;
    default:
      if (is(1, "wit") && is(2, "deps")) return Place{std::string(parts[3]), name};
      return std::nullopt;
  }
}

Result<void> check_archive_path(std::string_view path) {
  if (path.find('\0') != std::string_view::npos)
    return Err(Error{"the entry `" + escaped(path) + "` has a zero byte in its name"});
  if (path.starts_with('/'))
    return Err(Error{"the entry `" + escaped(path) + "` has an absolute path"});
  for (std::string_view part : components(path))
    if (part == "..")
      return Err(
          Error{"the entry `" + escaped(path) + "` would leave the folder it is unpacked into"});
  return {};
}

Result<void> check_dependency_name(std::string_view name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos ||
      name.find('\\') != std::string_view::npos || has_control_byte(name) || name.size() > 200)
    return Err(Error{"`" + escaped(name) +
                     "` cannot be the name of a dependency: it names a folder in `deps`"});
  return {};
}

}  // namespace weir::tools::deps
