#include "wit/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <unordered_map>

#include "util/folder.h"
#include "util/whole_file.h"
#include "wit/merge.h"
#include "wit/print.h"
#include "wit/resolve/package_resolver.h"
#include "wit/text/lexer.h"
#include "wit/text/parser.h"

namespace weir::wit {
namespace {

namespace fs = std::filesystem;

WitError unreadable(const std::string& path, std::string reason) {
  return {.kind = ErrorKind::unreadable, .name = path, .other = std::move(reason)};
}

// No file of WIT is nearly as large; what is read may be a device without an end.
constexpr size_t kMaxFile = size_t{1} << 28;

WitResult<WitFile> read_file(const std::string& path) {
  auto read = read_whole_file(path, kMaxFile);
  if (!read && read.error() == EFBIG) {
    return Err(WitError{.kind = ErrorKind::too_large, .name = "the file " + path});
  }
  if (!read) return Err(unreadable(path, std::strerror(read.error())));
  return WitFile{path, std::move(*read)};
}

bool is_webassembly(const WitFile& file) {
  return file.text.starts_with(std::string_view("\0asm", 4)) || file.path.ends_with(".wat");
}

// The same where it has to be text.
WitResult<WitFile> read_text(const std::string& path) {
  WitFile file = WEIR_TRY(read_file(path));
  if (is_webassembly(file)) {
    return Err(WitError{.kind = ErrorKind::binary_file, .name = path});
  }
  return file;
}

// What is in a folder; nothing if there is no such folder.
WitResult<std::vector<FolderEntry>> entries(const std::string& folder) {
  auto found = weir::read_folder(folder);
  if (found) return std::move(*found);
  if (found.error() == ENOENT) return std::vector<FolderEntry>();
  return Err(unreadable(folder, std::strerror(found.error())));
}

// The `*.wit` files right in a folder.
WitResult<std::vector<WitFile>> read_folder(const std::string& folder) {
  std::vector<WitFile> files;
  for (const FolderEntry& entry : WEIR_TRY(entries(folder))) {
    if (entry.is_file && entry.has_extension(".wit")) {
      files.push_back(WEIR_TRY(read_text(entry.path)));
    }
  }
  return files;
}

// A package that a file of WebAssembly encodes.
struct Binary {
  std::string path;
  DecodedWit wit;
};

// All that is read before anything is resolved.
struct Input {
  std::vector<std::vector<WitFile>> groups;
  std::vector<Binary> binaries;
};

WitResult<void> read_webassembly(WitFile file, const BinaryReader& reader, Input& input) {
  if (!reader) return Err(WitError{.kind = ErrorKind::binary_file, .name = file.path});
  auto wit = reader(std::move(file.text));
  if (!wit) return Err(unreadable(file.path, wit.error().message));
  input.binaries.push_back({file.path, std::move(*wit)});
  return {};
}

WitResult<void> read_dependencies(const std::string& folder, const BinaryReader& reader,
                                  Input& input) {
  for (const FolderEntry& entry : WEIR_TRY(entries(folder))) {
    if (entry.is_folder) {
      std::vector<WitFile> files = WEIR_TRY(read_folder(entry.path));
      if (!files.empty()) input.groups.push_back(std::move(files));
    } else if (!entry.is_file) {
      continue;
    } else if (entry.has_extension(".wit") || entry.has_extension(".wasm") ||
               entry.has_extension(".wat")) {
      WitFile file = WEIR_TRY(read_file(entry.path));
      if (is_webassembly(file)) {
        WEIR_TRY(read_webassembly(std::move(file), reader, input));
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

// Adds the packages of WebAssembly. What it only carries of others is left out where these are
// defined elsewhere.
WitResult<void> add_binaries(const std::vector<Binary>& binaries, const Resolve& known,
                             SourceMap& sources, std::vector<Token>& tokens,
                             std::vector<FileGroup>& groups) {
  Resolve all;
  // Where each package comes from, and whether it is there whole.
  std::unordered_map<std::string, std::pair<std::string, bool>> origins;
  for (const Binary& binary : binaries) {
    auto merged = merge(all, binary.wit.resolve, binary.wit.main);
    if (!merged) return Err(unreadable(binary.path, merged.error().message));
    for (const Package& package : binary.wit.resolve.packages) {
      bool whole = package.name == binary.wit.resolve[binary.wit.main].name;
      auto [at, fresh] = origins.try_emplace(to_string(package.name), binary.path, whole);
      if (whole) at->second = {binary.path, true};
    }
  }
  std::vector<PackageName> names;
  for (const FileGroup& group : groups) {
    std::ranges::copy(names_in(group), std::back_inserter(names));
  }
  for (uint32_t i = 0; i < all.packages.size(); ++i) {
    const PackageName& name = all.packages[i].name;
    const auto& [path, whole] = origins.at(to_string(name));
    bool elsewhere = std::ranges::find(names, name) != names.end() || known.find_package(name);
    if (elsewhere && !whole) continue;
    std::string text = print_package(all, PackageId{i});
    groups.push_back(WEIR_TRY(parse_group({{path, std::move(text)}}, sources, tokens)));
  }
  return {};
}

struct Sizes {
  size_t all = 0;
  size_t largest = 0;
};

Sizes sizes_of(const Input& input) {
  Sizes sizes;
  for (const std::vector<WitFile>& group : input.groups) {
    for (const WitFile& file : group) {
      sizes.all += file.text.size();
      sizes.largest = std::max(sizes.largest, file.text.size());
    }
  }
  return sizes;
}

// Bytes of text for each type that it defines, in the official packages and roughly.
constexpr size_t kTextOfType = 256;

WitResult<Loaded> load(Input input, const Features& features, SourceMap& sources,
                       Resolve& resolve) {
  std::vector<FileGroup> groups;
  std::vector<Token> tokens;
  Sizes sizes = sizes_of(input);
  // Memory that is not written to costs nothing, memory that is grown out of costs twice.
  tokens.reserve(usual_tokens(sizes.largest));
  resolve.types.reserve(resolve.types.size() + static_cast<uint32_t>(sizes.all / kTextOfType));
  for (std::vector<WitFile>& group : input.groups) {
    groups.push_back(WEIR_TRY(parse_group(std::move(group), sources, tokens)));
  }
  WEIR_TRY(add_binaries(input.binaries, resolve, sources, tokens, groups));
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
  WEIR_TRY(read_dependencies(path_in(path, "deps"), binaries, input));
  if (input.groups.empty() && input.binaries.empty()) {
    return Err(WitError{.kind = ErrorKind::nothing_found, .name = path});
  }
  Loaded loaded = WEIR_TRY(load(std::move(input), features, sources, resolve));
  if (!has_own) loaded.main = {};
  return loaded;
}

WitResult<Loaded> load_files(std::vector<std::vector<WitFile>> files, const Features& features,
                             SourceMap& sources, Resolve& resolve) {
  return load({std::move(files), {}}, features, sources, resolve);
}

}  // namespace weir::wit
