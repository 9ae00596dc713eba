#include "wit/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "util/whole_file.h"
#include "wit/resolve/package_resolver.h"
#include "wit/text/parser.h"

namespace weir::wit {
namespace {

namespace fs = std::filesystem;

WitError unreadable(const fs::path& path, std::string reason) {
  return {.kind = ErrorKind::unreadable, .name = path.string(), .other = std::move(reason)};
}

// No file of WIT is nearly as large; what is read may be a device without an end.
constexpr size_t kMaxFile = size_t{1} << 28;

WitResult<WitFile> read_file(const fs::path& path) {
  auto read = read_whole_file(path.string(), kMaxFile);
  if (!read && read.error() == EFBIG) {
    return Err(WitError{.kind = ErrorKind::too_large, .name = "the file " + path.string()});
  }
  if (!read) return Err(unreadable(path, std::strerror(read.error())));
  std::string text = std::move(*read);
  if (text.starts_with(std::string_view("\0asm", 4)) || path.extension() == ".wat") {
    return Err(WitError{.kind = ErrorKind::binary_file, .name = path.string()});
  }
  return WitFile{path.string(), std::move(text)};
}

// What is in a folder, sorted by name; nothing if there is no such folder.
WitResult<std::vector<fs::path>> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  if (!fs::exists(folder, error)) return found;
  fs::directory_iterator it(folder, error);
  for (; !error && it != fs::directory_iterator(); it.increment(error)) {
    found.push_back(it->path());
  }
  if (error) return Err(unreadable(folder, error.message()));
  std::ranges::sort(found);
  return found;
}

// The `*.wit` files right in a folder.
WitResult<std::vector<WitFile>> read_folder(const fs::path& folder) {
  std::vector<WitFile> files;
  for (const fs::path& path : WEIR_TRY(entries(folder))) {
    std::error_code error;
    if (path.extension() != ".wit" || !fs::is_regular_file(path, error)) continue;
    files.push_back(WEIR_TRY(read_file(path)));
  }
  return files;
}

WitResult<void> read_dependencies(const fs::path& folder,
                                  std::vector<std::vector<WitFile>>& groups) {
  for (const fs::path& path : WEIR_TRY(entries(folder))) {
    std::error_code error;
    fs::path extension = path.extension();
    if (fs::is_directory(path, error)) {
      std::vector<WitFile> files = WEIR_TRY(read_folder(path));
      if (!files.empty()) groups.push_back(std::move(files));
    } else if (extension == ".wit" || extension == ".wasm" || extension == ".wat") {
      groups.emplace_back().push_back(WEIR_TRY(read_file(path)));
    }
  }
  return {};
}

WitResult<FileGroup> parse_group(std::vector<WitFile> files, SourceMap& sources,
                                 std::vector<Token>& tokens) {
  FileGroup group;
  for (WitFile& file : files) {
    auto offset = sources.add(std::move(file.path), std::move(file.text));
    if (!offset) {
      return Err(WitError{.kind = ErrorKind::too_large, .name = "all files together"});
    }
    group.push_back(WEIR_TRY(parse_file(sources.text_at(*offset), *offset, tokens)));
  }
  return group;
}

}  // namespace

WitResult<Loaded> load_path(const std::string& path, const Features& features, SourceMap& sources,
                            Resolve& resolve) {
  std::vector<std::vector<WitFile>> groups;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    groups.emplace_back().push_back(WEIR_TRY(read_file(path)));
    return load_files(std::move(groups), features, sources, resolve);
  }
  std::vector<WitFile> own = WEIR_TRY(read_folder(path));
  bool has_own = !own.empty();
  if (has_own) groups.push_back(std::move(own));
  WEIR_TRY(read_dependencies(fs::path(path) / "deps", groups));
  if (groups.empty()) return Err(WitError{.kind = ErrorKind::nothing_found, .name = path});
  Loaded loaded = WEIR_TRY(load_files(std::move(groups), features, sources, resolve));
  if (!has_own) loaded.main = {};
  return loaded;
}

WitResult<Loaded> load_files(std::vector<std::vector<WitFile>> files, const Features& features,
                             SourceMap& sources, Resolve& resolve) {
  std::vector<FileGroup> groups;
  std::vector<Token> tokens;
  for (std::vector<WitFile>& group : files) {
    groups.push_back(WEIR_TRY(parse_group(std::move(group), sources, tokens)));
  }
  PackageName main;
  std::vector<PackageAst> packages = WEIR_TRY(order_packages(groups, resolve, main));
  ResolveRun run{.resolve = resolve, .features = features};
  Loaded loaded;
  for (const PackageAst& ast : packages) {
    PackageResolver resolver(run, ast);
    if (!resolver.run()) return Err(resolver.take_error());
    loaded.packages.push_back(resolver.id());
    if (ast.name == main) loaded.main = resolver.id();
  }
  return loaded;
}

}  // namespace weir::wit
