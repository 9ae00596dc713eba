#include "tools/deps/fetch.h"

#include "tools/deps/collect.h"
#include "tools/deps/folder.h"
#include "tools/deps/package_facts.h"
#include "tools/deps/wasm_bundle.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

Result<void> check_archive(const UrlSource& source, std::string_view archive) {
  Digest digest = digest_of(archive);
  auto refuse = [&](const char* name, const std::string& got, const std::string& wanted) {
    return Err(Error{source.url + " has changed: its " + name + " is " + got +
                     ", and deps.toml wants " + wanted});
  };
  if (source.sha256 && *source.sha256 != digest.sha256)
    return refuse("sha256", hex(digest.sha256), hex(*source.sha256));
  if (source.sha512 && *source.sha512 != digest.sha512)
    return refuse("sha512", hex(digest.sha512), hex(*source.sha512));
  return {};
}

// Takes one package of a bundle where the source asks for it. Dependencies that were pinned cannot
// be missing then: they are looked at before they are left out.
Result<void> narrow(Bundle& bundle, const std::optional<PackageSpec>& package,
                    const std::set<std::string>& pinned) {
  if (!package) return {};
  bundle = WEIR_TRY(select_package(std::move(bundle), *package));
  for (const std::string& name : pinned) bundle.deps.erase(name);
  return {};
}

std::string package_text(const std::optional<PackageSpec>& package) {
  return package ? to_string(*package) : std::string();
}

}  // namespace

Result<Fetched> Fetcher::fetch(const Source& source, const std::set<std::string>& pinned,
                               const LockedSource* locked) {
  if (const auto* path = std::get_if<PathSource>(&source)) return fetch(*path, pinned);
  if (offline_)
    return Err(Error{describe(source) + " is not at hand, and --offline forbids to fetch it"});
  if (const auto* url = std::get_if<UrlSource>(&source)) return fetch(*url, pinned);
  return fetch(std::get<RegistrySource>(source), pinned, locked);
}

Result<Fetched> Fetcher::fetch(const UrlSource& source, const std::set<std::string>& pinned) {
  std::string archive = WEIR_TRY(downloader_.get_body({.url = source.url, .progress = true}));
  WEIR_TRY(check_archive(source, archive));
  auto bundle =
      bundle_of_archive(archive, source.prefix, source.package ? std::set<std::string>() : pinned);
  if (!bundle.ok()) return Err(Error{source.url + ": " + bundle.error().message});
  auto narrowed = narrow(*bundle, source.package, pinned);
  if (!narrowed.ok()) return Err(Error{source.url + ": " + narrowed.error().message});
  if (source.url.starts_with("http:") && !source.sha256 && !source.sha512)
    bundle->notes.push_back(source.url +
                            " is not protected on its way; use https, or give its sha256");
  LockedSource locked{.url = source.url, .prefix = source.prefix};
  locked.package = package_text(source.package);
  return Fetched{std::move(*bundle), std::move(locked)};
}

Result<Fetched> Fetcher::fetch(const PathSource& source, const std::set<std::string>& pinned) {
  std::filesystem::path folder = base_ / source.path;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error))
    return Err(Error{folder.string() + " is no folder (paths start from where deps.toml is)"});
  Bundle bundle = WEIR_TRY(read_bundle(folder, source.package ? std::set<std::string>() : pinned));
  auto narrowed = narrow(bundle, source.package, pinned);
  if (!narrowed.ok()) return Err(Error{folder.string() + ": " + narrowed.error().message});
  LockedSource locked{.path = source.path};
  locked.package = package_text(source.package);
  return Fetched{std::move(bundle), std::move(locked)};
}

Result<Fetched> Fetcher::fetch(const RegistrySource& source, const std::set<std::string>& pinned,
                               const LockedSource* locked) {
  RegistrySource exact = source;
  if (locked)
    if (auto package = parse_package_spec(locked->package)) exact.package = *package;
  auto package = registries_.fetch(exact, locked ? locked->manifest : std::string());
  if (!package.ok()) return Err(Error{package.error().message});
  std::string where = to_string(package->package) + " of " + to_string(package->address);
  auto decoded = decode_packages(package->wasm);
  if (!decoded.ok()) return Err(Error{where + ": " + decoded.error().message});
  if (decoded->front().name != package->package)
    return Err(Error{where + " is " + to_string(decoded->front().name)});
  Fetched fetched;
  fetched.source = {.package = to_string(package->package),
                    .registry = to_string(package->address),
                    .manifest = package->manifest};
  fetched.bundle.main = std::move(decoded->front().files);
  for (size_t i = 1; i < decoded->size(); ++i) {
    DecodedPackage& needed = (*decoded)[i];
    std::string folder = folder_of(needed.name);
    if (pinned.contains(folder)) continue;
    fetched.bundle.deps[folder] =
        WEIR_TRY(complete(needed.name, source.registry, std::move(needed.files)));
  }
  return fetched;
}

// A binary package holds what it uses of others, without their docs. Two packages may so bring
// different parts of a third; the whole of it, if its registry has it, is the same for both.
Result<Files> Fetcher::complete(const PackageSpec& package, const std::string& registry,
                                Files embedded) {
  if (package.version.empty()) return embedded;
  std::string key = to_string(package) + " " + registry;
  if (auto it = completed_.find(key); it != completed_.end()) return it->second;
  auto whole = registries_.fetch({package, registry}, "");
  if (!whole.ok() && !whole.error().may_be_absent) return Err(Error{whole.error().message});
  if (!whole.ok()) return embedded;
  auto decoded = decode_packages(whole->wasm);
  if (!decoded.ok() || decoded->front().name != package)
    return Err(Error{to_string(package) + " of " + to_string(whole->address) + ": " +
                     (decoded.ok() ? "it is another package" : decoded.error().message)});
  completed_.emplace(key, decoded->front().files);
  return std::move(decoded->front().files);
}

}  // namespace weir::tools::deps
