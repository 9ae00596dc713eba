#include "tools/deps/manifest.h"

#include <algorithm>
#include <set>

#include "tools/deps/layout.h"
#include "tools/deps/registry/oci_url.h"
#include "tools/deps/toml.h"
#include "tools/deps/url.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

using Fields = std::map<std::string, std::string>;

bool has_control_byte(std::string_view text) {
  return std::ranges::any_of(text,
                             [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; });
}

Result<Source> path_source(std::string path) {
  if (path.empty()) return Err("the path is empty");
  if (has_control_byte(path)) return Err("the path has a control character");
  return PathSource{std::move(path), {}};
}

Result<Fields> read_fields(const toml::table& table) {
  static const std::set<std::string_view> kKnown = {"url",    "path",    "prefix",  "sha256",
                                                    "sha512", "package", "registry"};
  Fields fields;
  for (const auto& [key, value] : table) {
    if (!kKnown.contains(key.str()))
      return Err(Error{"there is no key `" + escaped(key.str()) +
                       "`; there are url, path, package, prefix, sha256, sha512 and registry"});
    auto text = value.value_exact<std::string>();
    if (!text) return Err(Error{"`" + std::string(key.str()) + "` must be a string"});
    fields.emplace(key.str(), std::move(*text));
  }
  return fields;
}

Result<std::optional<PackageSpec>> package_field(const Fields& fields) {
  auto it = fields.find("package");
  if (it == fields.end()) return std::optional<PackageSpec>();
  auto spec = parse_package_spec(it->second);
  if (!spec)
    return Err(
        Error{"`package` must be NS:NAME or NS:NAME@VERSION, not `" + escaped(it->second) + "`"});
  return spec;
}

Result<Source> url_source(Fields& fields) {
  std::string scheme = url_scheme(fields["url"]);
  if (scheme == "file") return Err("`url` is for web servers; write path = \"…\" for a folder");
  if (scheme == "oci")
    return Err("`url` is for archives; write `NAME = \"oci://…\"`, or `package` and `registry`");
  UrlSource source;
  source.url = WEIR_TRY(normalize_url(fields["url"]));
  source.prefix = fields["prefix"];
  if (has_control_byte(source.prefix)) return Err("`prefix` has a control character");
  if (auto it = fields.find("sha256"); it != fields.end()) {
    source.sha256 = parse_hex_array<Sha256>(it->second);
    if (!source.sha256) return Err("`sha256` must be 64 hexadecimal digits");
  }
  if (auto it = fields.find("sha512"); it != fields.end()) {
    source.sha512 = parse_hex_array<Sha512>(it->second);
    if (!source.sha512) return Err("`sha512` must be 128 hexadecimal digits");
  }
  source.package = WEIR_TRY(package_field(fields));
  return Source(std::move(source));
}

Result<Source> source_of(const toml::node& node) {
  if (auto text = node.value_exact<std::string>()) return parse_source(*text);
  const toml::table* table = node.as_table();
  if (!table) return Err("it must be a string or a table");
  Fields fields = WEIR_TRY(read_fields(*table));
  auto has = [&](const char* key) { return fields.contains(key); };
  if (has("url") && has("path")) return Err("it has both `url` and `path`");
  bool archive_only = has("prefix") || has("sha256") || has("sha512");
  if (!has("url") && archive_only) return Err("`prefix`, `sha256` and `sha512` only go with `url`");
  if ((has("url") || has("path")) && has("registry"))
    return Err("`registry` only goes with `package` alone");
  if (has("url")) return url_source(fields);
  if (has("path")) {
    Source source = WEIR_TRY(path_source(fields["path"]));
    std::get<PathSource>(source).package = WEIR_TRY(package_field(fields));
    return source;
  }
  if (!has("package")) return Err("it needs a `url`, a `path` or a `package`");
  return Source(RegistrySource{*WEIR_TRY(package_field(fields)), fields["registry"]});
}

// The right side of a dependency if a string can say it: what that string would be read as.
std::string short_form(const Source& source) {
  std::string text;
  if (const auto* url = std::get_if<UrlSource>(&source)) {
    if (url->prefix.empty() && !url->sha256 && !url->sha512 && !url->package) text = url->url;
  } else if (const auto* path = std::get_if<PathSource>(&source)) {
    if (!path->package) text = path->path;
  } else if (std::get<RegistrySource>(source).registry.empty()) {
    text = describe(source);
  }
  auto read = parse_source(text);
  return read.ok() && read->index() == source.index() ? text : "";
}

std::vector<std::pair<std::string, std::string>> fields_of(const Source& source) {
  std::vector<std::pair<std::string, std::string>> fields;
  auto add = [&](const char* key, std::string value) {
    if (!value.empty()) fields.emplace_back(key, std::move(value));
  };
  if (const auto* url = std::get_if<UrlSource>(&source)) {
    add("url", url->url);
    add("prefix", url->prefix);
    if (url->sha256) add("sha256", hex(*url->sha256));
    if (url->sha512) add("sha512", hex(*url->sha512));
    if (url->package) add("package", to_string(*url->package));
  } else if (const auto* path = std::get_if<PathSource>(&source)) {
    add("path", path->path);
    if (path->package) add("package", to_string(*path->package));
  } else {
    const auto& package = std::get<RegistrySource>(source);
    add("package", to_string(package.package));
    add("registry", package.registry);
  }
  return fields;
}

bool has_table(const toml::table& document) {
  return std::ranges::any_of(document, [](const auto& entry) {
    const toml::table* table = entry.second.as_table();
    return table && !table->is_inline();
  });
}

}  // namespace

Result<Source> parse_source(std::string_view text) {
  std::string scheme = url_scheme(text);
  if (scheme == "http" || scheme == "https")
    return Source(UrlSource{.url = WEIR_TRY(normalize_url(text))});
  if (scheme == "oci") return Source(WEIR_TRY(parse_oci_url(text)));
  if (scheme == "file") return Err("write the folder's path without `file://`");
  if (!scheme.empty())
    return Err(Error{"there are no `" + scheme +
                     "` sources; write an https:// or oci:// URL, a path or a package "
                     "(NS:NAME@VERSION)"});
  if (auto package = parse_package_spec(text)) return Source(RegistrySource{*package, ""});
  return path_source(std::string(text));
}

Result<Manifest> parse_manifest(std::string_view text, const std::string& name) {
  toml::table document = WEIR_TRY(parse_toml(text, name));
  Manifest manifest;
  for (const auto& [key, node] : document) {
    std::string place = place_in(name, node);
    if (auto valid = check_dependency_name(key.str()); !valid.ok())
      return Err(Error{place + valid.error().message});
    auto source = source_of(node);
    if (!source.ok())
      return Err(Error{place + "`" + std::string(key.str()) + "`: " + source.error().message});
    manifest.emplace(key.str(), std::move(*source));
  }
  return manifest;
}

Result<std::string> add_to_manifest(const std::string& text, const std::string& name,
                                    const std::string& dependency, const Source& source) {
  WEIR_TRY(check_dependency_name(dependency));
  toml::table document = WEIR_TRY(parse_toml(text, name));
  if (const toml::node* node = document.get(dependency))
    return Err(
        Error{place_in(name, *node) + "`" + dependency + "` is there already; edit that line"});
  std::string result = text;
  if (!result.empty() && !result.ends_with('\n')) result += '\n';
  std::string right = short_form(source);
  // After a table's head a plain line would belong to that table.
  if (!right.empty() && !has_table(document)) {
    result += toml_key(dependency) + " = " + toml_string(right) + "\n";
  } else {
    if (!result.empty()) result += '\n';
    result += "[" + toml_key(dependency) + "]\n";
    for (const auto& [key, value] : fields_of(source))
      result += key + " = " + toml_string(value) + "\n";
  }
  Manifest manifest = WEIR_TRY(parse_manifest(result, name));
  WEIR_ASSERT(manifest.contains(dependency));
  return result;
}

}  // namespace weir::tools::deps
