#include "wit/merge.h"

#include <gtest/gtest.h>

#include "wit/print.h"
#include "wit/testing/text.h"

namespace weir::wit {
namespace {

// The package `a:io` after the merge, or the error.
std::string merged(const std::string& one, const std::string& other) {
  Text a(one), b(other);
  Resolve into;
  for (const Text* text : {&a, &b}) {
    auto done = merge(into, text->resolve, text->main);
    if (!done.ok()) return done.error().message;
  }
  return print_package(into, into.package_names.at("a:io"));
}

std::string with_io(const std::string& main, const std::string& io) {
  return "package " + main + ";\npackage a:io {\n" + io + "\n}\n";
}

TEST(Merge, PutsPartsOfOnePackageTogether) {
  EXPECT_EQ(merged(with_io("a:x", "interface one { type t = u8; f: func(a: list<t>); }"),
                   with_io("a:y",
                           "interface one { type t = u8; record r { a: t, b: option<t> } "
                           "f: func(a: list<t>); g: func() -> r; }\n"
                           "interface two { use one.{r}; h: func(r: r); }")),
            R"(package a:io;

interface one {
  type t = u8;

  record r {
    a: t,
    b: option<t>,
  }

  f: func(a: list<t>);

  g: func() -> r;
}

interface two {
  use one.{r};

  h: func(r: r);
}
)");
}

TEST(Merge, TakesDocsFromWhoHasThePackageWhole) {
  std::string whole =
      "/// Of the package.\npackage a:io;\n/// Of one.\ninterface one {\n"
      "  /// Of r.\n  record r {\n    /// Of a.\n    a: u8,\n  }\n"
      "  /// Of f.\n  @unstable(feature = x)\n  f: func();\n}\n"
      "/// Of w.\nworld w {\n  import one;\n  use one.{r};\n  import f: func() -> r;\n}\n";
  std::string part = with_io("a:x", "interface one { record r { a: u8 } f: func(); }");
  EXPECT_EQ(merged(part, whole), merged(whole, part));
  for (const char* docs : {"the package", "one", "r", "a", "f", "w"}) {
    EXPECT_NE(merged(part, whole).find("/// Of " + std::string(docs) + "."), std::string::npos);
  }
}

TEST(Merge, NamesWhatIsNotTheSame) {
  auto differ = [](const std::string& a, const std::string& b) {
    return merged(with_io("a:x", a), with_io("a:y", b));
  };
  EXPECT_EQ(differ("interface i { type t = u8; }", "interface i { type t = u16; }"),
            "the type `t` of the package a:io is not the same everywhere");
  EXPECT_EQ(
      differ("interface i { type t = list<u8, 3>; }", "interface i { type t = list<u8, 4>; }"),
      "the type `t` of the package a:io is not the same everywhere");
  EXPECT_EQ(
      differ("interface i { variant v { a(u8), b } }", "interface i { variant v { a, b(u8) } }"),
      "the type `v` of the package a:io is not the same everywhere");
  EXPECT_EQ(
      differ("interface i { f: func(a: list<u8>); }", "interface i { f: func(b: list<u8>); }"),
      "the function `f` of the package a:io is not the same everywhere");
  EXPECT_EQ(differ("interface i { f: func(); }", "interface i { f: async func(); }"),
            "the function `f` of the package a:io is not the same everywhere");
  EXPECT_EQ(differ("world w { import f: func(); }", "world w { import g: func(); }"),
            "the world `w` of the package a:io is not the same everywhere");
}

TEST(Merge, ComparesTheInterfacesThatAWorldSpellsOut) {
  auto both = [](const std::string& a, const std::string& b) {
    auto world = [](const std::string& body) {
      return "interface i {} interface j {} world w { import x: interface { " + body + " } }";
    };
    return merged(with_io("a:x", world(a)), with_io("a:y", world(b)));
  };
  std::string part = "record r { a: u8 } type s = list<r>; f: func(s: s) -> option<r>;";
  EXPECT_NE(both(part, part).find("f: func(s: s) -> option<r>;"), std::string::npos);
  for (const char* other : {
           "record r { b: u8 } type s = list<r>; f: func(s: s) -> option<r>;",
           "record r { a: u8 } type s = list<r>; f: func(s: s) -> r;",
           "record r { a: u8 } type s = list<r>; f: func(s: r) -> option<r>;",
           "record r { a: u8 } type s = list<r>; type t = u8; f: func(s: s) -> option<r>;",
           "record r { a: u8 } type s = list<r>;",
       }) {
    EXPECT_EQ(both(part, other), "the world `w` of the package a:io is not the same everywhere");
  }
}

TEST(Merge, TellsApartTheInterfacesThatAWorldNames) {
  auto world = [](const std::string& item) {
    return "interface i {} interface j {} world w { " + item + " }";
  };
  auto both = [&](const std::string& a, const std::string& b) {
    return merged(with_io("a:x", world(a)), with_io("a:y", world(b)));
  };
  EXPECT_NE(both("import i;", "import i;").find("import i;"), std::string::npos);
  EXPECT_EQ(both("import i;", "import j;"),
            "the world `w` of the package a:io is not the same everywhere");
}

}  // namespace
}  // namespace weir::wit
