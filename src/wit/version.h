#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::wit {

// A version as Semantic Versioning 2.0 defines it.
struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  // Without the `-`; empty for a release.
  std::string pre;
  // Without the `+`; takes no part in precedence, but does in equality.
  std::string build;

  friend bool operator==(const Version&, const Version&) = default;
};

// Reads a whole version; nothing for anything else, numbers over 64 bits included.
std::optional<Version> parse_version(std::string_view text);

// Precedence by Semantic Versioning §11; the build part is ignored.
std::weak_ordering compare(const Version& a, const Version& b);

std::string to_string(const Version& version);

// The part of a version that compatible versions have in common: `1` of 1.4.2, `0.2` of 0.2.12;
// empty where a version is compatible with itself alone (0.0.x and pre-releases).
std::string compatible_track(const Version& version);

}  // namespace weir::wit
