#include "tools/deps/layout.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

std::string place(std::string_view path, std::string_view prefix = "") {
  auto found = place_of(path, prefix);
  if (!found) return "nowhere";
  return found->dependency + ":" + found->name;
}

TEST(Layout, TakesWitFromTheRootFromWitAndFromWitInOneFolder) {
  EXPECT_EQ(place("x.wit"), ":x.wit");
  EXPECT_EQ(place("wit/x.wit"), ":x.wit");
  EXPECT_EQ(place("repo-main/wit/x.WIT"), ":x.WIT");
  EXPECT_EQ(place("./wit/x.wit"), ":x.wit");
  EXPECT_EQ(place("repo-main/x.wit"), "nowhere");
  EXPECT_EQ(place("a/b/wit/x.wit"), "nowhere");
  EXPECT_EQ(place("wit/x.md"), "nowhere");
  EXPECT_EQ(place("wit/.wit"), "nowhere");
  EXPECT_EQ(place(""), "nowhere");
}

TEST(Layout, TakesDependenciesFromDepsBesideThem) {
  EXPECT_EQ(place("deps/io/x.wit"), "io:x.wit");
  EXPECT_EQ(place("wit/deps/io/x.wit"), "io:x.wit");
  EXPECT_EQ(place("repo-main/wit/deps/io/x.wit"), "io:x.wit");
  EXPECT_EQ(place("repo-main/deps/io/x.wit"), "nowhere");
  EXPECT_EQ(place("deps/x.wit"), "nowhere");
  EXPECT_EQ(place("deps/io/more/x.wit"), "nowhere");
}

TEST(Layout, LooksBelowThePrefixAlone) {
  EXPECT_EQ(place("WASI-main/proposals/http/wit/x.wit", "WASI-main/proposals/http"), ":x.wit");
  EXPECT_EQ(place("WASI-main/proposals/http/wit/x.wit", "WASI-main/proposals/http/wit/"), ":x.wit");
  EXPECT_EQ(place("WASI-main/proposals/httpx/wit/x.wit", "WASI-main/proposals/http"), "nowhere");
  EXPECT_EQ(place("wit/x.wit", "wit/x.wit"), "nowhere");
}

TEST(Layout, RefusesNamesThatAreNoFolder) {
  for (std::string_view name : {"", ".", "..", "a/b", "a\\b", "a\nb"})
    EXPECT_FALSE(check_dependency_name(name).ok()) << name;
  for (std::string_view name : {"io", "wasi-io-0.2.12", "wasi:io@0.2", "a b"})
    EXPECT_TRUE(check_dependency_name(name).ok()) << name;
}

}  // namespace
}  // namespace weir::tools::deps
