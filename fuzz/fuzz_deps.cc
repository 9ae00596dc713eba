// rooms: tools
//
// The files and documents of `weir deps`: deps.toml, deps.lock, wkg's and docker's configuration,
// OCI manifests, challenges, URLs. The first byte says which. What is printed reads back the same.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tools/deps/lock.h"
#include "tools/deps/manifest.h"
#include "tools/deps/registry/oci_client.h"
#include "tools/deps/registry/registries.h"
#include "tools/deps/url.h"

namespace {

using namespace weir::tools::deps;

void check(bool condition, const char* what, const std::string& text) {
  if (condition) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

void manifest(std::string_view text) {
  auto parsed = parse_manifest(text, "deps.toml");
  if (!parsed.ok()) return;
  for (const auto& [name, source] : *parsed) {
    auto again = add_to_manifest("", "deps.toml", name, source);
    check(again.ok(), "a dependency cannot be written", name);
    auto reparsed = parse_manifest(*again, "deps.toml");
    check(reparsed.ok() && describe(reparsed->at(name)) == describe(source),
          "a dependency reads back otherwise", *again);
  }
}

void lock(std::string_view text) {
  auto parsed = parse_lock(text, "deps.lock");
  if (!parsed.ok()) return;
  std::string printed = print_lock(*parsed);
  auto again = parse_lock(printed, "deps.lock");
  check(again.ok() && *again == *parsed, "a lock reads back otherwise", printed);
}

void url(std::string_view text) {
  auto once = normalize_url(text);
  if (!once.ok()) return;
  auto twice = normalize_url(*once);
  check(twice.ok() && *twice == *once, "normalizing is not stable", *once);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'm':
      manifest(text);
      break;
    case 'l':
      lock(text);
      break;
    case 'u':
      url(text);
      (void)parse_registry(text);
      (void)parse_source(text);
      break;
    case 'o':
      (void)parse_oci_manifest(text, "");
      break;
    case 'c':
      (void)parse_wkg_config(text, "config.toml");
      break;
    case 'd':
      (void)parse_docker_config(text);
      break;
    default:
      (void)parse_challenge(text);
  }
  return 0;
}
