#include "component/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/decode.h"
#include "engine/module.h"

namespace weir::component {
namespace {

using testing::HasSubstr;

Result<Plan> link_text(std::string_view wat, const Linker& host, const LinkOptions& options = {}) {
  Bytes bytes = WEIR_TRY(engine::assemble(wat));
  Decoded decoded = WEIR_TRY(decode(bytes.span()));
  return link(decoded, host, options);
}

class Adder {
 public:
  OrTrap<uint32_t> add(Call&, uint32_t a, uint32_t b) { return a + b; }
};

void link_adder(Linker& linker, std::string_view name) {
  linker.interface<Adder>(name, nullptr).function<&Adder::add>("add");
}

constexpr const char* kUsesAdd = R"((component
  (import "test:math/adder@0.2.3" (instance $i
    (export "add" (func (param "a" u32) (param "b" u32) (result u32)))))
  (core module $m
    (import "h" "add" (func $add (param i32 i32) (result i32)))
    (func (export "run") (result i32) (call $add (i32.const 1) (i32.const 2))))
  (core func $add (canon lower (func $i "add")))
  (core instance $mi (instantiate $m (with "h" (instance (export "add" (func $add))))))
  (func (export "run") (result u32) (canon lift (core func $mi "run")))))";

TEST(Link, ListsWhatAMissingInterfaceIsImportedFor) {
  Linker host;
  Result<Plan> plan = link_text(kUsesAdd, host);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message,
              HasSubstr("`test:math/adder@0.2.3` is missing (imported for `add`)"));
  EXPECT_THAT(plan.error().message, HasSubstr("--unknown-imports trap"));
}

TEST(Link, SaysWhichOtherVersionTheHostHas) {
  Linker host;
  link_adder(host, "test:math/adder@0.3.0");
  Result<Plan> plan = link_text(kUsesAdd, host);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("the host has `test:math/adder@0.3.0`"));
}

TEST(Link, TakesACompatibleVersionOlderOrNewer) {
  for (const char* name : {"test:math/adder@0.2.0", "test:math/adder@0.2.12"}) {
    Linker host;
    link_adder(host, name);
    Result<Plan> plan = link_text(kUsesAdd, host);
    ASSERT_TRUE(plan.ok()) << plan.error().message;
    ASSERT_EQ(plan->lowered.size(), 1u);
    const auto& call = std::get<LoweredCall>(plan->lowered[0].what);
    EXPECT_EQ(std::get<const HostFunction*>(call.callee)->name(), "add");
    EXPECT_EQ(call.signature.params.size(), 2u);
    ASSERT_EQ(plan->exported.size(), 1u);
    EXPECT_EQ(plan->exported[0].name, "run");
    EXPECT_EQ(plan->core_instances.size(), 1u);
    EXPECT_EQ(plan->store_count, 1u);
    EXPECT_TRUE(plan->direct);
  }
}

TEST(Link, ComparesTypesWithTheHost) {
  Linker host;
  link_adder(host, "test:math/adder@0.2.0");
  Result<Plan> plan = link_text(R"((component
    (import "test:math/adder@0.2.3" (instance $i
      (export "add" (func (param "a" u32) (param "b" u64) (result u32)))))))",
                                host);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message,
              HasSubstr("the component expects func(a: u32, b: u64) -> u32, the host has "
                        "func(u32, u32) -> u32"));
}

TEST(Link, BindsUnknownImportsToTrapsWhenAsked) {
  Linker host;
  Result<Plan> plan = link_text(kUsesAdd, host, {.unknown_imports_trap = true});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->unknown_imports.size(), 1u);
  EXPECT_EQ(plan->unknown_imports[0], "test:math/adder@0.2.3.add");
  const auto& call = std::get<LoweredCall>(plan->lowered[0].what);
  EXPECT_TRUE(std::holds_alternative<UnknownFunction>(call.callee));
}

TEST(Link, NotesWhatIsAsynchronous) {
  Linker host;
  Result<Plan> plan = link_text(R"((component (core func (canon backpressure.inc))))", host);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_TRUE(plan->uses_async);
  plan = link_text("(component)", host);
  ASSERT_TRUE(plan.ok());
  EXPECT_FALSE(plan->uses_async);
}

TEST(Link, GivesEachInstantiationResourcesOfItsOwn) {
  Linker host;
  Result<Plan> plan = link_text(R"((component
    (component $c
      (type $r (resource (rep i32)))
      (core func $new (canon resource.new $r))
      (core module $m (import "" "new" (func (param i32) (result i32))))
      (core instance (instantiate $m (with "" (instance (export "new" (func $new))))))
      (export "r" (type $r)))
    (instance $a (instantiate $c))
    (instance $b (instantiate $c))))",
                                host);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->resources.size(), 2u);
  EXPECT_EQ(plan->store_count, 2u);
  ASSERT_EQ(plan->lowered.size(), 2u);
  EXPECT_NE(std::get<BuiltinCall>(plan->lowered[0].what).resource,
            std::get<BuiltinCall>(plan->lowered[1].what).resource);
}

TEST(Link, JoinsComponentsInsideOfOne) {
  Linker host;
  Result<Plan> plan = link_text(R"((component
    (component $a
      (core module $m (func (export "f") (result i32) (i32.const 7)))
      (core instance $i (instantiate $m))
      (func (export "f") (result u32) (canon lift (core func $i "f"))))
    (component $b
      (import "f" (func $f (result u32)))
      (core func $l (canon lower (func $f)))
      (core module $m (import "" "f" (func $f (result i32)))
        (func (export "g") (result i32) (call $f)))
      (core instance $i (instantiate $m (with "" (instance (export "f" (func $l))))))
      (func (export "g") (result u32) (canon lift (core func $i "g"))))
    (instance $ai (instantiate $a))
    (instance $bi (instantiate $b (with "f" (func $ai "f"))))
    (export "g" (func $bi "g"))))",
                                host);
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  ASSERT_EQ(plan->lowered.size(), 1u);
  const auto& call = std::get<LoweredCall>(plan->lowered[0].what);
  ASSERT_TRUE(std::holds_alternative<LiftedId>(call.callee));
  const Lifted& callee = plan->lifted[std::get<LiftedId>(call.callee).index];
  EXPECT_NE(callee.options.instance, plan->lowered[0].options.instance);
}

TEST(Link, RefusesComponentsThatMultiply) {
  std::string wat =
      R"((component (component $c0 (core module $m) (core instance (instantiate $m))))";
  for (int i = 1; i < 30; ++i) {
    std::string before = std::to_string(i - 1);
    wat += "(component $c" + std::to_string(i) + " (alias outer 1 $c" + before +
           " (component $c)) (instance (instantiate $c)) (instance (instantiate $c)))";
  }
  wat += "(instance (instantiate $c29)))";
  Linker host;
  Result<Plan> plan = link_text(wat, host);
  ASSERT_FALSE(plan.ok());
  EXPECT_THAT(plan.error().message, HasSubstr("more than"));
}

// What toolchains emit: main's imports go through a table that is filled once main's memory exists.
std::string shimmed(const char* start) {
  return std::string(R"((component
  (import "f" (func $f (param "s" string)))
  (core module $main
    (import "h" "f" (func $f (param i32 i32)))
    (memory (export "mem") 1)
    (func (export "init"))
    (func $run (export "run") (call $f (i32.const 0) (i32.const 0)))
    )") + start +
         R"()
  (core module $shim
    (type $t (func (param i32 i32)))
    (table (export "$imports") 1 1 funcref)
    (func (export "0") (type $t)
      (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $fixups
    (import "" "0" (func $0 (param i32 i32)))
    (import "" "init" (func $init))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $0)
    (start $init))
  (core instance $s (instantiate $shim))
  (core instance $m (instantiate $main (with "h" (instance (export "f" (func $s "0"))))))
  (alias core export $m "mem" (core memory $mem))
  (core func $l (canon lower (func $f) (memory $mem)))
  (core instance (instantiate $fixups (with "" (instance
    (export "0" (func $l)) (export "init" (func $m "init"))
    (export "$imports" (table $s "$imports"))))))
  (func (export "run") (canon lift (core func $m "run")))))";
}

TEST(DirectRoute, BindsImportsPastTheirShim) {
  Linker host;
  Result<Plan> plan = link_text(shimmed(""), host, {.unknown_imports_trap = true});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_TRUE(plan->direct);
  ASSERT_EQ(plan->core_instances.size(), 1u);
  size_t starts = 0;
  for (const Step& step : plan->steps) {
    if (const auto* instantiation = std::get_if<InstantiateStep>(&step)) {
      ASSERT_EQ(instantiation->imports.size(), 1u);
      EXPECT_TRUE(std::holds_alternative<LoweredId>(instantiation->imports[0]));
    }
    // What the fixups' start section named is a function of main.
    if (const auto* start = std::get_if<StartStep>(&step)) {
      ++starts;
      EXPECT_EQ(start->function.instance.index, 0u);
      EXPECT_EQ(start->function.index, 1u);
    }
  }
  EXPECT_EQ(starts, 1u);
}

TEST(DirectRoute, LeavesItAsItIsWhenForced) {
  Linker host;
  Result<Plan> plan =
      link_text(shimmed(""), host, {.unknown_imports_trap = true, .force_general = true});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_FALSE(plan->direct);
  EXPECT_EQ(plan->general_reason, "forced");
  EXPECT_EQ(plan->core_instances.size(), 3u);
}

TEST(DirectRoute, IsNotTakenWhereAStartFunctionRunsBeforeTheTableIsFilled) {
  Linker host;
  Result<Plan> plan = link_text(shimmed("(start $run)"), host, {.unknown_imports_trap = true});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_FALSE(plan->direct);
  EXPECT_EQ(plan->core_instances.size(), 3u);
  EXPECT_THAT(plan->general_reason, HasSubstr("start function"));
}

}  // namespace
}  // namespace weir::component
