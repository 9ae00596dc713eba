#include "tools/deps/lock.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

// As `wit-deps` 0.6.0 prints it.
std::string sample() {
  std::string digests =
      "sha256 = \"" + std::string(64, '1') + "\"\nsha512 = \"" + std::string(128, '2') + "\"\n";
  return "[b]\npath = \"../src\"\n" + digests + "deps = [\"empty\", \"io\"]\n\n" +
         "[\"c.d\"]\nurl = \"https://h/a.tar.gz\"\nprefix = \"p\"\n" + digests + "\n" + "[io]\n" +
         digests;
}

TEST(Lock, IsPrintedAsItWasRead) {
  auto lock = parse_lock(sample(), "deps.lock");
  ASSERT_TRUE(lock.ok()) << lock.error().message;
  EXPECT_EQ(print_lock(*lock), sample());
  EXPECT_EQ(lock->at("b").deps, (std::set<std::string>{"empty", "io"}));
  EXPECT_FALSE(lock->at("io").source);
  EXPECT_EQ(lock->at("c.d").source->prefix, "p");
}

TEST(Lock, SaysWhereAndWhatIsWrong) {
  auto error_of = [](std::string_view text) {
    return parse_lock(text, "deps.lock").error().message;
  };
  EXPECT_TRUE(error_of("\n[a]\nsha256 = \"1\"\n").starts_with("deps.lock:2: `a`: `sha256`"));
  EXPECT_NE(error_of("a = 1").find("must be a table"), std::string::npos);
  EXPECT_NE(error_of(sample() + "deps = [\"../x\"]\n").find("cannot be the name"),
            std::string::npos);
}

TEST(Lock, SatisfiesTheSourceThatItWasMadeFor) {
  LockedSource url{.url = "https://h/", .prefix = "p"};
  EXPECT_TRUE(satisfies(url, UrlSource{.url = "https://h/", .prefix = "p"}));
  EXPECT_FALSE(satisfies(url, UrlSource{.url = "https://h/"}));
  EXPECT_FALSE(satisfies(url, PathSource{"https://h/", {}}));
  EXPECT_TRUE(satisfies({.path = "x"}, PathSource{"x", {}}));
  EXPECT_FALSE(satisfies({.path = "x"}, PathSource{"x", PackageSpec{"a", "b", ""}}));
  LockedSource package{.package = "wasi:io@0.2.12", .registry = "https://r"};
  EXPECT_TRUE(satisfies(package, RegistrySource{{"wasi", "io", "0.2"}, ""}));
  EXPECT_TRUE(satisfies(package, RegistrySource{{"wasi", "io", "0.2.12"}, ""}));
  EXPECT_FALSE(satisfies(package, RegistrySource{{"wasi", "io", "0.2.1"}, ""}));
  EXPECT_FALSE(satisfies(package, RegistrySource{{"wasi", "http", "0.2.12"}, ""}));
}

}  // namespace
}  // namespace weir::tools::deps
