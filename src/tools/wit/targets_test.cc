#include "tools/wit/targets.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tools/wit/open.h"

// Golden tests: a case is `NAME.wat`, a component, with `NAME.wit`, whose package has the world;
// `NAME.differences` is what is said of them. BLESS=1 in the environment rewrites that.
namespace weir::tools {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::string differences(const fs::path& path) {
  auto component = read_component(path.string());
  if (!component) return component.error().message;
  auto wit = open_wit(fs::path(path).replace_extension(".wit").string(), {});
  if (!wit) return wit.error().message;
  auto world = wit->resolve.find_world("", wit->main);
  auto found = compare_with_world(**component, wit->resolve, *world);
  if (!found) return found.error().message;
  std::string text;
  for (const Difference& difference : *found) {
    text += difference.what + "\n";
    for (const std::string& detail : difference.details) text += "  " + detail + "\n";
  }
  return text.empty() ? "it fits\n" : text;
}

TEST(Targets, ListsWhatKeepsAComponentFromAWorld) {
  size_t count = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(WEIR_SOURCE_DIR) / "src/tools/wit/testdata")) {
    if (entry.path().extension() != ".wat") continue;
    ++count;
    std::string actual = differences(entry.path());
    fs::path expected = fs::path(entry.path()).replace_extension(".differences");
    if (std::getenv("BLESS")) {
      std::ofstream(expected, std::ios::binary) << actual;
    } else {
      EXPECT_EQ(slurp(expected), actual) << expected << "; BLESS=1 rewrites it";
    }
  }
  EXPECT_GE(count, 5u);
}

}  // namespace
}  // namespace weir::tools
