// rooms: wit
//
// Bindings in C and C++ for every world of WIT text that is accepted: they are made, or refused
// with a reason.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wit/bindgen/c/c.h"
#include "wit/bindgen/cpp/cpp.h"
#include "wit/load.h"

namespace {

using namespace weir;
using namespace weir::wit;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

void check_c(const Resolve& resolve, WorldId world, bool odd) {
  COptions options;
  options.autodrop_borrows = odd;
  options.encoding = odd ? StringEncoding::utf16 : StringEncoding::utf8;
  if (odd) options.sync.insert("all");
  auto made = generate_c(resolve, world, options);
  check(made.ok() ? !made->header.empty() && !made->object.empty() : !made.error().message.empty(),
        "no C, and no reason");
}

void check_cpp(const Resolve& resolve, WorldId world, bool odd) {
  CppOptions options;
  options.encoding = odd ? StringEncoding::utf16 : StringEncoding::utf8;
  if (odd) options.sync.insert("all");
  auto made = generate_cpp(resolve, world, options);
  check(
      made.ok() ? made->files.size() >= 4 && !made->object.empty() : !made.error().message.empty(),
      "no C++, and no reason");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Features features;
  features.all = true;
  SourceMap sources;
  Resolve resolve;
  std::string text(reinterpret_cast<const char*>(data), size);
  auto loaded = load_files({{{"0.wit", text}}}, features, sources, resolve);
  if (!loaded) return 0;
  for (uint32_t i = 0; i < resolve.worlds.size(); ++i) {
    check_c(resolve, WorldId{i}, size % 2 != 0);
    check_cpp(resolve, WorldId{i}, size % 2 != 0);
  }
  return 0;
}
