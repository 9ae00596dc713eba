#include "tools/deps/manifest.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

Manifest parse(std::string_view text) {
  auto manifest = parse_manifest(text, "deps.toml");
  EXPECT_TRUE(manifest.ok()) << (manifest.ok() ? "" : manifest.error().message);
  return manifest.ok() ? *manifest : Manifest();
}

std::string error_of(std::string_view text) {
  auto manifest = parse_manifest(text, "deps.toml");
  return manifest.ok() ? "no error" : manifest.error().message;
}

TEST(Manifest, ReadsWhatWitDepsReads) {
  std::string sha(64, '9'), sha512(128, 'e');
  Manifest manifest = parse(
      "foo = \"https://example.com/foo.tar.gz\"\n"
      "bar = { url = \"https://example.com/bar\", sha256 = \"" +
      sha +
      "\" }\n"
      "baz = \"./path/to/baz\"\n"
      "qux = { path = \"/path\" }\n"
      "[all]\nurl = \"http://127.0.0.1/baz\"\nprefix = \"p\"\nsha512 = \"" +
      sha512 + "\"\n");
  EXPECT_EQ(std::get<UrlSource>(manifest.at("foo")).url, "https://example.com/foo.tar.gz");
  EXPECT_EQ(hex(*std::get<UrlSource>(manifest.at("bar")).sha256), sha);
  EXPECT_EQ(std::get<PathSource>(manifest.at("baz")).path, "./path/to/baz");
  EXPECT_EQ(std::get<PathSource>(manifest.at("qux")).path, "/path");
  EXPECT_EQ(std::get<UrlSource>(manifest.at("all")).prefix, "p");
  EXPECT_EQ(hex(*std::get<UrlSource>(manifest.at("all")).sha512), sha512);
}

TEST(Manifest, ReadsPackages) {
  Manifest manifest = parse(
      "http = \"wasi:http@0.2.12\"\n"
      "io = { package = \"wasi:io@0.2\", registry = \"ghcr.io/webassembly\" }\n"
      "one = { path = \"..\", package = \"a:b\" }\n");
  EXPECT_EQ(to_string(std::get<RegistrySource>(manifest.at("http")).package), "wasi:http@0.2.12");
  EXPECT_EQ(std::get<RegistrySource>(manifest.at("io")).registry, "ghcr.io/webassembly");
  EXPECT_EQ(to_string(*std::get<PathSource>(manifest.at("one")).package), "a:b");
}

TEST(Manifest, SaysWhereAndWhatIsWrong) {
  EXPECT_NE(error_of("a = \"x\"\nb = 3\n").find("deps.toml:2: `b`: it must be a string or a table"),
            std::string::npos);
  EXPECT_NE(error_of("a = {\n").find("deps.toml:"), std::string::npos);
  EXPECT_NE(error_of("[..").find("deps.toml:1: "), std::string::npos);
  EXPECT_NE(error_of("a = { uri = \"x\" }").find("no key `uri`"), std::string::npos);
  EXPECT_NE(error_of("a = { url = 1 }").find("`url` must be a string"), std::string::npos);
  EXPECT_NE(error_of("a = { url = \"https://h\", path = \"p\" }").find("both"), std::string::npos);
  EXPECT_NE(error_of("a = { path = \"p\", prefix = \"q\" }").find("only go with `url`"),
            std::string::npos);
  EXPECT_NE(error_of("a = { url = \"https://h\", sha256 = \"12\" }").find("64 hex"),
            std::string::npos);
  EXPECT_NE(error_of("a = {}").find("needs a `url`"), std::string::npos);
  EXPECT_NE(error_of("a = \"file:///x\"").find("without `file://`"), std::string::npos);
  EXPECT_NE(error_of("a = \"git+ssh://x\"").find("git+ssh"), std::string::npos);
  EXPECT_NE(error_of("\"../a\" = \"x\"").find("cannot be the name"), std::string::npos);
  EXPECT_NE(error_of("a = { package = \"http\" }").find("NS:NAME"), std::string::npos);
}

TEST(Manifest, TakesOtherAlphabetsInCommentsAndStringsAlone) {
  EXPECT_EQ(std::get<PathSource>(parse("# \xc3\xa9\na = \"../\xc3\xa9\"\n").at("a")).path,
            "../\xc3\xa9");
  for (const char* text :
       {"\n\xef\xba\xbf[a]", "\n\xc3\xa9 = \"b\"", "\na =\xc3\xa9", "\na = \"\"\xc3\xa9"})
    EXPECT_TRUE(error_of(text).starts_with("deps.toml:2: ")) << error_of(text);
}

TEST(Manifest, AddingKeepsTheRestAndReadsBack) {
  UrlSource url{.url = "https://h/a.zip", .prefix = "p"};
  for (std::string text :
       {"", "# mine\na = \"b\"", "[a]\npath = \"b\"\n", "a = { path = \"b\" }\n"}) {
    for (const Source& source : {Source(url), Source(PathSource{"../x\\y", {}}),
                                 Source(RegistrySource{{"wasi", "io", "0.2"}, ""})}) {
      auto added = add_to_manifest(text, "deps.toml", "new.one", source);
      ASSERT_TRUE(added.ok()) << added.error().message;
      EXPECT_TRUE(added->starts_with(text));
      EXPECT_EQ(describe(parse(*added).at("new.one")), describe(source)) << *added;
      EXPECT_EQ(parse(*added).size(), text.empty() ? 1u : 2u) << *added;
    }
  }
}

TEST(Manifest, AddingWhatIsThereIsRefused) {
  auto added = add_to_manifest("\na = \"b\"\n", "deps.toml", "a", PathSource{"c", {}});
  ASSERT_FALSE(added.ok());
  EXPECT_TRUE(added.error().message.starts_with("deps.toml:2: `a` is there already"));
}

}  // namespace
}  // namespace weir::tools::deps
