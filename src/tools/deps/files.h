#pragma once

#include <map>
#include <string>
#include <vector>

namespace weir::tools::deps {

struct File {
  std::string content;
  // Whether its owner may execute it, which is all that is kept of a mode.
  bool executable = false;

  friend bool operator==(const File&, const File&) = default;
};

// The files of one package, by name. No name has a `/`.
using Files = std::map<std::string, File>;

// What a source gives: a package, and the packages that lie in its `deps` folder, by folder name.
struct Bundle {
  Files main;
  std::map<std::string, Files> deps;
  // What the user should know of, one line each.
  std::vector<std::string> notes;
};

}  // namespace weir::tools::deps
