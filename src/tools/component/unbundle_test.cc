#include "tools/component/unbundle.h"

#include <gtest/gtest.h>

#include "component/decode.h"
#include "engine/module.h"
#include "engine/text.h"

namespace weir::tools {
namespace {

Bytes assembled(std::string_view text) {
  auto bytes = engine::assemble(text);
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.error().message);
  return bytes.ok() ? std::move(*bytes) : Bytes();
}

std::string printed(std::span<const uint8_t> bytes) {
  std::string text;
  auto done = engine::print_text(bytes, {}, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  EXPECT_TRUE(done.ok());
  return text;
}

// The text of a component after all modules of more than `threshold` bytes are taken out.
std::string without_modules(std::string_view text, uint64_t threshold, size_t taken) {
  Bytes bytes = assembled(text);
  auto unbundled = take_modules_out(bytes.span(), threshold);
  EXPECT_TRUE(unbundled.ok()) << (unbundled.ok() ? "" : unbundled.error().message);
  if (!unbundled.ok()) return "";
  EXPECT_EQ(unbundled->modules.size(), taken);
  return printed(unbundled->component);
}

#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

TEST(Unbundle, ImportsAModuleByItsTypeInPlaceOfIt) {
  std::string text = without_modules(R"((component
    (core module $m
      (import "a" "f" (func (param i32 i64) (result f32)))
      (import "a" "t" (table 1 2 funcref))
      (memory (export "mem") 1 5)
      (global (export "g") (mut v128) (v128.const i64x2 0 0))
      (func (export "h")))
    (core module $host
      (table (export "t") 1 2 funcref)
      (func (export "f") (param i32 i64) (result f32) unreachable))
    (core instance $h (instantiate $host))
    (core instance $i (instantiate $m (with "a" (instance $h))))
    (func (export "h") (canon lift (core func $i "h")))))",
                                     0, 2);
  EXPECT_HAS(text, R"((import "a" "f" (func (type 0) (param i32 i64) (result f32))))");
  EXPECT_HAS(text, R"((import "a" "t" (table 1 2 funcref)))");
  EXPECT_HAS(text, R"((export "mem" (memory 1 5)))");
  EXPECT_HAS(text, R"((export "g" (global (mut v128))))");
  EXPECT_HAS(text, R"((import "unbundled-module1" (core module (;1;) (type 1))))");
  EXPECT_HAS(text, "(core module $m (;2;))");
  EXPECT_HAS(text, "(core instance $i (;1;) (instantiate $m");
  EXPECT_EQ(text.find("unreachable"), std::string::npos);
}

TEST(Unbundle, LeavesSmallModulesWhereTheyAre) {
  std::string text = without_modules(R"((component
    (core module)
    (core module $large (import "a" "b" (func)))
    (core instance (instantiate 0))))",
                                     10, 1);
  EXPECT_HAS(text, "(core module (;1;)");
  EXPECT_HAS(text, "(core module $large (;2;))");
  EXPECT_HAS(text, "(instantiate 1)");
}

TEST(Unbundle, FollowsModulesOfNestedComponentsAndAliasesOfThem) {
  std::string text = without_modules(R"((component $c
    (core module $outer (import "a" "b" (global i32)))
    (component $inner
      (core module $deep (import "b" "c" (global f32)))
      (alias outer $c $outer (core module $again))
      (component
        (alias outer $c $outer (core module))
        (alias outer $inner $deep (core module))))
    (export "m" (core module $outer))))",
                                     0, 2);
  EXPECT_HAS(text, "(alias outer $c 1 (core module $deep (;0;)))");
  EXPECT_HAS(text, "(alias outer $c $outer (core module $again (;1;)))");
  EXPECT_HAS(text, "(alias outer $inner $deep (core module (;1;)))");
  EXPECT_HAS(text, R"((export (;3;) "m" (core module $outer)))");
}

TEST(Unbundle, FollowsWhatIsGatedToo) {
  std::string text = without_modules(R"((component
    (type $digest (list u8 4))
    (import "f" (func (param "of" $digest) (result error-context)))
    (core module $m (func (export "x")))))",
                                     0, 1);
  EXPECT_HAS(text, "(list u8 4)");
  EXPECT_HAS(text, "unbundled-module0");
}

TEST(Unbundle, NamesModulesAfterThoseThatWereTakenOutBefore) {
  Bytes bytes = assembled(R"((component
    (core module $small (func (export "x")))
    (core module $large (func (export "a-very-much-longer-name-than-that-of-the-other-module")))
    (core instance (instantiate $small))
    (core instance (instantiate $large))))");
  auto once = take_modules_out(bytes.span(), 60);
  ASSERT_TRUE(once.ok()) << once.error().message;
  ASSERT_EQ(once->modules.size(), 1u);
  EXPECT_EQ(once->modules[0].name, "unbundled-module0");
  auto twice = take_modules_out(once->component, 0);
  ASSERT_TRUE(twice.ok()) << twice.error().message;
  ASSERT_EQ(twice->modules.size(), 1u);
  EXPECT_EQ(twice->modules[0].name, "unbundled-module1");
  std::string text = printed(twice->component);
  EXPECT_HAS(text, R"((import "unbundled-module0" (core module)");
  EXPECT_HAS(text, R"((import "unbundled-module1" (core module)");
}

TEST(Unbundle, ChangesNothingWhereNothingIsTaken) {
  Bytes bytes = assembled("(component $c (core module $m) (core instance (instantiate $m)))");
  auto unbundled = take_modules_out(bytes.span(), 1000);
  ASSERT_TRUE(unbundled.ok());
  EXPECT_EQ(std::vector<uint8_t>(bytes.span().begin(), bytes.span().end()), unbundled->component);
}

TEST(Unbundle, FollowsCoreTypesAndTypesOfModulesWhereverTheyAreMentioned) {
  std::string text = without_modules(R"((component $c
    (core type $f (func (param i32)))
    (core rec
      (type $node (sub (struct (field (ref null $node)) (field (ref $f)))))
      (type $list (array (mut (ref $node)))))
    (core type $leaf (sub final $node (struct (field (ref null $node)) (field (ref $f)) (field i8))))
    (core type $m (module
      (alias outer $c $f (type $own))
      (type $other (func (result f64)))
      (import "a" "f" (func (type $own)))
      (import "a" "g" (func (type $other)))
      (import "a" "t" (table 1 2 funcref))
      (export "mem" (memory 1 2))
      (export "glob" (global (mut i64)))))
    (import "lib" (core module $lib (type $m)))
    (type $inner (instance
      (alias outer $c $m (core type $again))
      (export "first" (core module (type $again)))
      (core type $new (module (alias outer 2 $f (type)) (import "b" "h" (func (type 0)))))
      (export "second" (core module (type $new)))))
    (import "libs" (instance $libs (type $inner)))
    (type $record (record (field "a" u32) (field "b" (option string))))
    (component $nested
      (alias outer $c $m (core type $m2))
      (core type $m3 (module (alias outer $c $f (type)) (export "x" (func (type 0)))))
      (import "one" (core module (type $m2)))
      (import "two" (core module (type $m3))))
    (core module $taken (func (export "x") (param i32)))
    (export "taken" (core module $taken))
    (export "lib2" (core module $lib) (core module (type $m)))))",
                                     0, 1);
  EXPECT_HAS(text, R"((import "unbundled-module0" (core module (;0;) (type 0))))");
  EXPECT_HAS(text, "(core type $f (;1;)");
  EXPECT_HAS(text, "(alias outer $c $f (type (;0;)))");
  EXPECT_HAS(text, R"((import "lib" (core module $lib (;1;) (type $m))))");
  EXPECT_HAS(text, "(alias outer $c $m (core type (;0;)))");
  EXPECT_HAS(text, "(alias outer $c $m (core type $m2 (;0;)))");
  EXPECT_HAS(text, "(ref null $node)");
  EXPECT_HAS(text, R"("lib2" (core module $lib) (core module (type $m)))");
}

TEST(Unbundle, RefusesWhatItCannotFollow) {
  EXPECT_FALSE(take_modules_out(assembled("(module)").span(), 0).ok());
  auto own = take_modules_out(
      assembled(
          "(component (core module (type $s (struct)) (func (export \"f\") (param (ref $s)))))")
          .span(),
      0);
  ASSERT_FALSE(own.ok());
  EXPECT_NE(own.error().message.find("types that it defines itself"), std::string::npos);
}

}  // namespace
}  // namespace weir::tools
