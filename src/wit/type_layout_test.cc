#include "wit/type_layout.h"

#include <gtest/gtest.h>

namespace weir::wit {
namespace {

using enum CoreType;

// A table and the layouts of its types.
struct Fixture {
  TypeTable types;
  TypeLayouts layouts{types};

  Type add(Shape shape) { return types.add({.shape = std::move(shape)}); }
  Type variant(std::vector<std::optional<Type>> payloads) {
    Variant v;
    for (size_t i = 0; i < payloads.size(); ++i) {
      v.cases.push_back({"c" + std::to_string(i), payloads[i], "", {}});
    }
    return add(std::move(v));
  }
  std::vector<CoreType> flat(Type type) {
    const FlatTypes& f = layouts.of(type).flat;
    return {f.types().begin(), f.types().end()};
  }
};

using List_ = std::vector<CoreType>;

TEST(TypeLayouts, PadsRecordsToTheirAlignment) {
  Fixture f;
  Type record =
      f.add(Record{{{"a", Prim::u8, "", {}}, {"b", Prim::u64, "", {}}, {"c", Prim::u16, "", {}}}});
  EXPECT_EQ(f.layouts.of(record).layout, (Layout{24, 8}));
  EXPECT_EQ(f.layouts.field_offsets(record), (std::vector<uint64_t>{0, 8, 16}));
  EXPECT_EQ(f.flat(record), (List_{i32, i64, i32}));
}

TEST(TypeLayouts, JoinsTheFlatTypesOfCases) {
  Fixture f;
  Type both = f.add(Tuple{{Prim::f32, Prim::u64}});
  Type variant = f.variant({std::nullopt, both, Prim::string, Prim::f32});
  EXPECT_EQ(f.flat(variant), (List_{i32, i32, i64}));
  EXPECT_EQ(f.layouts.of(variant).layout, (Layout{24, 8}));
  EXPECT_EQ(f.layouts.payload_offset(variant), 8u);
  EXPECT_EQ(f.flat(f.variant({Prim::f32, Prim::f64})), (List_{i32, i64}));
  EXPECT_EQ(f.flat(f.variant({Prim::f64, Prim::f64})), (List_{i32, f64}));
}

TEST(TypeLayouts, GrowsTheDiscriminantWithTheNumberOfCases) {
  Fixture f;
  auto size_of_enum = [&](size_t count) {
    Enum e;
    e.cases.resize(count);
    return f.layouts.of(f.add(std::move(e))).layout;
  };
  EXPECT_EQ(size_of_enum(256), (Layout{1, 1}));
  EXPECT_EQ(size_of_enum(257), (Layout{2, 2}));
  EXPECT_EQ(size_of_enum(65536), (Layout{2, 2}));
  EXPECT_EQ(size_of_enum(65537), (Layout{4, 4}));
}

TEST(TypeLayouts, StoresFlagsInOneTwoOrFourBytes) {
  Fixture f;
  auto flags = [&](size_t count) {
    Flags s;
    s.flags.resize(count);
    return f.layouts.of(f.add(std::move(s)));
  };
  EXPECT_EQ(flags(8).layout, (Layout{1, 1}));
  EXPECT_EQ(flags(9).layout, (Layout{2, 2}));
  EXPECT_EQ(flags(17).layout, (Layout{4, 4}));
  EXPECT_EQ(flags(32).layout, (Layout{4, 4}));
  EXPECT_EQ(flags(32).flat.size(), 1u);
}

TEST(TypeLayouts, LaysOptionsAndResultsOutAsVariants) {
  Fixture f;
  EXPECT_EQ(f.layouts.of(f.add(Option{Prim::u64})).layout, (Layout{16, 8}));
  EXPECT_EQ(f.layouts.of(f.add(Option{Prim::u8})).layout, (Layout{2, 1}));
  EXPECT_EQ(f.layouts.of(f.add(ResultType{})).layout, (Layout{1, 1}));
  EXPECT_EQ(f.flat(f.add(ResultType{{}, Prim::string})), (List_{i32, i32, i32}));
}

TEST(TypeLayouts, SaturatesInsteadOfOverflowing) {
  Fixture f;
  Type type = Prim::u64;
  for (int i = 0; i < 80; ++i) type = f.add(Tuple{{type, type}});
  EXPECT_EQ(f.layouts.of(type).layout.size, UINT64_MAX);
  EXPECT_TRUE(f.layouts.of(type).flat.overflow());
  Type list = f.add(FixedList{type, UINT32_MAX});
  EXPECT_EQ(f.layouts.of(list).layout.size, UINT64_MAX);
}

TEST(TypeLayouts, RepeatsTheElementsOfAFixedList) {
  Fixture f;
  Type list = f.add(FixedList{Prim::u16, 3});
  EXPECT_EQ(f.layouts.of(list).layout, (Layout{6, 2}));
  EXPECT_EQ(f.flat(list), (List_{i32, i32, i32}));
  EXPECT_TRUE(f.layouts.of(f.add(FixedList{Prim::u8, 4'000'000'000})).flat.overflow());
}

TEST(TypeLayouts, FollowsAliases) {
  Fixture f;
  Type alias = f.add(Alias{f.add(Alias{Prim::f64})});
  EXPECT_EQ(f.layouts.of(alias).layout, (Layout{8, 8}));
  EXPECT_EQ(f.types.root(alias), Type(Prim::f64));
}

TEST(FlattenFunction, PassesTooManyParametersByPointer) {
  Fixture f;
  std::vector<Type> params(16, Prim::u32);
  auto at_limit = f.layouts.signature(params, {}, Direction::lift, CallAbi::sync);
  EXPECT_EQ(at_limit.params.size(), 16u);
  EXPECT_FALSE(at_limit.indirect_params);
  params.push_back(Prim::u32);
  auto over = f.layouts.signature(params, {}, Direction::lift, CallAbi::sync);
  EXPECT_EQ(over.params, List_{i32});
  EXPECT_TRUE(over.indirect_params);
}

TEST(FlattenFunction, ReturnsLargeResultsThroughMemory) {
  Fixture f;
  Type params[] = {Prim::u64};
  auto lift = f.layouts.signature(params, Prim::string, Direction::lift, CallAbi::sync);
  EXPECT_EQ(lift.params, List_{i64});
  EXPECT_EQ(lift.results, List_{i32});
  auto lower = f.layouts.signature(params, Prim::string, Direction::lower, CallAbi::sync);
  EXPECT_EQ(lower.params, (List_{i64, i32}));
  EXPECT_TRUE(lower.results.empty());
  auto direct = f.layouts.signature(params, Prim::f32, Direction::lower, CallAbi::sync);
  EXPECT_EQ(direct.results, List_{f32});
  EXPECT_FALSE(direct.indirect_result);
}

TEST(FlattenFunction, KnowsTheAsynchronousForms) {
  Fixture f;
  std::vector<Type> params(5, Prim::u32);
  auto lower = f.layouts.signature(params, Prim::u32, Direction::lower, CallAbi::async_callback);
  EXPECT_EQ(lower.params, (List_{i32, i32}));
  EXPECT_TRUE(lower.indirect_params);
  EXPECT_TRUE(lower.indirect_result);
  EXPECT_EQ(lower.results, List_{i32});
  auto lift = f.layouts.signature(params, Prim::string, Direction::lift, CallAbi::async_callback);
  EXPECT_EQ(lift.params.size(), 5u);
  EXPECT_EQ(lift.results, List_{i32});
  EXPECT_EQ(lift.task_return, (List_{i32, i32}));
  auto stackful = f.layouts.signature(params, {}, Direction::lift, CallAbi::async_stackful);
  EXPECT_TRUE(stackful.results.empty());
}

TEST(TypeTable, KnowsWhatHoldsHandles) {
  Fixture f;
  Type resource = f.add(Resource{});
  Type borrow = f.add(Borrow{resource.id()});
  Type own = f.add(Own{resource.id()});
  Type list = f.add(List{borrow});
  EXPECT_TRUE(f.types.contains_borrow(list));
  EXPECT_FALSE(f.types.contains_borrow(f.add(Option{own})));
  EXPECT_TRUE(f.types.contains_handle(f.add(Option{own})));
  EXPECT_FALSE(f.types.contains_handle(f.add(Option{Prim::u8})));
  EXPECT_TRUE(f.types.contains_handle(f.add(List{Prim::error_context})));
}

}  // namespace
}  // namespace weir::wit
