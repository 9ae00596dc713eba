#include "tools/deps/lock.h"

#include "tools/deps/layout.h"
#include "tools/deps/toml.h"

namespace weir::tools::deps {
namespace {

Result<std::string> text_field(const toml::table& table, const char* key) {
  const toml::node* node = table.get(key);
  if (!node) return std::string();
  auto text = node->value_exact<std::string>();
  if (!text) return Err(Error{std::string("`") + key + "` must be a string"});
  return *text;
}

Result<Locked> locked_of(const toml::node& node) {
  const toml::table* table = node.as_table();
  if (!table) return Err("it must be a table");
  Locked locked;
  LockedSource source;
  source.url = WEIR_TRY(text_field(*table, "url"));
  source.prefix = WEIR_TRY(text_field(*table, "prefix"));
  source.path = WEIR_TRY(text_field(*table, "path"));
  source.package = WEIR_TRY(text_field(*table, "package"));
  source.registry = WEIR_TRY(text_field(*table, "registry"));
  source.manifest = WEIR_TRY(text_field(*table, "manifest"));
  if (source != LockedSource()) locked.source = std::move(source);
  auto sha256 = parse_hex_array<Sha256>(WEIR_TRY(text_field(*table, "sha256")));
  auto sha512 = parse_hex_array<Sha512>(WEIR_TRY(text_field(*table, "sha512")));
  if (!sha256) return Err("`sha256` must be 64 hexadecimal digits");
  if (!sha512) return Err("`sha512` must be 128 hexadecimal digits");
  locked.digest = {*sha256, *sha512};
  if (const toml::node* deps = table->get("deps")) {
    const toml::array* names = deps->as_array();
    if (!names) return Err("`deps` must be an array");
    for (const toml::node& item : *names) {
      auto name = item.value_exact<std::string>();
      if (!name) return Err("`deps` must be an array of strings");
      WEIR_TRY(check_dependency_name(*name));
      locked.deps.insert(std::move(*name));
    }
  }
  return locked;
}

void append_field(std::string& out, const char* key, const std::string& value) {
  if (!value.empty()) out += std::string(key) + " = " + toml_string(value) + "\n";
}

}  // namespace

Result<Lock> parse_lock(std::string_view text, const std::string& name) {
  toml::table document = WEIR_TRY(parse_toml(text, name));
  Lock lock;
  for (const auto& [key, node] : document) {
    std::string place = place_in(name, node);
    if (auto valid = check_dependency_name(key.str()); !valid.ok())
      return Err(Error{place + valid.error().message});
    auto locked = locked_of(node);
    if (!locked.ok())
      return Err(Error{place + "`" + std::string(key.str()) + "`: " + locked.error().message +
                       "; `weir deps update` writes the file anew"});
    lock.emplace(key.str(), std::move(*locked));
  }
  return lock;
}

std::string print_lock(const Lock& lock) {
  std::string out;
  for (const auto& [name, locked] : lock) {
    if (!out.empty()) out += "\n";
    out += "[" + toml_key(name) + "]\n";
    if (locked.source) {
      append_field(out, "url", locked.source->url);
      append_field(out, "prefix", locked.source->prefix);
      append_field(out, "path", locked.source->path);
      append_field(out, "package", locked.source->package);
      append_field(out, "registry", locked.source->registry);
      append_field(out, "manifest", locked.source->manifest);
    }
    append_field(out, "sha256", hex(locked.digest.sha256));
    append_field(out, "sha512", hex(locked.digest.sha512));
    if (locked.deps.empty()) continue;
    out += "deps = [";
    const char* separator = "";
    for (const std::string& dependency : locked.deps) {
      out += separator + toml_string(dependency);
      separator = ", ";
    }
    out += "]\n";
  }
  return out;
}

bool satisfies(const LockedSource& locked, const Source& source) {
  auto package_text = [](const std::optional<PackageSpec>& spec) {
    return spec ? to_string(*spec) : std::string();
  };
  if (const auto* url = std::get_if<UrlSource>(&source))
    return locked.url == url->url && locked.prefix == url->prefix && locked.path.empty() &&
           locked.package == package_text(url->package);
  if (const auto* path = std::get_if<PathSource>(&source))
    return locked.path == path->path && locked.url.empty() &&
           locked.package == package_text(path->package);
  const auto& package = std::get<RegistrySource>(source);
  auto exact = parse_package_spec(locked.package);
  return exact && locked.url.empty() && locked.path.empty() && !locked.registry.empty() &&
         exact->space == package.package.space && exact->name == package.package.name &&
         admits(package.package, exact->version);
}

}  // namespace weir::tools::deps
