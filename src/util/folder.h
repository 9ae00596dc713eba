#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace weir {

struct FolderEntry {
  // Without its folder.
  std::string name;
  std::string path;
  // Neither is set for what is something else or gone. Symbolic links are followed.
  bool is_folder = false;
  bool is_file = false;

  // Whether the name ends with `extension` (`.wit`) and is more than that.
  bool has_extension(std::string_view extension) const {
    return name.size() > extension.size() && name.ends_with(extension);
  }
};

// What is in a folder but `.` and `..`, sorted by name, or a value of `errno`.
Result<std::vector<FolderEntry>, int> read_folder(const std::string& folder);

// The path of something in a folder.
std::string path_in(std::string_view folder, std::string_view name);

}  // namespace weir
