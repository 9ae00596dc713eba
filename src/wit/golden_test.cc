#include <gtest/gtest.h>

#include <string>

#include "wit/bindgen/host.h"
#include "wit/format.h"
#include "wit/load.h"
#include "wit/print.h"
#include "wit/render.h"
#include "wit/testing/golden.h"

namespace weir::wit {
namespace {

const Features kAll{.all = true};

std::vector<std::filesystem::path> cases(const char* folder) {
  return golden_cases(std::filesystem::path(WEIR_SOURCE_DIR) / "src/wit/testdata" / folder);
}

// A path as it is in the tree, so that expectations do not depend on where the tree is.
std::string relative(std::string text) {
  std::string root = std::string(WEIR_SOURCE_DIR) + "/";
  while (true) {
    size_t at = text.find(root);
    if (at == std::string::npos) return text;
    text.erase(at, root.size());
  }
}

TEST(Golden, ErrorsShowTheLineAndAHint) {
  for (const auto& path : cases("errors")) {
    SourceMap sources;
    Resolve resolve;
    auto loaded = load_path(path.string(), {}, sources, resolve);
    ASSERT_FALSE(loaded) << path;
    expect_golden(path, ".error", relative(render(loaded.error(), sources)));
  }
}

TEST(Golden, PrintedTextIsCanonical) {
  for (const auto& path : cases("print")) {
    SourceMap sources;
    Resolve resolve;
    auto loaded = load_path(path.string(), kAll, sources, resolve);
    ASSERT_TRUE(loaded) << render(loaded.error(), sources);
    expect_golden(path, ".printed", print_packages(resolve, loaded->main, loaded->packages));
  }
}

TEST(Golden, FormattingKeepsCommentsAndBlankLines) {
  for (const auto& path : cases("format")) {
    SourceMap sources;
    auto offset = sources.add(path.string(), slurp(path));
    auto formatted = format_text(sources.text_at(*offset), *offset);
    ASSERT_TRUE(formatted) << render(formatted.error(), sources);
    expect_golden(path, ".formatted", *formatted);
    EXPECT_EQ(*format_text(*formatted, 0), *formatted) << path;
  }
}

TEST(Golden, HostBindings) {
  for (const auto& path : cases("host")) {
    SourceMap sources;
    Resolve resolve;
    auto loaded = load_path(path.string(), kAll, sources, resolve);
    ASSERT_TRUE(loaded) << render(loaded.error(), sources);
    std::vector<InterfaceId> interfaces;
    for (uint32_t i = 0; i < resolve.interfaces.size(); ++i) interfaces.push_back({i});
    auto files = generate_host(resolve, interfaces, {"weir::test", {"test/resources.h"}});
    std::string text = files ? "" : "error: " + files.error().message + "\n";
    if (files) {
      for (const GeneratedFile& file : *files) {
        text += "//// " + file.path + "\n" + file.text;
      }
    }
    expect_golden(path, ".host", text);
  }
}

}  // namespace
}  // namespace weir::wit
