#include "cli/wit_verbs.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "cli/version.h"
#include "host/file.h"
#include "tools/wit/init.h"
#include "tools/wit/official.h"
#include "tools/wit/open.h"
#include "tools/wit/targets.h"
#include "util/bytes.h"
#include "util/escape.h"
#include "util/folder.h"
#include "wit/binary/encode.h"
#include "wit/format.h"
#include "wit/json.h"
#include "wit/print.h"
#include "wit/render.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;

int complain(const Error& error) {
  std::fputs(error.message.c_str(), stderr);
  if (!error.message.ends_with('\n')) std::fputc('\n', stderr);
  return 1;
}
int complain(const std::string& message) { return complain(Error{"error: " + message}); }

bool put(std::string_view piece) {
  return std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
}
// What comes of all that was put on stdout.
int finish_stdout(bool written) {
  return written && std::fflush(stdout) == 0 ? 0 : complain("writing to stdout failed");
}

// To the file of `--output`, else to stdout.
int write_out(const WitOptions& o, std::span<const uint8_t> content) {
  if (!o.output.empty()) {
    auto done = host::write_file_atomically(o.output, content, 0644);
    return done ? 0 : complain(done.error().message);
  }
  return finish_stdout(put({reinterpret_cast<const char*>(content.data()), content.size()}));
}
int write_out(const WitOptions& o, std::string_view text) { return write_out(o, as_bytes(text)); }

wit::Features features_of(const WitOptions& o) {
  return {.names = {o.features.begin(), o.features.end()}, .all = o.all_features};
}

std::string list_packages(const wit::Resolve& resolve) {
  std::string text;
  for (const wit::Package& package : resolve.packages) {
    text += "  " + wit::to_string(package.name) + "\n";
  }
  return text;
}

// The package that a person names, with or without its version.
Result<wit::PackageId> find_package(const wit::Resolve& resolve, const std::string& name) {
  std::vector<wit::PackageId> found;
  for (uint32_t i = 0; i < resolve.packages.size(); ++i) {
    std::string full = wit::to_string(resolve.packages[i].name);
    if (full == name) return wit::PackageId{i};
    if (full.substr(0, full.find('@')) == name) found.push_back({i});
  }
  if (found.size() == 1) return found[0];
  return Err(Error{"error: there is " +
                   std::string(found.empty() ? "no package" : "more than one package") + " `" +
                   escaped(name) + "`; there are\n" + list_packages(resolve)});
}

Result<wit::WorldId> find_world(const tools::OpenedWit& wit, const std::string& name) {
  if (auto found = wit.resolve.find_world(name, wit.main)) return *found;
  return Err(Error{"error: there is no world `" + escaped(name) + "`; there are\n" +
                   tools::list_worlds(wit.resolve)});
}

// DIR/NAME.wit, and the other packages as DIR/deps/NAME/package.wit, with versions where a name
// is there twice.
int print_folder(const WitOptions& o, const tools::OpenedWit& wit) {
  auto write = [&](const fs::path& path, const std::string& text) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    return host::write_file_atomically(path.string(), as_bytes(text), 0644);
  };
  auto folder_of = [&](wit::PackageId id) {
    const wit::PackageName& name = wit.resolve[id].name;
    std::string full = name.space + "-" + name.name;
    return name.version ? full + "-" + wit::to_string(*name.version) : full;
  };
  const wit::Package& main = wit.resolve[wit.main];
  auto done = write(fs::path(o.out_dir) / (main.name.name + ".wit"),
                    wit::print_package(wit.resolve, wit.main));
  for (wit::PackageId id : wit.others()) {
    if (!done) break;
    done = write(fs::path(o.out_dir) / "deps" / folder_of(id) / "package.wit",
                 wit::print_package(wit.resolve, id));
  }
  return done ? 0 : complain(done.error().message);
}

int print(const WitOptions& o, const tools::OpenedWit& wit) {
  if (!o.package.empty()) {
    auto id = find_package(wit.resolve, o.package);
    if (!id) return complain(id.error());
    return write_out(o, wit::print_package(wit.resolve, *id));
  }
  if (!o.out_dir.empty()) return print_folder(o, wit);
  if (!o.output.empty()) {
    return write_out(o, wit::print_packages(wit.resolve, wit.main, wit.others()));
  }
  bool written = true;
  wit::print_packages(wit.resolve, wit.main, wit.others(),
                      [&](std::string_view piece) { written = written && put(piece); });
  return finish_stdout(written);
}

std::string count(size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

}  // namespace

int wit_print(const WitOptions& o) {
  // Never taken apart: the process ends with it.
  static const auto& wit = *new Result(tools::open_wit(o.path, features_of(o)));
  return wit ? print(o, *wit) : complain(wit.error());
}

int wit_check(const WitOptions& o) {
  auto wit = tools::open_wit(o.path, features_of(o));
  if (!wit) return complain(wit.error());
  const wit::Resolve& resolve = wit->resolve;
  auto named = [](const wit::Interface& i) { return !i.name.empty(); };
  std::string line =
      escaped(o.path) + ": valid: " + count(resolve.packages.size(), "package") + ", " +
      count(static_cast<size_t>(std::ranges::count_if(resolve.interfaces, named)), "interface") +
      ", " + count(resolve.worlds.size(), "world");
  std::printf("%s\n", line.c_str());
  return 0;
}

int wit_decode(const WitOptions& o) {
  auto bytes = tools::read_component(o.path);
  if (!bytes) return complain(bytes.error());
  if (!*bytes) return complain(tools::report(o.path, "this is WIT text, not a binary"));
  auto wit = tools::open_wit(o.path, {.names = {}, .all = true});
  return wit ? print(o, *wit) : complain(wit.error());
}

int wit_json(const WitOptions& o) {
  auto wit = tools::open_wit(o.path, features_of(o));
  return wit ? write_out(o, wit::to_json(wit->resolve) + "\n") : complain(wit.error());
}

int wit_encode(const WitOptions& o) {
  auto wit = tools::open_wit(o.path, features_of(o));
  if (!wit) return complain(wit.error());
  if (o.output.empty() && ::isatty(STDOUT_FILENO)) {
    return complain("a binary is not for the terminal; name a file with --output");
  }
  const std::vector<wit::Producer> producers = {
      {"processed-by", "weir", std::string(version_number())}};
  std::vector<uint8_t> bytes;
  if (!o.world.empty()) {
    auto world = find_world(*wit, o.world);
    if (!world) return complain(world.error());
    bytes = wit::encode_world(wit->resolve, *world, wit::StringEncoding::utf8, producers);
  } else {
    wit::PackageId id = wit->main;
    if (!o.package.empty()) {
      auto found = find_package(wit->resolve, o.package);
      if (!found) return complain(found.error());
      id = *found;
    }
    bytes = wit::encode_package(wit->resolve, id, producers);
  }
  // WIT can say things that components cannot, such as a record without fields.
  if (auto valid = tools::validate(bytes); !valid) {
    return complain(tools::report(o.path, "it cannot be encoded: " + valid.error().message));
  }
  return write_out(o, bytes);
}

int wit_targets(const WitOptions& o) {
  auto bytes = tools::read_component(o.path);
  if (!bytes) return complain(bytes.error());
  if (!*bytes) return complain(tools::report(o.path, "this is not a component"));
  auto wit = o.wit.empty() ? Result<tools::OpenedWit>(tools::official_wit(features_of(o)))
                           : tools::open_wit(o.wit, features_of(o));
  if (!wit) return complain(wit.error());
  auto world = find_world(*wit, o.world);
  if (!world) return complain(world.error());
  auto differences = tools::compare_with_world(**bytes, wit->resolve, *world);
  if (!differences) return complain(tools::report(o.path, differences.error().message));
  std::string name = wit->resolve.id_of(*world);
  if (differences->empty()) {
    std::printf("%s fits %s\n", escaped(o.path).c_str(), name.c_str());
    return 0;
  }
  std::printf("%s does not fit %s:\n", escaped(o.path).c_str(), name.c_str());
  for (const tools::Difference& difference : *differences) {
    std::printf("- %s\n", escaped(difference.what).c_str());
    for (const std::string& detail : difference.details) {
      std::printf("    %s\n", escaped(detail).c_str());
    }
  }
  return 1;
}

int wit_init(const WitOptions& o) {
  auto written = tools::init_wit(o.world, o.path);
  if (!written) return complain(written.error());
  for (const std::string& path : *written) std::printf("%s\n", escaped(path).c_str());
  return 0;
}

int wit_format(const WitOptions& o) {
  std::vector<std::string> files;
  std::error_code error;
  if (fs::is_directory(o.path, error)) {
    if (auto entries = read_folder(o.path)) {
      for (const FolderEntry& entry : *entries) {
        if (entry.has_extension(".wit")) files.push_back(entry.path);
      }
    }
    if (files.empty()) return complain(tools::report(o.path, "there are no .wit files in it"));
  } else {
    files.push_back(o.path);
  }
  int status = 0;
  for (const std::string& path : files) {
    auto content = host::read_file(path);
    if (!content) {
      status = complain(content.error().message);
      continue;
    }
    wit::SourceMap sources;
    auto offset = sources.add(path, std::string(content->bytes.view()));
    if (!offset) {
      status = complain(tools::report(path, "is larger than 2 GiB"));
      continue;
    }
    auto formatted = wit::format_text(sources.text_at(*offset), *offset);
    if (!formatted) {
      status = complain(Error{wit::render(formatted.error(), sources)});
      continue;
    }
    if (*formatted == content->bytes.view()) continue;
    std::printf("%s\n", escaped(path).c_str());
    if (o.only_check) {
      status = 1;
      continue;
    }
    auto done =
        host::write_file_atomically(path, as_bytes(*formatted), content->status.st_mode & 07777);
    if (!done) status = complain(done.error().message);
  }
  return status;
}

}  // namespace weir::cli
