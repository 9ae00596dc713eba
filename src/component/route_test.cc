// The same components over the direct and the general route.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "component/testing/fixture.h"

namespace weir::component {
namespace {

using ::testing::HasSubstr;
using testing::link_text;
using testing::test_engine;
using testing::TestJob;

class Host {
 public:
  OrTrap<uint32_t> length(Call&, std::string_view text) {
    return static_cast<uint32_t>(text.size());
  }
  static uint64_t core_instances() { return test_engine().metrics().core_instances; }
};

Linker& host() {
  static Linker linker;
  static bool once = [] {
    auto interface = linker.interface<Host>("test:route/host", [](void*) -> Host& {
      static Host host;
      return host;
    });
    interface.function<&Host::length>("length");
    return true;
  }();
  (void)once;
  return linker;
}

// One instance; calls go to the exports of the component itself.
struct Served {
  Served(std::string_view text, bool general)
      : linked(link_text(text, host(), {.force_general = general})) {
    if (linked) instance.emplace(test_engine(), *linked, InstanceOptions{.executor = executor});
  }
  // The result, or why there is none.
  std::string call(std::string_view name) {
    std::string result;
    TestJob job([&](Instance& i) -> OrTrap<void> {
      result = std::to_string(WEIR_TRY_TRAP((i.call<uint32_t>(*linked->find("", name)))));
      return {};
    });
    instance->start(job);
    while (!job.ended && executor.drain() > 0) {
    }
    EXPECT_TRUE(job.ended);
    return job.trap ? job.message() : result;
  }
  const Plan& plan() const { return linked->plan(); }

  ManualExecutor executor;
  std::shared_ptr<const Linked> linked;
  std::optional<Instance> instance;
};

// What toolchains make of a guest for an older interface: `old` is answered by an adapter that
// works on the guest's memory and calls the host, all by way of a table that is filled at the end.
std::string adapted(const char* adapter_data = "", const char* main_start = "") {
  return std::string(R"((component
  (import "test:route/host" (instance $host
    (export "length" (func (param "text" string) (result u32)))))
  (core module $main
    (import "preview1" "old" (func $old (param i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func $used (export "used") (result i32) (i32.add (call $old (i32.const 3)) (call $old (i32.const 5))))
    (func (export "unused") (result i32) (local $i i32)
      (loop (br_if 0 (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 9))))
      (local.get $i))
    )") + main_start +
         R"()
  (core module $adapter
    (import "env" "memory" (memory 0))
    (import "host" "length" (func $length (param i32 i32) (result i32)))
    (global $calls (mut i32) (i32.const 0))
    )" + adapter_data +
         R"(
    (func (export "old") (param i32) (result i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 100)))
      (i32.store (i32.const 0) (i32.const 0x61616161))
      (i32.add (global.get $calls) (call $length (i32.const 0) (local.get 0)))))
  (core module $shim
    (type $a (func (param i32) (result i32)))
    (type $b (func (param i32 i32) (result i32)))
    (table (export "$imports") 2 2 funcref)
    (func (export "0") (type $a) (call_indirect (type $a) (local.get 0) (i32.const 0)))
    (func (export "1") (type $b) (call_indirect (type $b) (local.get 0) (local.get 1) (i32.const 1))))
  (core module $fixups
    (import "" "0" (func $0 (param i32) (result i32)))
    (import "" "1" (func $1 (param i32 i32) (result i32)))
    (import "" "$imports" (table 2 2 funcref))
    (elem (i32.const 0) func $0 $1))
  (core instance $s (instantiate $shim))
  (core instance $m (instantiate $main
    (with "preview1" (instance (export "old" (func $s "0"))))))
  (alias core export $m "memory" (core memory $mem))
  (core func $l (canon lower (func $host "length") (memory $mem)))
  (core instance $a (instantiate $adapter
    (with "env" (instance (export "memory" (memory $mem))))
    (with "host" (instance (export "length" (func $s "1"))))))
  (core instance (instantiate $fixups (with "" (instance
    (export "0" (func $a "old")) (export "1" (func $l))
    (export "$imports" (table $s "$imports"))))))
  (func (export "used") (result u32) (canon lift (core func $m "used")))
  (func (export "unused") (result u32) (canon lift (core func $m "unused")))))";
}

TEST(DirectRoute, InstantiatesAnAdapterWhenItIsFirstCalled) {
  Served direct(adapted(), false), general(adapted(), true);
  EXPECT_TRUE(direct.plan().direct) << direct.plan().general_reason;
  ASSERT_EQ(direct.plan().deferred.size(), 1u);
  EXPECT_EQ(direct.plan().core_instances.size(), 2u);
  EXPECT_EQ(general.plan().core_instances.size(), 4u);
  uint64_t before = Host::core_instances();
  EXPECT_EQ(direct.call("unused"), "9");
  EXPECT_EQ(Host::core_instances(), before + 1);
  EXPECT_EQ(direct.call("used"), "308");
  EXPECT_EQ(Host::core_instances(), before + 2);
  EXPECT_EQ(direct.call("used"), "708");
  EXPECT_EQ(general.call("unused"), "9");
  EXPECT_EQ(general.call("used"), "308");
  EXPECT_EQ(general.call("used"), "708");
}

TEST(DirectRoute, InstantiatesAnAdapterAtOnceIfThatCanBeSeen) {
  std::string text = adapted("(data (i32.const 8) \"seen\")");
  Served direct(text, false), general(text, true);
  EXPECT_TRUE(direct.plan().direct) << direct.plan().general_reason;
  EXPECT_TRUE(direct.plan().deferred.empty());
  EXPECT_EQ(direct.call("used"), general.call("used"));
}

TEST(DirectRoute, TrapsInAStartFunctionThatCallsTheAdapterTooEarlyAsTheShimDoes) {
  std::string text = adapted("", "(func $begin (drop (call $used))) (start $begin)");
  Served direct(text, false), general(text, true);
  EXPECT_FALSE(direct.plan().direct);
  EXPECT_THAT(direct.plan().general_reason, HasSubstr("start function"));
  std::string message = direct.call("unused");
  EXPECT_NE(message, "9");
  EXPECT_EQ(message, general.call("unused"));
}

// Stubs by way of globals, which a start function fills before it initialises the guest.
constexpr const char* kGlobals = R"((component
  (import "test:route/host" (instance $host
    (export "length" (func (param "text" string) (result u32)))))
  (core module $main
    (import "h" "length" (func $length (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (global $ready (mut i32) (i32.const 0))
    (func (export "init")
      (global.set $ready (call $length (i32.const 0) (i32.const 40))))
    (func (export "run") (result i32)
      (i32.add (global.get $ready) (call $length (i32.const 0) (i32.const 2)))))
  (core module $shim
    (type $t (func (param i32 i32) (result i32)))
    (func $trap (type $t) unreachable)
    (global (export "g0") (mut (ref $t)) (ref.func $trap))
    (func (export "0") (type $t)
      (return_call_ref $t (local.get 0) (local.get 1) (global.get 0))))
  (core module $fixups
    (type $t (func (param i32 i32) (result i32)))
    (import "" "0" (func $0 (type $t)))
    (import "" "init" (func $init))
    (import "" "g0" (global $g (mut (ref $t))))
    (elem declare func $0)
    (func $start (global.set $g (ref.func $0)) (call $init))
    (start $start))
  (core instance $s (instantiate $shim))
  (core instance $m (instantiate $main (with "h" (instance (export "length" (func $s "0"))))))
  (alias core export $m "memory" (core memory $mem))
  (core func $l (canon lower (func $host "length") (memory $mem)))
  (core instance (instantiate $fixups (with "" (instance
    (export "0" (func $l)) (export "init" (func $m "init")) (export "g0" (global $s "g0"))))))
  (func (export "run") (result u32) (canon lift (core func $m "run")))))";

TEST(DirectRoute, BindsImportsPastStubsThatCallWhatAGlobalHolds) {
  Served direct(kGlobals, false), general(kGlobals, true);
  EXPECT_TRUE(direct.plan().direct) << direct.plan().general_reason;
  EXPECT_EQ(direct.plan().core_instances.size(), 1u);
  EXPECT_EQ(direct.call("run"), "42");
  EXPECT_EQ(general.call("run"), "42");
}

// Exports are wrapped in the module that fills the table: it stays, and the guest is bound past it.
constexpr const char* kHooks = R"((component
  (import "test:route/host" (instance $host
    (export "length" (func (param "text" string) (result u32)))))
  (core module $main
    (import "h" "length" (func $length (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (global $hooks (mut i32) (i32.const 0))
    (func (export "hook") (param i32)
      (global.set $hooks (i32.add (i32.mul (global.get $hooks) (i32.const 10)) (local.get 0))))
    (func (export "run") (result i32)
      (i32.add (global.get $hooks) (call $length (i32.const 0) (i32.const 2)))))
  (core module $shim
    (type $t (func (param i32 i32) (result i32)))
    (table (export "$imports") 1 1 funcref)
    (func (export "0") (type $t)
      (call_indirect (type $t) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $fixups
    (type $t (func (param i32 i32) (result i32)))
    (import "" "0" (func $0 (type $t)))
    (import "" "hook" (func $hook (param i32)))
    (import "" "run" (func $run (result i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $0)
    (func (export "hook0") (result i32)
      (call $hook (i32.const 4)) (call $run) (call $hook (i32.const 7))))
  (core instance $s (instantiate $shim))
  (core instance $m (instantiate $main (with "h" (instance (export "length" (func $s "0"))))))
  (alias core export $m "memory" (core memory $mem))
  (core func $l (canon lower (func $host "length") (memory $mem)))
  (core instance $f (instantiate $fixups (with "" (instance
    (export "0" (func $l)) (export "hook" (func $m "hook")) (export "run" (func $m "run"))
    (export "$imports" (table $s "$imports"))))))
  (func (export "run") (result u32) (canon lift (core func $f "hook0")))))";

TEST(DirectRoute, KeepsWrappersOfExportsAndBindsImportsAllTheSame) {
  Served direct(kHooks, false), general(kHooks, true);
  EXPECT_TRUE(direct.plan().direct) << direct.plan().general_reason;
  for (const Step& step : direct.plan().steps) {
    const auto* instantiation = std::get_if<InstantiateStep>(&step);
    if (!instantiation || instantiation->imports.size() != 1) continue;
    EXPECT_TRUE(std::holds_alternative<LoweredId>(instantiation->imports[0]));
  }
  EXPECT_EQ(direct.call("run"), "6");
  EXPECT_EQ(direct.call("run"), "476");
  EXPECT_EQ(general.call("run"), "6");
  EXPECT_EQ(general.call("run"), "476");
}

// Context slots lie in a module that comes after one which the direct route leaves out.
constexpr std::string_view with_slots = R"((component
  (import "test:route/host" (instance $host
    (export "length" (func (param "text" string) (result u32)))))
  (core module $shim
    (type $b (func (param i32 i32) (result i32)))
    (table (export "$imports") 1 1 funcref)
    (func (export "0") (type $b) (call_indirect (type $b) (local.get 0) (local.get 1) (i32.const 0))))
  (core module $fixups
    (import "" "0" (func $0 (param i32 i32) (result i32)))
    (import "" "$imports" (table 1 1 funcref))
    (elem (i32.const 0) func $0))
  (core module $main
    (import "host" "length" (func $length (param i32 i32) (result i32)))
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))
    (memory (export "memory") 1)
    (func (export "run") (result i32)
      (if (call $get) (then unreachable))
      (call $set (i32.const 40))
      (i32.add (call $get) (call $length (i32.const 0) (i32.const 2)))))
  (core instance $s (instantiate $shim))
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))
  (core instance $m (instantiate $main
    (with "host" (instance (export "length" (func $s "0"))))
    (with "" (instance (export "get" (func $get)) (export "set" (func $set))))))
  (core func $l (canon lower (func $host "length") (memory (core memory $m "memory"))))
  (core instance (instantiate $fixups (with "" (instance (export "0" (func $l))
    (export "$imports" (table $s "$imports"))))))
  (func (export "run") (result u32) (canon lift (core func $m "run")))))";

TEST(Route, FindsContextSlotsWhicheverModulesAreLeftOut) {
  for (bool general : {false, true}) {
    Served served(with_slots, general);
    ASSERT_TRUE(served.linked);
    EXPECT_EQ(served.plan().direct, !general);
    EXPECT_EQ(served.call("run"), "42");
    EXPECT_EQ(served.call("run"), "42");
  }
}

}  // namespace
}  // namespace weir::component
