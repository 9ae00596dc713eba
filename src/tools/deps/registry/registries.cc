#include "tools/deps/registry/registries.h"

#include <nlohmann/json.hpp>

#include "tools/deps/registry/credentials.h"
#include "util/escape.h"
#include "wit/version.h"

namespace weir::tools::deps {
namespace {

using Json = nlohmann::json;

std::string text_field(const Json& object, const char* key) {
  if (!object.is_object()) return "";
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

bool is_wasm_layer(const OciDescriptor& layer) {
  return layer.media_type == "application/wasm" ||
         layer.media_type == "application/vnd.wasm.content.layer.v1+wasm";
}

// The address with another host and prefix, as a registry's metadata or the configuration has them.
Result<void> redirect(RegistryAddress& address, const std::string& registry,
                      const std::string& prefix) {
  bool plain_http = address.base.starts_with("http:");
  if (!registry.empty()) {
    address = WEIR_TRY(parse_registry(
        plain_http && registry.find("://") == std::string::npos ? "http://" + registry : registry));
    if (!plain_http && address.base.starts_with("http:"))
      return Err(Error{"`" + escaped(registry) + "` would be reached without TLS"});
  }
  if (!prefix.empty()) {
    address.prefix = prefix;
    if (!address.prefix.ends_with('/')) address.prefix += '/';
  }
  address.prefix_known = true;
  return {};
}

}  // namespace

std::map<std::string, Credentials> parse_docker_config(std::string_view text) {
  std::map<std::string, Credentials> found;
  Json document = Json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("auths") || !document["auths"].is_object())
    return found;
  for (const auto& [name, value] : document["auths"].items()) {
    auto credentials = decode_credentials(text_field(value, "auth"));
    if (!credentials) continue;
    std::string host = name.substr(name.starts_with("https://") ? 8 : 0);
    found.emplace(host.substr(0, host.find('/')), std::move(*credentials));
  }
  return found;
}

Result<void> Registries::look_up_prefix(RegistryAddress& address) {
  std::string asked = to_string(address);
  if (auto it = looked_up_.find(asked); it != looked_up_.end()) {
    address = it->second;
    return {};
  }
  DownloadRequest request{.url = address.base + "/.well-known/wasm-pkg/registry.json",
                          .max_bytes = 1 << 20};
  DownloadResponse response = WEIR_TRY(downloader_.get(request));
  // A registry without this document keeps packages under its own name.
  Json document = Json::parse(response.status == 200 ? response.body : "{}", nullptr, false);
  if (!document.is_object()) document = Json::object();
  const Json oci = document.value("oci", Json::object());
  std::string registry = text_field(oci, "registry"), prefix = text_field(oci, "namespacePrefix");
  if (registry.empty()) registry = text_field(document, "ociRegistry");
  if (prefix.empty()) prefix = text_field(document, "ociNamespacePrefix");
  auto redirected = redirect(address, registry, prefix);
  if (!redirected.ok()) return Err(Error{request.url + ": " + redirected.error().message});
  looked_up_.emplace(asked, address);
  return {};
}

Result<Registries::Place> Registries::place_of(const RegistrySource& source) {
  WkgConfig::Mapping mapping{source.registry.empty() ? fallback_ : source.registry, "", ""};
  if (mapping.registry.empty()) {
    auto found = config_.find(source.package);
    if (!found)
      return Err(
          "no registry is known for it; give --registry HOST[/PREFIX], `registry` in "
          "deps.toml, or wkg's config.toml");
    mapping = std::move(*found);
  }
  Place place;
  place.address = WEIR_TRY(parse_registry(mapping.registry));
  const WkgConfig::Access* access = nullptr;
  for (const std::string& name : {mapping.registry, place.address.host()})
    if (auto it = config_.access.find(name); it != config_.access.end()) access = &it->second;
  if (access && access->plain_http) place.address.base = "http://" + place.address.host();
  if (!mapping.oci_registry.empty() || !mapping.oci_prefix.empty())
    WEIR_TRY(redirect(place.address, mapping.oci_registry, mapping.oci_prefix));
  else if (!place.address.prefix_known)
    WEIR_TRY(look_up_prefix(place.address));
  if (access) place.credentials = access->credentials;
  if (!place.credentials)
    if (auto it = docker_.find(place.address.host()); it != docker_.end())
      place.credentials = it->second;
  return place;
}

Result<RegistryPackage, RegistryError> Registries::fetch(const RegistrySource& source,
                                                         const std::string& manifest) {
  Place place = WEIR_TRY(place_of(source));
  OciClient client(downloader_, place.address.base, place.credentials);
  RegistryPackage package{source.package, place.address, "", ""};
  std::string repository = place.address.prefix + source.package.space + "/" + source.package.name;
  std::string where =
      to_string(place.address) + "/" + source.package.space + "/" + source.package.name;
  if (!wit::parse_version(source.package.version)) {
    auto version = newest(source.package, WEIR_TRY(client.tags(repository)));
    if (!version) return Err(RegistryError({where + " has no version that fits"}, true));
    package.package.version = *version;
  }
  OciManifest found =
      WEIR_TRY(client.manifest(repository, manifest.empty() ? package.package.version : manifest));
  package.manifest = found.digest;
  const OciDescriptor* layer = nullptr;
  for (const OciDescriptor& candidate : found.layers)
    if (!layer && is_wasm_layer(candidate)) layer = &candidate;
  if (!layer) return Err(Error{where + " has no layer of type application/wasm"});
  package.wasm = WEIR_TRY(client.blob(repository, *layer));
  if (!package.wasm.starts_with(std::string_view("\0asm", 4)))
    return Err(Error{where + " is no WebAssembly"});
  return package;
}

}  // namespace weir::tools::deps
