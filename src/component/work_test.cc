// What decoding and validating costs grows with the file and no faster: counted in steps and in
// bytes, for components that repeat one kind of thing.
#include <gtest/gtest.h>
#include <malloc.h>

#include <functional>
#include <string>

#include "component/decode.h"
#include "engine/module.h"

namespace weir::component {
namespace {

struct Cost {
  size_t file = 0;
  uint64_t steps = 0;
  // Of the result. 0 where the allocator does not tell.
  uint64_t memory = 0;
};

Cost cost_of(const std::string& text) {
  Result<Bytes> wasm = engine::assemble(text);
  EXPECT_TRUE(wasm.ok()) << (wasm.ok() ? "" : wasm.error().message);
  if (!wasm.ok()) return {};
  uint64_t before = mallinfo2().uordblks;
  Result<Decoded> decoded = decode(wasm->span());
  EXPECT_TRUE(decoded.ok()) << (decoded.ok() ? "" : decoded.error().message);
  if (!decoded.ok()) return {};
  return {wasm->size(), decoded->universe.work, mallinfo2().uordblks - before};
}

std::string repeat(int count, const std::function<std::string(int)>& one) {
  std::string text;
  for (int i = 0; i < count; ++i) text += one(i);
  return text;
}

std::string name(const char* prefix, int i) { return prefix + std::to_string(i); }

// Compares a component of `size` repetitions with one of eight times as many.
void expect_linear(const std::function<std::string(int)>& component, int size) {
  Cost small = cost_of(component(size));
  Cost large = cost_of(component(8 * size));
  ASSERT_GT(small.file, 0u);
  double growth = static_cast<double>(large.file) / static_cast<double>(small.file);
  // A hash table may just have doubled in one of them.
  double most = 2.2 * growth;
  EXPECT_LE(static_cast<double>(large.steps), most * static_cast<double>(small.steps + 16));
  if (small.memory != 0) {
    EXPECT_LE(static_cast<double>(large.memory), most * static_cast<double>(small.memory + 4096));
  }
}

TEST(Work, GrowsLinearlyWithTypes) {
  expect_linear(
      [](int n) {
        return "(component " +
               repeat(n,
                      [](int i) {
                        return "(type (record (field \"a\" u8) (field \"" + name("f", i) +
                               "\" string)))";
                      }) +
               ")";
      },
      200);
}

TEST(Work, GrowsLinearlyWithFieldsCasesAndParameters) {
  expect_linear(
      [](int n) {
        auto field = [](int i) { return "(field \"" + name("f", i) + "\" u8)"; };
        auto each = [](int i) { return "(case \"" + name("c", i) + "\" string)"; };
        auto param = [](int i) { return "(param \"" + name("p", i) + "\" u8)"; };
        return "(component (type (record " + repeat(n, field) + ")) (type (variant " +
               repeat(n, each) + ")) (type (func " + repeat(n, param) + ")))";
      },
      100);
}

TEST(Work, GrowsLinearlyWithImportsAndExports) {
  expect_linear(
      [](int n) {
        return "(component " +
               repeat(n,
                      [](int i) {
                        return "(import \"" + name("f", i) + "\" (func $" + name("f", i) + "))" +
                               "(export \"" + name("e", i) + "\" (func $" + name("f", i) + "))";
                      }) +
               ")";
      },
      200);
}

TEST(Work, GrowsLinearlyWithInterfacesThatHaveResources) {
  expect_linear(
      [](int n) {
        return "(component " +
               repeat(n,
                      [](int i) {
                        std::string interface = "\"a:b/" + name("i", i) + "\"";
                        std::string id = "$" + name("i", i);
                        return "(import " + interface + " (instance " + id +
                               " (export \"r\" (type $r (sub resource)))"
                               " (export \"f\" (func (param \"x\" (borrow $r))))))"
                               "(alias export " +
                               id + " \"r\" (type)) (alias export " + id + " \"f\" (func))";
                      }) +
               ")";
      },
      100);
}

TEST(Work, GrowsLinearlyWithInstantiations) {
  expect_linear(
      [](int n) {
        return "(component (import \"f\" (func $f)) "
               "(component $c (import \"f\" (func $f)) (type $r (resource (rep i32)))"
               " (export \"r\" (type $r)) (export \"g\" (func $f)))" +
               repeat(n, [](int) { return "(instance (instantiate $c (with \"f\" (func $f))))"; }) +
               ")";
      },
      100);
}

TEST(Work, GrowsLinearlyWithNestedComponentsAndOuterAliases) {
  expect_linear(
      [](int n) {
        return "(component (type $t (list u8)) " +
               repeat(n,
                      [](int) {
                        return "(component (alias outer 1 $t (type $u)) (import \"f\" (func (param "
                               "\"x\" "
                               "$u))))";
                      }) +
               ")";
      },
      100);
}

TEST(Work, GrowsLinearlyWithCoreModulesAndInstances) {
  expect_linear(
      [](int n) {
        return "(component " +
               repeat(n,
                      [](int i) {
                        std::string id = name("$m", i);
                        return "(core module " + id + " (func (export \"f\"))) (core instance " +
                               id + " (instantiate " + id + ")) (func (export \"" + name("f", i) +
                               "\") (canon lift (core func " + id + " \"f\")))";
                      }) +
               ")";
      },
      100);
}

// Types that name each other twice would be exponentially large written out.
TEST(Work, EndsAtALimitWhereTypesWouldGrowExponentially) {
  std::string text = "(component (type $t0 (instance (export \"r\" (type (sub resource)))))";
  for (int i = 1; i < 60; ++i) {
    std::string before = name("$t", i - 1);
    text += "(type " + name("$t", i) + " (instance (export \"a\" (instance (type " + before +
            "))) (export \"b\" (instance (type " + before + ")))))";
  }
  text += "(import \"i\" (instance (type $t59))))";
  Result<Bytes> wasm = engine::assemble(text);
  ASSERT_TRUE(wasm.ok()) << wasm.error().message;
  Result<Decoded> decoded = decode(wasm->span());
  ASSERT_FALSE(decoded.ok());
  EXPECT_NE(decoded.error().message.find("the types are too large"), std::string::npos)
      << decoded.error().message;
}

}  // namespace
}  // namespace weir::component
