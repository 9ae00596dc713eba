// rooms: wit
//
// WIT text through everything that a tool does with it: parse, resolve, lay out, render errors,
// print. What was accepted must print to text that is accepted and prints the same.
//
// The input is one or more files, separated by lines `// ----`; each is a package of its own.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wit/format.h"
#include "wit/load.h"
#include "wit/print.h"
#include "wit/render.h"
#include "wit/type_layout.h"

namespace {

using namespace weir::wit;

constexpr std::string_view kSeparator = "// ----\n";

std::vector<std::vector<WitFile>> split(std::string_view text) {
  std::vector<std::vector<WitFile>> groups;
  while (true) {
    size_t end = text.find(kSeparator);
    groups.push_back({{std::to_string(groups.size()) + ".wit", std::string(text.substr(0, end))}});
    if (end == std::string_view::npos || groups.size() == 8) return groups;
    text.remove_prefix(end + kSeparator.size());
  }
}

void check(bool condition, const char* what, const std::string& text) {
  if (condition) return;
  std::fprintf(stderr, "%s:\n%s\n", what, text.c_str());
  std::abort();
}

void check_printing(const Resolve& resolve, const Loaded& loaded, const Features& features) {
  std::string once = print_packages(resolve, loaded.main, loaded.packages);
  SourceMap sources;
  Resolve again;
  auto reloaded = load_files({{{"printed.wit", once}}}, features, sources, again);
  check(reloaded.ok(), "what was printed is refused", once);
  std::vector<PackageId> order;
  for (PackageId id : loaded.packages) {
    auto found = again.find_package(resolve[id].name);
    check(found.has_value(), "a package is lost", once);
    order.push_back(*found);
  }
  std::string twice = print_packages(again, reloaded->main, order);
  check(once == twice, "printing is not stable", once + "\n----\n" + twice);
}

// Formatting a file that parses must be done with one pass, and mean the same.
void check_formatting(std::string_view text) {
  auto once = format_text(text, 0);
  if (!once) return;
  auto twice = format_text(*once, 0);
  check(twice.ok(), "what was formatted is refused", *once);
  check(*once == *twice, "formatting is not stable", *once + "\n----\n" + *twice);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_formatting(text);
  Features features;
  features.all = size % 2 == 0;
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_files(split(text), features, sources, resolve);
  if (!loaded) {
    std::string report = render(loaded.error(), sources);
    check(!report.empty(), "an error says nothing", std::string(text));
    return 0;
  }
  TypeLayouts layouts(resolve.types);
  for (uint32_t i = 0; i < resolve.types.size(); ++i) {
    const AbiShape& shape = layouts.of(TypeId{i});
    check(shape.layout.size % shape.layout.align == 0 || shape.layout.size == UINT64_MAX,
          "a size is no multiple of its alignment", std::string(text));
  }
  check_printing(resolve, *loaded, features);
  return 0;
}
