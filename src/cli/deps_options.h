#pragma once

#include <string>

namespace weir::cli {

// `weir deps`.
struct DepsOptions {
  enum class Verb { update, lock, check, add };

  Verb verb = Verb::update;
  // The folder with `deps.toml` in it or in its `wit`.
  std::string dir;
  // Paths of their own for the three; empty for those in `dir`.
  std::string manifest;
  std::string lock;
  std::string deps;
  std::string registry;
  std::string config;
  std::string ca_file;
  std::string cache_dir;
  bool no_cache = false;
  bool offline = false;
  // `lock --check`
  bool only_check = false;
  // `add`: a name and a source, or a package alone.
  std::string name;
  std::string source;
  std::string prefix;
  std::string sha256;
  std::string package;
};

}  // namespace weir::cli
