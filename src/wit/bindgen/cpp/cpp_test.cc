#include "wit/bindgen/cpp/cpp.h"

#include <gtest/gtest.h>

#include "wit/load.h"
#include "wit/render.h"
#include "wit/testing/golden.h"

namespace weir::wit {
namespace {

Result<CppBindings> generate(const std::string& text, const CppOptions& options = {}) {
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_files({{{"test.wit", text}}}, {.all = true}, sources, resolve);
  if (!loaded.ok()) return Err(Error{render(loaded.error(), sources)});
  auto world = resolve.find_world("w", loaded->main);
  if (!world) return Err("no world w");
  return generate_cpp(resolve, *world, options);
}

TEST(CppBindings, OfEachCaseAreAsExpected) {
  for (const auto& path : golden_cases(std::string(WEIR_SOURCE_DIR) + "/src/wit/testdata/cpp")) {
    auto bindings = generate(slurp(path));
    ASSERT_TRUE(bindings.ok()) << path << ": " << bindings.error().message;
    expect_golden(path, ".hpp.golden", bindings->files[0].second);
    expect_golden(path, ".cpp.golden", bindings->files[1].second);
  }
}

TEST(CppBindings, AreCalledAfterTheWorldOrTheNameThatIsGiven) {
  std::string text = "package a:b; world w { export f: func(); }";
  auto plain = generate(text);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->files[0].first, "w.hpp");
  CppOptions options;
  options.world_name = "other-name";
  auto renamed = generate(text, options);
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ(renamed->files[0].first, "other_name.hpp");
  EXPECT_NE(renamed->files[0].second.find("namespace exports::other_name {"), std::string::npos);
}

TEST(CppBindings, BringTheHeadersThatAllWorldsShare) {
  auto bindings = generate("package a:b; world w { export f: func(); }");
  ASSERT_TRUE(bindings.ok());
  ASSERT_EQ(bindings->files.size(), 4u);
  EXPECT_EQ(bindings->files[2].first, "wit.hpp");
  EXPECT_NE(bindings->files[2].second.find("class [[nodiscard]] expected"), std::string::npos);
  EXPECT_EQ(bindings->files[3].first, "wit_abi.hpp");
}

TEST(CppBindings, MakeTasksOfAsynchronousFunctionsUnlessTheyAreToBeLikeSynchronousOnes) {
  std::string text = "package a:b; interface i { f: async func() -> u8; } world w { import i; }";
  auto tasks = generate(text);
  ASSERT_TRUE(tasks.ok()) << tasks.error().message;
  EXPECT_NE(tasks->files[0].second.find("wit::task<uint8_t> f();"), std::string::npos);
  EXPECT_EQ(tasks->files.back().first, "wit_async_abi.hpp");
  for (const char* sync : {"all", "a:b/i#f", "import:a:b/i#f"}) {
    CppOptions options;
    options.sync = {sync};
    auto plain = generate(text, options);
    ASSERT_TRUE(plain.ok()) << sync;
    EXPECT_NE(plain->files[0].second.find("\nuint8_t f();"), std::string::npos);
    EXPECT_EQ(plain->files.back().first, "wit_abi.hpp");
  }
}

TEST(CppBindings, AreRefusedForAnErrorContext) {
  auto bindings = generate(
      "package a:b; interface i { f: func() -> list<error-context>; } "
      "world w { import i; }");
  ASSERT_FALSE(bindings.ok());
  EXPECT_NE(bindings.error().message.find("`a:b/i#f` uses error-context"), std::string::npos);
}

TEST(CppBindings, PutInterfacesIntoTheNamespacesThatAreGiven) {
  std::string text =
      "package a:b@1.0.0; interface i { type t = u8; f: func() -> t; } "
      "world w { import i; import j: i; export i; }";
  CppOptions options;
  options.renames = {{"a:b/i@1.0.0", "net::things"}, {"j", "others"}};
  auto bindings = generate(text, options);
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  const std::string& header = bindings->files[0].second;
  for (const char* name : {"net::things", "others", "exports::net::things"}) {
    EXPECT_NE(header.find("\nnamespace " + std::string(name) + " {"), std::string::npos) << name;
  }
  EXPECT_NE(bindings->files[1].second.find("\"a:b/i@1.0.0#f\""), std::string::npos);
  for (const char* name : {"", "Net", "net::", "::net", "a-b", "class", "std", "net::std", "1a"}) {
    options.renames = {{"j", name}};
    EXPECT_FALSE(generate(text, options).ok()) << name;
  }
  options.renames = {{"j", "a::b::i"}};
  auto both = generate(text, options);
  ASSERT_FALSE(both.ok());
  EXPECT_NE(both.error().message.find("in the namespace a::b::i"), std::string::npos);
  options.renames = {{"a:b/i", "n"}};
  auto unknown = generate(text, options);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("an interface `a:b/i`"), std::string::npos);
  options.renames = {{"j", "n"}, {"a:b/i@1.0.0", "n"}};
  EXPECT_FALSE(generate(text, options).ok());
}

TEST(CppBindings, AreInUtf16WhereThatIsAskedFor) {
  std::string text = "package a:b; world w { import f: func(s: string) -> list<string>; }";
  CppOptions options;
  options.encoding = StringEncoding::utf16;
  auto bindings = generate(text, options);
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  EXPECT_NE(bindings->files[0].second.find("std::vector<std::u16string> f(std::u16string_view s);"),
            std::string::npos);
  std::string object(bindings->object.begin(), bindings->object.end());
  EXPECT_NE(object.find(std::string("wit-component-encoding\x04\x01")), std::string::npos);
  options.encoding = StringEncoding::latin1_utf16;
  EXPECT_FALSE(generate(text, options).ok());
}

TEST(CppBindings, AreRefusedForAWorldThatIsCalledLikeAHeaderOfTheirs) {
  CppOptions options;
  options.world_name = "wit-async";
  auto bindings = generate("package a:b; world w { export f: func(); }", options);
  ASSERT_FALSE(bindings.ok());
  EXPECT_NE(bindings.error().message.find("--rename-world"), std::string::npos);
}

TEST(CppBindings, PutVersionsOfOnePackageIntoNamespacesOfTheirOwn) {
  auto bindings = generate(
      "package a:b;\n"
      "package x:y@1.0.0 { interface i { f: func(); } }\n"
      "package x:y@2.0.0 { interface i { f: func(); } }\n"
      "world w { import x:y/i@1.0.0; import x:y/i@2.0.0; }");
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  const std::string& header = bindings->files[0].second;
  EXPECT_NE(header.find("namespace x::y::v1_0_0::i {"), std::string::npos);
  EXPECT_NE(header.find("namespace x::y::v2_0_0::i {"), std::string::npos);
}

TEST(CppBindings, GiveFunctionsOfPackagesWithNamesThatRunTogetherSymbolsOfTheirOwn) {
  auto bindings = generate(
      "package x:y;\n"
      "package a:b-c { interface i { f: func(); } }\n"
      "package a-b:c { interface i { f: func(); } }\n"
      "world w { import a:b-c/i; import a-b:c/i; }");
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  const std::string& source = bindings->files[1].second;
  EXPECT_NE(source.find("void wit_import_a_b_c_i_f();"), std::string::npos);
  EXPECT_NE(source.find("void wit_import_a_b_c_i_f_();"), std::string::npos);
}

TEST(CppBindings, KeepNamespacesApartFromThoseOfTheLanguage) {
  auto bindings = generate(
      "package std:time;\n"
      "interface std { std: func(class: string); }\n"
      "world w { import std; }");
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  const std::string& header = bindings->files[0].second;
  EXPECT_NE(header.find("namespace std_::time::std_ {"), std::string::npos);
  EXPECT_NE(header.find("void std_(std::string_view class_);"), std::string::npos);
}

}  // namespace
}  // namespace weir::wit
