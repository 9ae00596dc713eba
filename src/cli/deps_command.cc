#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "cli/commands.h"
#include "cli/terminal_progress.h"
#include "tools/deps/add.h"
#include "tools/deps/folder.h"
#include "tools/deps/net/curl_downloader.h"
#include "tools/deps/sync.h"
#include "util/escape.h"

namespace weir::cli {
namespace {

namespace fs = std::filesystem;
namespace deps = tools::deps;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// `$VARIABLE/below`, or `~/otherwise/below`; empty when neither variable is set.
fs::path user_folder(const char* name, const char* otherwise, const char* below) {
  if (std::string folder = variable(name); !folder.empty()) return fs::path(folder) / below;
  if (std::string home = variable("HOME"); !home.empty()) return fs::path(home) / otherwise / below;
  return {};
}

deps::ProjectPaths paths_of(const DepsOptions& o) {
  std::error_code error;
  fs::path dir = o.dir;
  if (dir.empty()) dir = fs::exists("deps.toml", error) && !fs::exists("wit", error) ? "." : "wit";
  deps::ProjectPaths paths = deps::project_paths(dir);
  if (!o.manifest.empty()) paths.manifest = o.manifest;
  if (!o.lock.empty()) paths.lock = o.lock;
  if (!o.deps.empty()) paths.deps = o.deps;
  return paths;
}

void note(std::string_view text) { std::fprintf(stderr, "note: %s\n", escaped(text).c_str()); }

void print(const std::vector<deps::Difference>& differences) {
  size_t name_width = 0, what_width = 0;
  for (const deps::Difference& difference : differences) {
    name_width = std::max(name_width, difference.name.size());
    what_width = std::max(what_width, difference.what.size());
  }
  for (const deps::Difference& difference : differences)
    std::printf("%-*s  %-*s  %s\n", static_cast<int>(name_width), escaped(difference.name).c_str(),
                static_cast<int>(what_width), difference.what.c_str(),
                escaped(difference.detail).c_str());
}

// The text of a file that need not be there.
Result<std::string> optional_text(const fs::path& path) {
  if (path.empty()) return std::string();
  return WEIR_TRY(deps::read_text(path)).value_or("");
}

Result<void> check(const deps::ProjectPaths& paths) {
  auto differences = WEIR_TRY(deps::find_differences(paths, note));
  print(differences);
  if (differences.empty()) {
    std::printf("%s is as %s says\n", paths.deps.c_str(), paths.lock.c_str());
    return {};
  }
  return Err(Error{paths.manifest.string() + ", " + paths.lock.string() + " and " +
                   paths.deps.string() + " do not agree; `weir deps lock` brings them in line"});
}

}  // namespace

Result<void> deps(const DepsOptions& o) {
  deps::ProjectPaths paths = paths_of(o);
  if (o.verb == DepsOptions::Verb::check || o.only_check) return check(paths);
  fs::path config_path = o.config.empty()
                             ? user_folder("XDG_CONFIG_HOME", ".config", "wasm-pkg/config.toml")
                             : fs::path(o.config);
  std::error_code error;
  if (!o.config.empty() && !fs::exists(config_path, error))
    return Err(Error{"there is no " + o.config});
  deps::WkgConfig config =
      WEIR_TRY(deps::parse_wkg_config(WEIR_TRY(optional_text(config_path)), config_path.string()));
  auto docker = deps::parse_docker_config(
      WEIR_TRY(optional_text(user_folder("DOCKER_CONFIG", ".docker", "config.json"))));
  TerminalProgress progress;
  std::string ca_file = o.ca_file.empty() ? variable("SSL_CERT_FILE") : o.ca_file;
  deps::CurlDownloader downloader(ca_file, ::isatty(STDERR_FILENO) ? &progress : nullptr);
  deps::Registries registries(downloader, o.registry, std::move(config), std::move(docker));
  fs::path base = paths.manifest.parent_path();
  deps::Fetcher fetcher(base, downloader, registries, o.offline);
  fs::path cache_folder = o.cache_dir.empty() ? user_folder("XDG_CACHE_HOME", ".cache", "weir/deps")
                                              : fs::path(o.cache_dir);
  deps::PackageCache cache(o.no_cache ? fs::path() : cache_folder);

  deps::SyncOptions options{.paths = paths, .update = o.verb == DepsOptions::Verb::update};
  std::vector<deps::Difference> differences;
  if (o.verb == DepsOptions::Verb::add) {
    deps::Addition addition{o.name, o.source, o.prefix, o.sha256, o.package, o.registry};
    differences = WEIR_TRY(deps::add_dependency(addition, options, fetcher, cache, note));
  } else {
    differences = WEIR_TRY(deps::synchronize(options, fetcher, cache, note));
  }
  print(differences);
  if (differences.empty()) std::printf("%s is up to date\n", paths.deps.c_str());
  return {};
}

}  // namespace weir::cli
