#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "tools/deps/files.h"
#include "util/result.h"

namespace weir::tools::deps {

// The `*.wit` files right in a folder, links followed.
Result<Files> read_package(const std::filesystem::path& folder);

// A package's folder and those in its `deps`, without the ones named in `pinned`.
Result<Bundle> read_bundle(const std::filesystem::path& folder,
                           const std::set<std::string>& pinned);

// Makes a folder with these files in it.
Result<void> write_package(const std::filesystem::path& folder, const Files& files);

// A whole file of at most 64 MiB; nothing if there is none.
Result<std::optional<std::string>> read_text(const std::filesystem::path& path);

// Copies a file, a link or a folder with all that is in it.
Result<void> copy_tree(const std::filesystem::path& from, const std::filesystem::path& to);

// Writes a new file beside `path` for a later `rename`, and returns its path.
Result<std::filesystem::path> write_beside(const std::filesystem::path& path,
                                           std::string_view text);

// Replaces a file in one step.
Result<void> write_atomically(const std::filesystem::path& path, std::string_view text);

}  // namespace weir::tools::deps
