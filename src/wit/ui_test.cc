#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "wit/json.h"
#include "wit/load.h"
#include "wit/print.h"
#include "wit/render.h"
#include "wit/testing/golden.h"
#include "wit/testing/json_shape.h"

// wit-parser's own suite, run in place: WEIR_WIT_TESTS names its folder `tests/ui`.
namespace weir::wit {
namespace {

namespace fs = std::filesystem;

// What cannot agree, because it is WebAssembly and not WIT text.
bool is_binary(const fs::path& path) {
  return path.extension() == ".wat" || path.extension() == ".wasm" ||
         path.filename() == "kinds-of-deps";
}

std::vector<fs::path> cases(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.filename() == "parse-fail") continue;
    if (entry.is_directory() || path.extension() == ".wit") found.push_back(path);
  }
  std::ranges::sort(found);
  return found;
}

const Features kFeatures{.names = {"active"}};

// Whether we accept a case, and our message if not.
bool accepts(const fs::path& path, std::string& report) {
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_path(path.string(), kFeatures, sources, resolve);
  if (!loaded) report = render(loaded.error(), sources);
  return loaded.ok();
}

// Printing a case, reading that and printing again must give the same text.
void expect_stable_print(const fs::path& path) {
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_path(path.string(), kFeatures, sources, resolve);
  ASSERT_TRUE(loaded) << path;
  std::string once = print_packages(resolve, loaded->main, loaded->packages);
  Resolve again;
  auto reloaded = load_files({{{"printed.wit", once}}}, kFeatures, sources, again);
  ASSERT_TRUE(reloaded) << path << "\n" << render(reloaded.error(), sources) << once;
  std::vector<PackageId> order;
  for (PackageId id : loaded->packages) order.push_back(*again.find_package(resolve[id].name));
  EXPECT_EQ(once, print_packages(again, reloaded->main, order)) << path;
}

TEST(WitUi, AcceptsAndRefusesWhatWitParserDoes) {
  const char* folder = std::getenv("WEIR_WIT_TESTS");
  if (!folder) GTEST_SKIP() << "WEIR_WIT_TESTS is not set to wit-parser's folder tests/ui";
  size_t agree = 0;
  for (const fs::path& path : cases(folder)) {
    if (is_binary(path)) continue;
    std::string report;
    bool accepted = accepts(path, report);
    EXPECT_TRUE(accepted) << path << "\n" << report;
    agree += accepted;
    if (accepted) expect_stable_print(path);
  }
  for (const fs::path& path : cases(fs::path(folder) / "parse-fail")) {
    std::string report;
    bool accepted = accepts(path, report);
    EXPECT_FALSE(accepted) << path;
    agree += !accepted;
    if (std::getenv("WEIR_WIT_SHOW") && !accepted) std::cout << path << "\n" << report << "\n";
  }
  std::cout << agree << " cases agree\n";
  EXPECT_GT(agree, 0u);
}

TEST(WitUi, ResolvesToTheSameJsonAsWitParser) {
  const char* folder = std::getenv("WEIR_WIT_TESTS");
  if (!folder) GTEST_SKIP() << "WEIR_WIT_TESTS is not set to wit-parser's folder tests/ui";
  size_t agree = 0;
  for (const fs::path& path : cases(folder)) {
    if (is_binary(path)) continue;
    fs::path expected_path = path;
    if (path.extension() == ".wit") expected_path.replace_extension();
    expected_path += ".wit.json";
    SourceMap sources;
    Resolve resolve;
    auto loaded = load_path(path.string(), kFeatures, sources, resolve);
    ASSERT_TRUE(loaded) << path;
    auto ours = JsonShape::Json::parse(to_json(resolve));
    auto theirs = JsonShape::Json::parse(slurp(expected_path));
    bool equal = JsonShape(ours).packages() == JsonShape(theirs).packages();
    EXPECT_TRUE(equal) << path;
    agree += equal;
  }
  std::cout << agree << " cases agree\n";
  EXPECT_GT(agree, 0u);
}

}  // namespace
}  // namespace weir::wit
