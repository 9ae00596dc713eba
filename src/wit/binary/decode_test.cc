#include "wit/binary/decode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "wit/binary/encode.h"
#include "wit/load.h"
#include "wit/print.h"
#include "wit/render.h"
#include "wit/testing/golden.h"

namespace weir::wit {
namespace {

namespace fs = std::filesystem;

struct Text {
  SourceMap sources;
  Resolve resolve;
  Loaded loaded;

  explicit Text(const fs::path& path) {
    take(load_path(path.string(), kFeatures, sources, resolve));
  }
  explicit Text(const char* text) {
    take(load_files({{{"a.wit", text}}}, kFeatures, sources, resolve));
  }

 private:
  static inline const Features kFeatures{.names = {"active"}};

  void take(WitResult<Loaded> result) {
    if (result) {
      loaded = *result;
    } else {
      ADD_FAILURE() << render(result.error(), sources);
    }
  }
};

// Encoding a package and decoding it must give the same text, and encoding that the same bytes.
void expect_round_trip(const Resolve& resolve, PackageId id) {
  std::string name = to_string(resolve[id].name);
  // The format has no name for a package without items.
  if (resolve[id].interfaces.empty() && resolve[id].worlds.empty()) return;
  std::vector<uint8_t> bytes = encode_package(resolve, id);
  auto decoded = decode_wit(bytes);
  ASSERT_TRUE(decoded) << name << ": " << decoded.error().message;
  EXPECT_EQ(print_package(resolve, id), print_package(decoded->resolve, decoded->main)) << name;
  // The order of the docs is that of the text, so only from here on are the bytes the same.
  bytes = encode_package(decoded->resolve, decoded->main);
  auto again = decode_wit(bytes);
  ASSERT_TRUE(again) << name << ": " << again.error().message;
  EXPECT_TRUE(bytes == encode_package(again->resolve, again->main)) << name;
  for (const auto& [unused, world] : resolve[id].worlds) {
    std::vector<uint8_t> metadata = encode_world(resolve, world, StringEncoding::latin1_utf16);
    auto read = decode_world(metadata);
    ASSERT_TRUE(read) << resolve.id_of(world) << ": " << read.error().message;
    EXPECT_EQ(resolve.id_of(world), read->resolve.id_of(read->world));
    EXPECT_EQ(read->encoding, StringEncoding::latin1_utf16);
    EXPECT_TRUE(metadata == encode_world(read->resolve, read->world, read->encoding))
        << resolve.id_of(world);
  }
}

TEST(Decode, GivesBackTheTextThatWasEncoded) {
  fs::path folder = fs::path(WEIR_SOURCE_DIR) / "src/wit/testdata";
  for (const char* group : {"print", "host"}) {
    for (const fs::path& path : golden_cases(folder / group)) {
      SCOPED_TRACE(path.string());
      Text text(path);
      for (PackageId id : text.loaded.packages) expect_round_trip(text.resolve, id);
    }
  }
}

TEST(Decode, GivesBackTheOfficialPackages) {
  for (const char* folder : {"wasi-0.2.12", "wasi-0.3.2"}) {
    Text text(fs::path(WEIR_WIT_DIR) / folder);
    ASSERT_GE(text.loaded.packages.size(), 6u);
    for (PackageId id : text.loaded.packages) expect_round_trip(text.resolve, id);
  }
}

TEST(Decode, GivesBackTheSuiteOfWitParser) {
  const char* folder = std::getenv("WEIR_WIT_TESTS");
  if (!folder) GTEST_SKIP() << "WEIR_WIT_TESTS is not set to wit-parser's folder tests/ui";
  size_t packages = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.filename() == "parse-fail" || path.filename() == "kinds-of-deps") continue;
    if (!entry.is_directory() && path.extension() != ".wit") continue;
    SCOPED_TRACE(path.string());
    Text text(path);
    for (PackageId id : text.loaded.packages) expect_round_trip(text.resolve, id);
    packages += text.loaded.packages.size();
  }
  std::cout << packages << " packages\n";
  EXPECT_GT(packages, 0u);
}

TEST(Decode, RefusesACoreModule) {
  const uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  auto decoded = decode_wit(module);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message,
            "this is a core WebAssembly module; only components and WIT packages have WIT");
}

TEST(Decode, RefusesAnyPackageThatIsCutShort) {
  Text text("package a:b; interface t { record r { x: u8 } } world w { import t; use t.{r}; }");
  std::vector<uint8_t> bytes = encode_package(text.resolve, text.loaded.main);
  auto whole = decode_wit(bytes);
  ASSERT_TRUE(whole);
  size_t refused = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    refused += !decode_wit(std::span(bytes).first(size)).ok();
  }
  // Between two sections a component may end.
  EXPECT_GE(refused, bytes.size() - 6);
}

TEST(Decode, RefusesDocsOfWhatIsNotThere) {
  Text text("package a:b; interface i { /// Docs\n f: func(); }");
  std::vector<uint8_t> bytes = encode_package(text.resolve, text.loaded.main);
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t at = all.find("\"f\":");
  ASSERT_NE(at, std::string_view::npos);
  bytes[at + 1] = 'g';
  auto decoded = decode_wit(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message,
            "the section `package-docs` does not fit the package: there is no function `g`");
}

TEST(Decode, RefusesANameThatIsThereTwice) {
  for (const char* source :
       {"package a:b; interface i { type first = u8; type other = u16; }",
        "package a:b; interface i { first: func(); other: func(); }",
        "package a:b; world w { import first: func(); import other: func(); }",
        "package a:b; world w { export first: func(); export other: func(); }"}) {
    Text text(source);
    std::vector<uint8_t> bytes = encode_package(text.resolve, text.loaded.main);
    ASSERT_TRUE(decode_wit(bytes)) << source;
    std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    size_t at = all.find("other");
    ASSERT_NE(at, std::string_view::npos);
    std::ranges::copy(std::string_view("first"), bytes.begin() + static_cast<ptrdiff_t>(at));
    auto decoded = decode_wit(bytes);
    ASSERT_FALSE(decoded) << source;
    EXPECT_NE(decoded.error().message.find("the name `first` is there twice"), std::string::npos)
        << decoded.error().message;
  }
}

// Each place that mentions an interface says what it needs of it.
TEST(Decode, RefusesAnInterfaceThatHasATypeHereAndAFunctionOfItsNameThere) {
  Text text(
      "package a:b; interface i { type first = u8; other: func(); } interface j { use i.{first}; "
      "}");
  std::vector<uint8_t> bytes = encode_package(text.resolve, text.loaded.main);
  std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  size_t at = all.find("first");
  while ((at = all.find("first", at + 1)) != std::string_view::npos) {
    std::ranges::copy(std::string_view("other"), bytes.begin() + static_cast<ptrdiff_t>(at));
  }
  auto decoded = decode_wit(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find("`other` and `other` are one name"), std::string::npos)
      << decoded.error().message;
}

TEST(Decode, RefusesTypesThatMultiplyWithoutEnd) {
  // Each instance type holds two instances of the one before it.
  std::vector<uint8_t> types = {24, 0x42, 0};
  for (uint8_t i = 0; i < 23; ++i) {
    types.insert(types.end(), {0x42, 3, 2, 3, 2, 1, i, 4, 0, 1, 'a', 5, 0, 4, 0, 1, 'b', 5, 0});
  }
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0, 7};
  bytes.push_back(static_cast<uint8_t>(types.size() & 0x7f) | 0x80);
  bytes.push_back(static_cast<uint8_t>(types.size() >> 7));
  bytes.insert(bytes.end(), types.begin(), types.end());
  auto decoded = decode_wit(bytes);
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find("too large"), std::string::npos)
      << decoded.error().message;
}

}  // namespace
}  // namespace weir::wit
