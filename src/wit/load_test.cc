#include "wit/load.h"

#include <gtest/gtest.h>

#include "wit/print.h"
#include "wit/render.h"

namespace weir::wit {
namespace {

// Loads groups of texts, each text a file.
struct Input {
  SourceMap sources;
  Resolve resolve;
  Features features;
  WitError error;
  std::string report;

  std::optional<Loaded> load(std::vector<std::vector<std::string>> groups) {
    std::vector<std::vector<WitFile>> files;
    for (size_t g = 0; g < groups.size(); ++g) {
      auto& group = files.emplace_back();
      for (size_t f = 0; f < groups[g].size(); ++f) {
        group.push_back({std::to_string(g) + "/" + std::to_string(f) + ".wit", groups[g][f]});
      }
    }
    auto loaded = load_files(std::move(files), features, sources, resolve);
    if (loaded) return *loaded;
    error = loaded.error();
    report = render(error, sources);
    return std::nullopt;
  }
};

TEST(Load, OrdersPackagesByWhatTheyUse) {
  Input in;
  auto loaded = in.load({{"package a:a; interface i { use b:b/j@1.0.0.{t}; }"},
                         {"package b:b@1.0.0; interface j { use c:c/k.{t}; }"},
                         {"package c:c; interface k { type t = u8; }"}});
  ASSERT_TRUE(loaded) << in.report;
  ASSERT_EQ(in.resolve.packages.size(), 3u);
  EXPECT_EQ(to_string(in.resolve.packages[0].name), "c:c");
  EXPECT_EQ(to_string(in.resolve.packages[1].name), "b:b@1.0.0");
  EXPECT_EQ(to_string(in.resolve[loaded->main].name), "a:a");
}

TEST(Load, KeepsTypesInTopologicalOrder) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; interface i { record a { b: b } record b { c: list<c> } "
                "type c = u8; f: func(x: option<a>) -> result<b, c>; }"}}))
      << in.report;
  for (uint32_t i = 0; i < in.resolve.types.size(); ++i) {
    for_each_reference(in.resolve.types[TypeId{i}].shape,
                       [&](Type type) { EXPECT_TRUE(type.is_prim() || type.id().index < i); });
  }
}

TEST(Load, SharesEqualAnonymousTypes) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; interface i { f: func(a: list<u8>, b: list<u8>); "
                "g: func() -> list<u8>; }"}}));
  EXPECT_EQ(in.resolve.types.size(), 1u);
}

TEST(Load, MakesOwnedHandlesOfResourceNames) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; interface i { resource r; f: func(a: r, b: own<r>) -> r; }"}}))
      << in.report;
  const Function& f = in.resolve.interfaces[0].functions[0].second;
  EXPECT_TRUE(in.resolve.types.get<Own>(f.params[0].type));
  EXPECT_EQ(f.params[0].type, f.params[1].type);
  EXPECT_EQ(f.params[0].type, *f.result);
}

TEST(Load, GivesMethodsTheirSelf) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; interface i { resource r { constructor(); m: func(x: u8); "
                "s: static func(); } }"}}));
  const Interface& i = in.resolve.interfaces[0];
  const Function* m = i.functions.find("[method]r.m");
  ASSERT_TRUE(m);
  EXPECT_EQ(m->params[0].name, "self");
  EXPECT_TRUE(in.resolve.types.get<Borrow>(m->params[0].type));
  EXPECT_EQ(m->item_name(), "m");
  EXPECT_TRUE(i.functions.find("[constructor]r")->result);
  EXPECT_EQ(i.functions.find("[constructor]r")->item_name(), "r");
  EXPECT_EQ(i.functions.find("[static]r.s")->item_name(), "s");
}

TEST(Load, LeavesUnstableItemsOutUnlessTheFeatureIsOn) {
  const char* text =
      "package a:a@1.0.0; interface i { @unstable(feature = x) f: func(); "
      "@since(version = 1.0.0) g: func(); } @unstable(feature = x) interface j {} "
      "world w { @unstable(feature = x) import j; import i; }";
  Input off;
  ASSERT_TRUE(off.load({{text}})) << off.report;
  EXPECT_EQ(off.resolve.interfaces.size(), 1u);
  EXPECT_EQ(off.resolve.interfaces[0].functions.size(), 1u);
  EXPECT_EQ(off.resolve.worlds[0].imports.size(), 1u);
  Input on;
  on.features.names = {"x"};
  ASSERT_TRUE(on.load({{text}})) << on.report;
  EXPECT_EQ(on.resolve.interfaces.size(), 2u);
  EXPECT_EQ(on.resolve.interfaces[0].functions.size(), 2u);
  EXPECT_EQ(on.resolve.worlds[0].imports.size(), 2u);
}

TEST(Load, TellsThatATypeOfAnotherPackageIsGated) {
  Input in;
  EXPECT_FALSE(in.load({{"package a:a; interface i { use b:b/j.{t}; }"},
                        {"package b:b; interface j { @unstable(feature = x) type t = u8; }"}}));
  EXPECT_EQ(in.error.kind, ErrorKind::gated);
  EXPECT_EQ(in.error.other, "x");
}

TEST(Load, ImportsWhatImportsAndExportsNeed) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; interface c { use b.{t}; } interface b { use a.{t}; } "
                "interface a { type t = u8; } world w { import c; } world x { export c; } "
                "world y { export c; export b; export a; }"}}))
      << in.report;
  auto names = [&](const WorldItems& items) {
    std::string text;
    for (const auto& [key, item] : items) text += in.resolve.name_of(key) + " ";
    return text;
  };
  EXPECT_EQ(names(in.resolve.worlds[0].imports), "a:a/a a:a/b a:a/c ");
  EXPECT_EQ(names(in.resolve.worlds[1].imports), "a:a/a a:a/b ");
  EXPECT_EQ(names(in.resolve.worlds[1].exports), "a:a/c ");
  EXPECT_EQ(names(in.resolve.worlds[2].imports), "");
  EXPECT_EQ(names(in.resolve.worlds[2].exports), "a:a/a a:a/b a:a/c ");
}

TEST(Load, CopiesTheTypesOfIncludedWorlds) {
  Input in;
  ASSERT_TRUE(
      in.load({{"package a:a; world base { resource r; import f: func(x: r) -> list<r>; } "
                "world w { include base with { r as r2, f as g } }"}}))
      << in.report;
  const World& w = in.resolve.worlds[1];
  const auto* type = std::get_if<WorldType>(w.imports.find(WorldKey::of("r2")));
  ASSERT_TRUE(type);
  EXPECT_EQ(in.resolve[type->id].owner, Owner::of(WorldId{1}));
  const auto* g = std::get_if<Function>(w.imports.find(WorldKey::of("g")));
  ASSERT_TRUE(g);
  EXPECT_EQ(in.resolve.types.get<Own>(g->params[0].type)->resource, type->id);
}

TEST(Load, FindsInterfacesAndWorldsByPath) {
  Input in;
  auto loaded = in.load({{"package a:a; interface i {} world w {}"},
                         {"package b:b@1.0.0; interface i {}"},
                         {"package b:b@1.1.0; interface i {}"}});
  ASSERT_TRUE(loaded) << in.report;
  EXPECT_TRUE(in.resolve.find_interface("i", loaded->main));
  EXPECT_TRUE(in.resolve.find_interface("a:a/i"));
  EXPECT_FALSE(in.resolve.find_interface("b:b/i"));
  EXPECT_EQ(in.resolve.id_of(*in.resolve.find_interface("b:b/i@1.1.0")), "b:b/i@1.1.0");
  EXPECT_EQ(in.resolve.id_of(*in.resolve.find_world("a:a/w")), "a:a/w");
  EXPECT_EQ(in.resolve.find_world("", loaded->main), in.resolve.find_world("w", loaded->main));
}

TEST(Load, SurvivesLongChainsAndDeepNesting) {
  std::string chain = "package a:a; interface i { type t0 = u8;";
  std::string uses;
  for (int i = 1; i < 20000; ++i) {
    std::string n = std::to_string(i);
    std::string m = std::to_string(i - 1);
    chain += " type t" + n + " = t" + m + ";";
    uses += "interface i" + n + " { use i" + m + ".{t}; }\n";
  }
  Input types;
  ASSERT_TRUE(types.load({{chain + "}"}})) << types.report;
  Input interfaces;
  ASSERT_TRUE(interfaces.load(
      {{"package a:a; interface i0 { type t = u8; }\n" + uses + "world w { export i19999; }"}}))
      << interfaces.report;
  EXPECT_EQ(interfaces.resolve.worlds[0].imports.size(), 19999u);

  Input deep;
  std::string nested = "package a:a; interface i { type t = ";
  for (int i = 0; i < 100000; ++i) nested += "list<";
  EXPECT_FALSE(deep.load({{nested}}));
  EXPECT_EQ(deep.error.kind, ErrorKind::type_too_deep);
  Input comment;
  std::string comments;
  for (int i = 0; i < 100000; ++i) comments += "/*";
  EXPECT_FALSE(comment.load({{comments}}));
  EXPECT_EQ(comment.error.kind, ErrorKind::unterminated_comment);
}

TEST(Load, BoundsTheWorldsThatIncludesMultiply) {
  std::string text = "package a:a; world big {";
  for (int i = 0; i < 3000; ++i) text += " import func-" + std::to_string(i) + ": func();";
  text += "}";
  for (int i = 0; i < 3000; ++i) text += " world w" + std::to_string(i) + " { include big; }";
  Input in;
  EXPECT_FALSE(in.load({{text}}));
  EXPECT_EQ(in.error.kind, ErrorKind::too_large);
}

TEST(Load, TakesTheCommentsBeforeAnItemAsItsDocs) {
  Input in;
  ASSERT_TRUE(
      in.load({{"/// One.\n///   Two.\npackage a:a;\n/** Three\n    four. */\n"
                "interface i {\n  /// Five.\n  f: func();\n}"}}));
  EXPECT_EQ(in.resolve.packages[0].docs, "One.\n  Two.");
  EXPECT_EQ(in.resolve.interfaces[0].docs, "Three\n    four.");
  EXPECT_EQ(in.resolve.interfaces[0].functions[0].second.docs, "Five.");
}

}  // namespace
}  // namespace weir::wit
