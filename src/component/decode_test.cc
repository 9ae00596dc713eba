#include "component/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/module.h"

namespace weir::component {
namespace {

using testing::HasSubstr;

Result<Decoded> decode_text(std::string_view wat, const Features& features = {}) {
  Result<Bytes> bytes = engine::assemble(wat);
  if (!bytes) return Err(Error{"the test's text: " + bytes.error().message});
  return decode(bytes->span(), features);
}

std::string error_of(std::string_view wat, const Features& features = {}) {
  Result<Decoded> decoded = decode_text(wat, features);
  return decoded ? "valid" : decoded.error().message;
}

TEST(Decode, TellsCoreModulesFromComponents) {
  EXPECT_THAT(error_of("(module)"), HasSubstr("core WebAssembly module, not a component"));
  EXPECT_EQ(error_of("(component)"), "valid");
}

TEST(Decode, SaysWhereAnErrorIs) {
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0, 7, 2, 1, 0x30};
  Result<Decoded> decoded = decode(bytes);
  ASSERT_FALSE(decoded.ok());
  EXPECT_THAT(decoded.error().message, HasSubstr("at byte 11 (0xb)"));
}

TEST(Decode, RefusesEveryPrefixOfAComponent) {
  Result<Bytes> bytes = engine::assemble(R"((component
    (import "a:b/c@0.2.0" (instance (export "r" (type (sub resource)))))
    (core module (func (export "f")))))");
  ASSERT_TRUE(bytes.ok());
  std::vector<size_t> valid;
  for (size_t size = 0; size <= bytes->size(); ++size) {
    if (decode(bytes->span().subspan(0, size)).ok()) valid.push_back(size);
  }
  // Only where a section ends is it one again.
  EXPECT_LT(valid.size(), 6u);
  EXPECT_EQ(valid.back(), bytes->size());
}

TEST(Decode, KeepsResourcesOfTwoImportsApart) {
  EXPECT_THAT(error_of(R"((component
    (type $t (instance (export "r" (type (sub resource)))))
    (import "a" (instance $a (type $t)))
    (import "b" (instance $b (type $t)))
    (alias export $a "r" (type $ra))
    (alias export $b "r" (type $rb))
    (component $c
      (import "r" (type $r (sub resource)))
      (import "f" (func (param "x" (own $r)))))
    (import "f" (func $f (param "x" (own $ra))))
    (instance (instantiate $c (with "r" (type $rb)) (with "f" (func $f))))))"),
              HasSubstr("type mismatch for import `f`"));
}

TEST(Decode, AcceptsAnInstantiationThatFits) {
  EXPECT_EQ(error_of(R"((component
    (import "r" (type $r (sub resource)))
    (import "f" (func $f (param "x" (own $r))))
    (component $c
      (import "r" (type $r (sub resource)))
      (import "f" (func (param "x" (own $r))))
      (export "s" (type $r)))
    (instance (instantiate $c (with "r" (type $r)) (with "f" (func $f))))))"),
            "valid");
}

TEST(Decode, NamesAMissingArgument) {
  EXPECT_THAT(error_of(R"((component
    (component $c (import "x" (func)))
    (instance (instantiate $c))))"),
              HasSubstr("missing import named `x`"));
}

TEST(Decode, WantsTypesToBeNamedBeforeTheyAreUsed) {
  EXPECT_THAT(error_of(R"((component
    (type $r (record (field "x" u32)))
    (import "f" (func (param "r" $r)))))"),
              HasSubstr("not valid to be used as import"));
  EXPECT_EQ(error_of(R"((component
    (type $r (record (field "x" u32)))
    (import "r" (type $n (eq $r)))
    (import "f" (func (param "r" $n)))))"),
            "valid");
}

TEST(Decode, WantsWhatACanonicalFunctionNeeds) {
  constexpr const char* kModule = R"((core module $m
      (memory (export "mem") 1)
      (func (export "f") (param i32 i32))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m)))";
  auto lift = [&](const char* options) {
    return error_of(std::string("(component ") + kModule +
                    R"((func (param "s" string) (canon lift (core func $i "f") )" + options +
                    ")))");
  };
  EXPECT_THAT(lift(""), HasSubstr("`memory` is required"));
  EXPECT_THAT(lift(R"((memory (core memory $i "mem")))"), HasSubstr("`realloc` is required"));
  EXPECT_EQ(lift(R"((memory (core memory $i "mem")) (realloc (core func $i "realloc")))"), "valid");
}

TEST(Decode, ComparesTheCoreTypeOfALift) {
  EXPECT_THAT(error_of(R"((component
    (core module $m (func (export "f") (param i64)))
    (core instance $i (instantiate $m))
    (func (param "x" u32) (canon lift (core func $i "f")))))"),
              HasSubstr("needs (i32) -> ()"));
}

TEST(Decode, RefusesBorrowsInResults) {
  EXPECT_THAT(error_of(R"((component
    (import "r" (type $r (sub resource)))
    (import "f" (func (result (borrow $r))))))"),
              HasSubstr("borrow"));
}

TEST(Decode, HasASwitchForEachGate) {
  const char* map = R"((component (type (map string u32))))";
  EXPECT_EQ(error_of(map), "valid");
  Features without;
  without.map = false;
  without.async = false;
  EXPECT_THAT(error_of(map, without), HasSubstr("map feature is not enabled"));
  const char* stream = "(component (type (stream u8)))";
  EXPECT_EQ(error_of(stream), "valid");
  EXPECT_THAT(error_of(stream, without), HasSubstr("async feature is not enabled"));
}

TEST(Decode, RefusesTypesThatGrowExponentially) {
  // Each instance type exports the one before it ten times over.
  std::string wat = R"((component (type $t0 (instance (export "r" (type (sub resource))))))";
  for (int i = 1; i < 12; ++i) {
    wat += "(type $t" + std::to_string(i) + " (instance (alias outer 1 $t" + std::to_string(i - 1) +
           " (type $i))";
    for (int k = 0; k < 10; ++k) {
      wat += " (export \"x" + std::to_string(k) + "\" (instance (type $i)))";
    }
    wat += "))";
  }
  wat += "(import \"x\" (instance (type $t11))))";
  EXPECT_THAT(error_of(wat), HasSubstr("too large"));
}

TEST(Decode, RefusesTypesThatNestTooDeep) {
  std::string wat = "(component (type $t0 (list u8))";
  for (int i = 1; i < 120; ++i) {
    wat += "(type $t" + std::to_string(i) + " (list $t" + std::to_string(i - 1) + "))";
  }
  EXPECT_THAT(error_of(wat + ")"), HasSubstr("nests too deep"));
}

TEST(Decode, ReadsNamedImportsOfAnInterface) {
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  auto section = [&](uint8_t id, std::vector<uint8_t> content) {
    bytes.push_back(id);
    bytes.push_back(static_cast<uint8_t>(content.size()));
    bytes.insert(bytes.end(), content.begin(), content.end());
  };
  section(7, {1, 0x42, 0});
  section(10, {1, 2, 1, 'x', 1, 0, 5, 'a', ':', 'b', '/', 'c', 5, 0});
  Result<Decoded> decoded = decode(bytes);
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  const auto* import = std::get_if<ImportDefinition>(&decoded->root().definitions.back());
  ASSERT_NE(import, nullptr);
  EXPECT_EQ(import->implements, "a:b/c");
  Features without;
  without.attributes = false;
  EXPECT_FALSE(decode(bytes, without).ok());
}

}  // namespace
}  // namespace weir::component
