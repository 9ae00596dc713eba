#include "wit/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>

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
  return WitFile{path.string(), std::move(*read)};
}

bool is_webassembly(const WitFile& file) {
  return file.text.starts_with(std::string_view("\0asm", 4)) || file.path.ends_with(".wat");
}

// The same where it has to be text.
WitResult<WitFile> read_text(const fs::path& path) {
  WitFile file = WEIR_TRY(read_file(path));
  if (is_webassembly(file)) {
    return Err(WitError{.kind = ErrorKind::binary_file, .name = path.string()});
  }
  return file;
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
    files.push_back(WEIR_TRY(read_text(path)));
  }
  return files;
}

// A package that WebAssembly carries parts of.
struct Carried {
  PackageText package;
  std::string path;
};

// All that is read before anything is resolved.
struct Input {
  std::vector<std::vector<WitFile>> groups;
  std::vector<Carried> carried;
};

WitResult<void> read_webassembly(WitFile file, const BinaryReader& binaries, Input& input) {
  if (!binaries) return Err(WitError{.kind = ErrorKind::binary_file, .name = file.path});
  auto packages = binaries(std::move(file.text));
  if (!packages) return Err(unreadable(file.path, packages.error().message));
  input.groups.push_back({{file.path, std::move(packages->front().text)}});
  for (size_t i = 1; i < packages->size(); ++i) {
    input.carried.push_back({std::move((*packages)[i]), file.path});
  }
  return {};
}

WitResult<void> read_dependencies(const fs::path& folder, const BinaryReader& binaries,
                                  Input& input) {
  for (const fs::path& path : WEIR_TRY(entries(folder))) {
    std::error_code error;
    fs::path extension = path.extension();
    if (fs::is_directory(path, error)) {
      std::vector<WitFile> files = WEIR_TRY(read_folder(path));
      if (!files.empty()) input.groups.push_back(std::move(files));
    } else if (!fs::is_regular_file(path, error)) {
      continue;
    } else if (extension == ".wit" || extension == ".wasm" || extension == ".wat") {
      WitFile file = WEIR_TRY(read_file(path));
      if (is_webassembly(file)) {
        WEIR_TRY(read_webassembly(std::move(file), binaries, input));
      } else {
        input.groups.emplace_back().push_back(std::move(file));
      }
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

// The names of the packages that the files of a group define.
std::vector<PackageName> names_in(const FileGroup& group) {
  std::vector<PackageName> names;
  for (const ast::File& file : group) {
    if (file.package) names.push_back(name_of(*file.package));
    for (const ast::NestedPackage& nested : file.nested) names.push_back(name_of(nested.name));
  }
  return names;
}

// Adds what WebAssembly carries of packages that nothing else defines.
WitResult<void> add_carried(std::vector<Carried> carried, const Resolve& known, SourceMap& sources,
                            std::vector<Token>& tokens, std::vector<FileGroup>& groups) {
  std::vector<PackageName> names;
  for (const FileGroup& group : groups) {
    std::ranges::copy(names_in(group), std::back_inserter(names));
  }
  std::vector<const Carried*> added;
  for (Carried& one : carried) {
    const PackageName& name = one.package.name;
    if (std::ranges::find(names, name) != names.end() || known.find_package(name)) continue;
    auto same = std::ranges::find(added, name, [](auto* other) { return other->package.name; });
    if (same == added.end()) {
      groups.push_back(WEIR_TRY(parse_group({{one.path, one.package.text}}, sources, tokens)));
      added.push_back(&one);
    } else if ((*same)->package.text != one.package.text) {
      return Err(unreadable(one.path, "it carries other parts of the package " + to_string(name) +
                                          " than " + (*same)->path +
                                          " does; put that package into `deps`, too"));
    }
  }
  return {};
}

WitResult<Loaded> load(Input input, const Features& features, SourceMap& sources,
                       Resolve& resolve) {
  std::vector<FileGroup> groups;
  std::vector<Token> tokens;
  for (std::vector<WitFile>& group : input.groups) {
    groups.push_back(WEIR_TRY(parse_group(std::move(group), sources, tokens)));
  }
  WEIR_TRY(add_carried(std::move(input.carried), resolve, sources, tokens, groups));
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

}  // namespace

WitResult<Loaded> load_path(const std::string& path, const Features& features, SourceMap& sources,
                            Resolve& resolve, const BinaryReader& binaries) {
  Input input;
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    input.groups.emplace_back().push_back(WEIR_TRY(read_text(path)));
    return load(std::move(input), features, sources, resolve);
  }
  std::vector<WitFile> own = WEIR_TRY(read_folder(path));
  bool has_own = !own.empty();
  if (has_own) input.groups.push_back(std::move(own));
  WEIR_TRY(read_dependencies(fs::path(path) / "deps", binaries, input));
  if (input.groups.empty()) return Err(WitError{.kind = ErrorKind::nothing_found, .name = path});
  Loaded loaded = WEIR_TRY(load(std::move(input), features, sources, resolve));
  if (!has_own) loaded.main = {};
  return loaded;
}

WitResult<Loaded> load_files(std::vector<std::vector<WitFile>> files, const Features& features,
                             SourceMap& sources, Resolve& resolve) {
  return load({std::move(files), {}}, features, sources, resolve);
}

}  // namespace weir::wit
