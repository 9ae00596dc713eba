#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "wit/load.h"
#include "wit/print.h"
#include "wit/render.h"
#include "wit/type_layout.h"

// The official packages, in the folder that the build fetched them into.
namespace weir::wit {
namespace {

struct Official {
  SourceMap sources;
  Resolve resolve;
  Loaded loaded;

  explicit Official(const std::string& folder) {
    auto result =
        load_path(std::string(WEIR_WIT_DIR) + "/" + folder, {.all = true}, sources, resolve);
    if (result) {
      loaded = *result;
    } else {
      ADD_FAILURE() << render(result.error(), sources);
    }
  }

  size_t functions() const {
    size_t count = 0;
    for (const Interface& interface : resolve.interfaces) count += interface.functions.size();
    return count;
  }
  Type type(const char* interface, const char* name) const {
    auto id = resolve.find_interface(interface);
    const TypeId* found = id ? resolve[*id].types.find(std::string(name)) : nullptr;
    if (!found) ADD_FAILURE() << interface << " " << name;
    return found ? Type(*found) : Type(Prim::boolean);
  }
};

void expect_stable(const Official& official) {
  PackageId last = official.loaded.packages.back();
  std::string once = print_packages(official.resolve, last, official.loaded.packages);
  SourceMap sources;
  Resolve resolve;
  auto again = load_files({{{"printed.wit", once}}}, {.all = true}, sources, resolve);
  ASSERT_TRUE(again) << render(again.error(), sources);
  std::vector<PackageId> order;
  for (PackageId id : official.loaded.packages) {
    order.push_back(*resolve.find_package(official.resolve[id].name));
  }
  EXPECT_EQ(once, print_packages(resolve, again->main, order));
}

TEST(OfficialWit, ResolvesAllOf02) {
  Official wasi("wasi-0.2.12");
  EXPECT_EQ(wasi.resolve.packages.size(), 7u);
  EXPECT_EQ(wasi.functions(), 181u);
  auto proxy = wasi.resolve.find_world("wasi:http/proxy");
  ASSERT_TRUE(proxy);
  EXPECT_EQ(wasi.resolve.id_of(*proxy), "wasi:http/proxy@0.2.12");
  EXPECT_EQ(wasi.resolve[*proxy].exports.size(), 1u);
}

TEST(OfficialWit, ResolvesAllOf03) {
  Official wasi("wasi-0.3.2");
  EXPECT_EQ(wasi.resolve.packages.size(), 6u);
  auto service = wasi.resolve.find_world("wasi:http/service");
  ASSERT_TRUE(service);
  auto handler = wasi.resolve.find_interface("wasi:http/handler");
  ASSERT_TRUE(handler);
  const Function* handle = wasi.resolve[*handler].functions.find(std::string("handle"));
  ASSERT_TRUE(handle);
  EXPECT_TRUE(handle->async);
}

TEST(OfficialWit, PrintsToTextThatReadsBackTheSame) {
  expect_stable(Official("wasi-0.2.12"));
  expect_stable(Official("wasi-0.3.2"));
}

TEST(OfficialWit, LaysOutItsTypesAsTheCanonicalAbiSays) {
  Official wasi("wasi-0.2.12");
  TypeLayouts layouts(wasi.resolve.types);
  auto layout = [&](const char* i, const char* t) { return layouts.of(wasi.type(i, t)).layout; };
  EXPECT_EQ(layout("wasi:clocks/wall-clock", "datetime"), (Layout{16, 8}));
  EXPECT_EQ(layout("wasi:http/types", "error-code"), (Layout{32, 8}));
  EXPECT_EQ(layout("wasi:http/types", "method"), (Layout{12, 4}));
  EXPECT_EQ(layout("wasi:io/streams", "stream-error"), (Layout{8, 4}));
  EXPECT_EQ(layout("wasi:filesystem/types", "descriptor-stat"), (Layout{96, 8}));
  EXPECT_EQ(layout("wasi:sockets/network", "ip-socket-address"), (Layout{32, 4}));
}

}  // namespace
}  // namespace weir::wit
