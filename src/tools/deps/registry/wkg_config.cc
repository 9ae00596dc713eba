#include "tools/deps/registry/wkg_config.h"

#include "tools/deps/registry/credentials.h"
#include "tools/deps/toml.h"

namespace weir::tools::deps {
namespace {

using Mapping = WkgConfig::Mapping;

std::string text_of(const toml::node* node) {
  return node ? node->value_exact<std::string>().value_or("") : "";
}

std::optional<Mapping> mapping_of(const toml::node& node) {
  if (auto name = node.value_exact<std::string>()) return Mapping{*name, "", ""};
  const toml::table* table = node.as_table();
  if (!table || text_of(table->get("registry")).empty()) return std::nullopt;
  Mapping mapping{text_of(table->get("registry")), "", ""};
  const toml::node* metadata = table->get("metadata");
  if (const toml::table* fields = metadata ? metadata->as_table() : nullptr) {
    const toml::node* oci = fields->get("oci");
    if (const toml::table* oci_fields = oci ? oci->as_table() : nullptr) {
      mapping.oci_registry = text_of(oci_fields->get("registry"));
      mapping.oci_prefix = text_of(oci_fields->get("namespacePrefix"));
    }
  }
  return mapping;
}

Result<void> read_mappings(const toml::table& document, const char* key, const std::string& name,
                           std::map<std::string, Mapping>& out) {
  const toml::node* node = document.get(key);
  if (!node) return {};
  const toml::table* table = node->as_table();
  if (!table) return Err(Error{place_in(name, *node) + "`" + key + "` must be a table"});
  for (const auto& [label, value] : *table) {
    auto mapping = mapping_of(value);
    if (!mapping)
      return Err(Error{place_in(name, value) + "`" + std::string(label.str()) +
                       "` must be a registry's name, or a table with one in `registry`"});
    out.emplace(label.str(), std::move(*mapping));
  }
  return {};
}

Result<void> read_access(const toml::table& document, const std::string& name,
                         std::map<std::string, WkgConfig::Access>& out) {
  const toml::node* node = document.get("registry");
  const toml::table* table = node ? node->as_table() : nullptr;
  if (!table) return {};
  for (const auto& [registry, value] : *table) {
    const toml::table* fields = value.as_table();
    const toml::node* oci_node = fields ? fields->get("oci") : nullptr;
    const toml::table* oci = oci_node ? oci_node->as_table() : nullptr;
    if (!oci) continue;
    WkgConfig::Access access;
    access.plain_http = text_of(oci->get("protocol")) == "http";
    if (const toml::node* auth = oci->get("auth")) {
      if (const toml::table* pair = auth->as_table())
        access.credentials =
            Credentials{text_of(pair->get("username")), text_of(pair->get("password"))};
      else
        access.credentials = decode_credentials(text_of(auth));
      if (!access.credentials)
        return Err(
            Error{place_in(name, *auth) +
                  "`auth` must be { username = \"…\", password = \"…\" } or these in base64"});
    }
    out.emplace(registry.str(), std::move(access));
  }
  return {};
}

}  // namespace

std::optional<Mapping> WkgConfig::find(const PackageSpec& spec) const {
  if (auto it = packages.find(spec.space + ":" + spec.name); it != packages.end())
    return it->second;
  if (auto it = namespaces.find(spec.space); it != namespaces.end()) return it->second;
  if (default_registry) return Mapping{*default_registry, "", ""};
  if (spec.space == "wasi") return Mapping{"wasi.dev", "", ""};
  if (spec.space == "ba") return Mapping{"bytecodealliance.org", "", ""};
  return std::nullopt;
}

Result<WkgConfig> parse_wkg_config(std::string_view text, const std::string& name) {
  toml::table document = WEIR_TRY(parse_toml(text, name));
  WkgConfig config;
  if (std::string registry = text_of(document.get("default_registry")); !registry.empty())
    config.default_registry = registry;
  WEIR_TRY(read_mappings(document, "namespace_registries", name, config.namespaces));
  WEIR_TRY(read_mappings(document, "package_registry_overrides", name, config.packages));
  WEIR_TRY(read_access(document, name, config.access));
  return config;
}

}  // namespace weir::tools::deps
