#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/result.h"

namespace weir::tools::deps {

// Whether a file's name ends in `.wit`, in any case.
bool is_wit_name(std::string_view name);

// Where a file of an archive belongs.
struct Place {
  // The folder in `deps`; empty for the package itself.
  std::string dependency;
  std::string name;

  friend bool operator==(const Place&, const Place&) = default;
};

// Where the file `path` of an archive belongs, if it is WIT and lies where WIT is looked for. Below
// `prefix`, which may be empty, that is `X.wit`, `wit/X.wit`, `ANY/wit/X.wit`, and in place of
// X.wit `deps/ID/X.wit`: the same places as `wit-deps` looks in.
std::optional<Place> place_of(std::string_view path, std::string_view prefix);

// Refuses paths that name something outside of the folder that an archive is unpacked into.
Result<void> check_archive_path(std::string_view path);

// Refuses names of dependencies that could not be one folder in `deps`.
Result<void> check_dependency_name(std::string_view name);

}  // namespace weir::tools::deps
