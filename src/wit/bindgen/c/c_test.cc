#include "wit/bindgen/c/c.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "wit/bindgen/c/names.h"
#include "wit/load.h"
#include "wit/render.h"
#include "wit/testing/golden.h"

namespace weir::wit {
namespace {

struct Generated {
  Resolve resolve;
  CBindings bindings;
};

Result<CBindings> generate(const std::string& text, const COptions& options = {}) {
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_files({{{"test.wit", text}}}, {.all = true}, sources, resolve);
  if (!loaded.ok()) return Err(Error{render(loaded.error(), sources)});
  auto world = resolve.find_world("w", loaded->main);
  if (!world) return Err("no world w");
  return generate_c(resolve, *world, options);
}

// A header is the test's subject, the source follows from it: both are kept as they are.
TEST(CBindings, OfEachCaseAreAsExpected) {
  for (const auto& path : golden_cases(std::string(WEIR_SOURCE_DIR) + "/src/wit/testdata/c")) {
    auto bindings = generate(slurp(path));
    ASSERT_TRUE(bindings.ok()) << path << ": " << bindings.error().message;
    expect_golden(path, ".h.golden", bindings->header);
    expect_golden(path, ".c.golden", bindings->source);
  }
}

TEST(CBindings, EscapeWhatCAndTheBindingsOwn) {
  EXPECT_EQ(c_identifier("int"), "int_");
  EXPECT_EQ(c_identifier("ret"), "ret_");
  EXPECT_EQ(c_identifier("static-assert"), "static_assert_");
  EXPECT_EQ(c_identifier("DNS-error"), "dns_error");
  EXPECT_EQ(c_snake_case("[method]output-stream.check-write"), "method_output_stream_check_write");
  EXPECT_EQ(c_upper_case("stream-error"), "STREAM_ERROR");
}

TEST(CBindings, AreCalledAfterTheWorldOrTheNameThatIsGiven) {
  std::string text = "package a:b; world w { export f: func(s: string); }";
  auto plain = generate(text);
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->name, "w");
  COptions options;
  options.world_name = "other-name";
  auto renamed = generate(text, options);
  ASSERT_TRUE(renamed.ok());
  EXPECT_EQ(renamed->name, "other_name");
  EXPECT_NE(renamed->header.find("exports_other_name_f(other_name_string_t *s)"),
            std::string::npos);
}

TEST(CBindings, AreRefusedForAnErrorContext) {
  auto bindings = generate("package a:b; world w { import f: func() -> error-context; }");
  ASSERT_FALSE(bindings.ok());
  EXPECT_NE(bindings.error().message.find("`f` uses error-context"), std::string::npos);
  bindings =
      generate("package a:b; interface i { type t = list<error-context>; } world w { export i; }");
  ASSERT_FALSE(bindings.ok());
  EXPECT_NE(bindings.error().message.find("`a:b/i#t` uses error-context"), std::string::npos);
}

TEST(CBindings, CallInterfacesAsTheyAreToBeCalled) {
  std::string text =
      "package a:b; interface i { f: func(); } "
      "world w { import i; import j: i; export i; export j: i; }";
  COptions options;
  options.renames = {{"a:b/i", "one"}, {"j", "two"}};
  auto bindings = generate(text, options);
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  for (const char* name : {"one_f", "two_f", "exports_one_f", "exports_two_f"}) {
    EXPECT_NE(bindings->header.find("void " + std::string(name) + "(void);"), std::string::npos);
  }
  for (const char* name : {"", "a-b", "1a", "net::things"}) {
    options.renames = {{"j", name}};
    EXPECT_FALSE(generate(text, options).ok()) << name;
  }
  options.renames = {{"a:b/k", "one"}};
  auto unknown = generate(text, options);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("an interface `a:b/k`"), std::string::npos);
}

TEST(CBindings, AreRefusedWhereTwoFunctionsWouldHaveOneName) {
  auto bindings = generate(
      "package a:b; world w { import size: get() -> u32; import get-size: func() -> u32; }");
  ASSERT_FALSE(bindings.ok());
  EXPECT_NE(bindings.error().message.find("`get-size` would be called w_get_size"),
            std::string::npos)
      << bindings.error().message;
}

TEST(CBindings, AreInUtf16WhereThatIsAskedFor) {
  std::string text = "package a:b; world w { import f: func(s: string) -> string; }";
  COptions options;
  options.encoding = StringEncoding::utf16;
  auto bindings = generate(text, options);
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  EXPECT_NE(bindings->header.find("    uint16_t *ptr;\n"), std::string::npos);
  EXPECT_NE(bindings->header.find("void w_string_set(w_string_t *ret, const char16_t *s);"),
            std::string::npos);
  std::string object(bindings->object.begin(), bindings->object.end());
  EXPECT_NE(object.find(std::string("wit-component-encoding\x04\x01")), std::string::npos);
  options.encoding = StringEncoding::latin1_utf16;
  EXPECT_FALSE(generate(text, options).ok());
}

constexpr char kLent[] = R"(
package a:b;
interface things { resource thing; }
interface user {
  use things.{thing};
  variant either { none, lent(borrow<thing>) }
  show: func(a: borrow<thing>, b: option<borrow<thing>>, c: either) -> u32;
}
world w { import things; export user; }
)";

TEST(CBindings, DropBorrowedHandlesByThemselvesWhereThatIsAskedFor) {
  auto plain = generate(kLent);
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_NE(plain->header.find("a_b_things_thing_drop_borrow"), std::string::npos);
  EXPECT_EQ(plain->source.find("borrow2"), std::string::npos);
  COptions options;
  options.autodrop_borrows = true;
  auto bindings = generate(kLent, options);
  ASSERT_TRUE(bindings.ok()) << bindings.error().message;
  EXPECT_EQ(bindings->header.find("drop_borrow"), std::string::npos);
  for (const char* name : {"borrow", "borrow1", "borrow2"}) {
    std::string drop =
        std::string("if (") + name + " != 0) __wasm_import_a_b_things_thing_drop(" + name + ");";
    EXPECT_NE(bindings->source.find(drop), std::string::npos) << drop;
  }
}

TEST(CBindings, DoNotDropBorrowedHandlesOfListsAndTasksByThemselves) {
  COptions options;
  options.autodrop_borrows = true;
  std::string before =
      "package a:b; interface things { resource thing; }\n"
      "interface user { use things.{thing}; ";
  std::string after = " }\nworld w { import things; export user; }";
  auto list = generate(before + "f: func(a: list<borrow<thing>>);" + after, options);
  ASSERT_FALSE(list.ok());
  EXPECT_NE(list.error().message.find("by hand"), std::string::npos);
  auto task = generate(before + "f: async func(a: borrow<thing>);" + after, options);
  ASSERT_FALSE(task.ok());
  EXPECT_NE(task.error().message.find("is async"), std::string::npos);
}

TEST(CBindings, CarryAnObjectFileThatNamesItsWorld) {
  auto bindings = generate("package a:b; world w { export f: func(); }");
  ASSERT_TRUE(bindings.ok());
  std::string object(bindings->object.begin(), bindings->object.end());
  EXPECT_TRUE(object.starts_with(std::string("\0asm\1\0\0\0", 8)));
  EXPECT_NE(object.find("component-type:w"), std::string::npos);
  EXPECT_NE(object.find("__component_type_object_force_link_w"), std::string::npos);
  EXPECT_NE(bindings->source.find("__component_type_object_force_link_w();"), std::string::npos);
}

}  // namespace
}  // namespace weir::wit
