#include "tools/deps/add.h"

#include "tools/deps/folder.h"
#include "tools/deps/manifest.h"

namespace weir::tools::deps {

Result<NamedSource> resolve_addition(const Addition& addition) {
  std::string name = addition.name, text = addition.source;
  if (text.empty()) {
    auto package = parse_package_spec(name);
    if (!package)
      return Err(Error{"give a name and a source, as in `weir deps add " + name +
                       " https://HOST/ARCHIVE.tar.gz`, or a package, as in `wasi:http@0.2.12`"});
    text = name;
    name = package->name;
  }
  Source source = WEIR_TRY(parse_source(text));
  auto* url = std::get_if<UrlSource>(&source);
  if (!url && (!addition.prefix.empty() || !addition.sha256.empty()))
    return Err("--prefix and --sha256 only go with a URL");
  if (url) {
    url->prefix = addition.prefix;
    if (!addition.sha256.empty()) {
      url->sha256 = parse_hex_array<Sha256>(addition.sha256);
      if (!url->sha256) return Err("--sha256 takes 64 hexadecimal digits");
    }
  }
  std::optional<PackageSpec> package;
  if (!addition.package.empty()) {
    package = parse_package_spec(addition.package);
    if (!package) return Err("--package takes NS:NAME or NS:NAME@VERSION");
  }
  if (url) url->package = package;
  if (auto* path = std::get_if<PathSource>(&source)) path->package = package;
  if (auto* registry = std::get_if<RegistrySource>(&source)) {
    if (package) return Err("--package only goes with a URL or a path");
    if (!registry->registry.empty() && !addition.registry.empty())
      return Err("--registry does not go with an oci:// URL, which names one");
    if (registry->registry.empty()) registry->registry = addition.registry;
  }
  return NamedSource{std::move(name), std::move(source)};
}

Result<std::vector<Difference>> add_dependency(const Addition& addition, SyncOptions options,
                                               Fetcher& fetcher, const PackageCache& cache,
                                               const Note& note) {
  NamedSource added = WEIR_TRY(resolve_addition(addition));
  std::filesystem::path folder = options.paths.manifest.parent_path();
  std::error_code error;
  // A new project: its folder is made, and goes again if nothing comes of it.
  bool made = !folder.empty() && std::filesystem::create_directory(folder, error);
  auto text = read_text(options.paths.manifest);
  auto result = [&]() -> Result<std::vector<Difference>> {
    std::string manifest = WEIR_TRY(std::move(text)).value_or("");
    options.new_manifest = WEIR_TRY(
        add_to_manifest(manifest, options.paths.manifest.string(), added.name, added.source));
    return synchronize(options, fetcher, cache, note);
  }();
  if (!result.ok() && made) std::filesystem::remove(folder, error);
  return result;
}

}  // namespace weir::tools::deps
