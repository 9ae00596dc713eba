#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tools/deps/digest.h"
#include "tools/deps/source.h"
#include "util/result.h"

namespace weir::tools::deps {

// Where a locked dependency came from. What does not apply is empty.
struct LockedSource {
  std::string url;
  std::string prefix;
  std::string path;
  // The package that was taken, with its whole version where a registry gave it.
  std::string package;
  // `http(s)://HOST/PREFIX` and the digest of the manifest (`sha256:…`) that the registry gave.
  std::string registry;
  std::string manifest;

  friend bool operator==(const LockedSource&, const LockedSource&) = default;
};

struct Locked {
  // Nothing for what only other dependencies need.
  std::optional<LockedSource> source;
  Digest digest;
  // The folders that this one brought along.
  std::set<std::string> deps;

  friend bool operator==(const Locked&, const Locked&) = default;
};

// `deps.lock`, by the name of the folder in `deps`.
using Lock = std::map<std::string, Locked>;

Result<Lock> parse_lock(std::string_view text, const std::string& name);

// The file's text, byte for byte as `wit-deps` writes it where it knows the source.
std::string print_lock(const Lock& lock);

// Whether what is locked is what the manifest asks for.
bool satisfies(const LockedSource& locked, const Source& source);

}  // namespace weir::tools::deps
