#include "engine/store.h"

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::compile;
using testing::Guest;
using testing::make_engine;
using testing::Program;
using testing::Request;

TEST(Store, LinksInstancesByTheirExports) {
  auto engine = make_engine();
  Module library = compile(*engine, R"((module
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global (export "global") (mut i32) (i32.const 41))
    (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))))");
  Module user = compile(*engine, R"((module
    (import "l" "memory" (memory 1))
    (import "l" "table" (table 4 funcref))
    (import "l" "global" (global $g (mut i32)))
    (import "l" "twice" (func $twice (param i32) (result i32)))
    (import "h" "host" (func $host (param i32) (result i32)))
    (func (export "run") (param i32) (result i32)
      (global.set $g (i32.const 6))
      (i32.store8 (i32.const 9) (i32.const 77))
      (call_indirect (param i32) (result i32) (call $twice (call $host (local.get 0))) (i32.const 2)))))");
  HostFuncs functions(*engine);
  testing::Host add_one = [](Store&, int32_t& value) -> Trap {
    value++;
    return {};
  };
  uint32_t id = functions.define(testing::i32_to_i32(), testing::call_host, &add_one);

  Store store(*engine, nullptr);
  auto first = store.instantiate(library, {});
  ASSERT_TRUE(first.ok());
  auto item = [&](std::string_view name) { return store.get(*first, library.find_export(name)); };
  Table table = item("table").table;
  EXPECT_FALSE(store.table_get(table, 2));
  EXPECT_FALSE(store.table_get(table, 99));
  EXPECT_TRUE(store.table_set(table, 2, item("twice").func));
  EXPECT_FALSE(store.table_set(table, 4, item("twice").func));
  EXPECT_TRUE(store.table_get(table, 2));
  EXPECT_EQ(store.table_size(table), 4u);
  EXPECT_EQ(store.global_get_i32(item("global").global), 41);
  store.global_set_i32(item("global").global, 5);
  EXPECT_EQ(store.global_get_i32(item("global").global), 5);

  Extern imports[] = {item("memory"), item("table"), item("global"), item("twice"),
                      store.host_func(functions, id)};
  auto second = store.instantiate(user, imports);
  ASSERT_TRUE(second.ok());
  struct Body : FiberBody {
    void run(Fiber& fiber) override { trap = store->call(fiber, func, &value, 1); }
    Store* store;
    Func func;
    Raw value;
    Trap trap;
  } body;
  body.store = &store;
  body.func = store.get_func(*second, user.find_export("run"));
  body.value.i32 = 10;
  Fiber fiber(store, body);
  EXPECT_EQ(fiber.resume(), Fiber::Progress::done);
  EXPECT_FALSE(body.trap);
  EXPECT_EQ(body.value.i32, 44);
  EXPECT_EQ(store.global_get_i32(item("global").global), 6);
  EXPECT_EQ(Memory(store, item("memory").memory).bytes()[9], 77);
}

TEST(Store, RefusesImportsThatDoNotFit) {
  auto engine = make_engine();
  Module user = compile(*engine, "(module (import \"a\" \"f\" (func (param i64))))");
  HostFuncs functions(*engine);
  uint32_t id = functions.define(testing::i32_to_i32(), testing::call_host, nullptr);
  Store store(*engine, nullptr);
  Extern wrong[] = {store.host_func(functions, id)};
  auto made = store.instantiate(user, wrong);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().kind(), Trap::Kind::host);
  EXPECT_FALSE(store.instantiate(user, {}).ok());
}

TEST(Store, CallsHostFunctionsWithAllKindsOfValues) {
  auto engine = make_engine();
  static bool seen = false;
  HostFn check = [](const void* env, Store& store, Raw* v, size_t count) noexcept -> Trap {
    EXPECT_EQ(count, 5u);
    EXPECT_EQ(v[0].i32, -7);
    EXPECT_EQ(v[1].i64, 5000000000);
    EXPECT_EQ(v[2].f32, 1.5f);
    EXPECT_EQ(v[3].f64, -2.25);
    EXPECT_EQ(v[4].i32, 12);
    EXPECT_EQ(*static_cast<const int*>(env), 99);
    EXPECT_EQ(store.owner(), &seen);
    seen = true;
    v[0].f64 = 8.0;
    v[1].i64 = -1;
    return {};
  };
  Module plain = compile(*engine, R"((module
    (import "h" "f" (func $f (param i32 i64 f32 f64 i32) (result f64 i64)))
    (func (export "run") (param i32) (result i32) (local i64)
      (call $f (i32.const -7) (i64.const 5000000000) (f32.const 1.5) (f64.const -2.25) (local.get 0))
      (local.set 1) (i32.trunc_f64_s)
      (i32.add (i32.wrap_i64 (local.get 1))))))");
  int env = 99;
  HostFuncs functions(*engine);
  uint32_t id =
      functions.define({{ValType::i32, ValType::i64, ValType::f32, ValType::f64, ValType::i32},
                        {ValType::f64, ValType::i64}},
                       check, &env);
  auto pre = InstancePre::prepare(*engine, plain, functions, {{id}});
  ASSERT_TRUE(pre.ok());
  Store store(*engine, &seen);
  auto instance = store.instantiate(*pre);
  ASSERT_TRUE(instance.ok());
  struct Body : FiberBody {
    void run(Fiber& fiber) override { trap = store->call(fiber, func, &value, 1); }
    Store* store;
    Func func;
    Raw value;
    Trap trap;
  } body;
  body.store = &store;
  body.func = store.get_func(*instance, plain.find_export("run"));
  body.value.i32 = 12;
  Fiber fiber(store, body);
  fiber.resume();
  EXPECT_FALSE(body.trap);
  EXPECT_TRUE(seen);
  EXPECT_EQ(body.value.i32, 7);
}

TEST(Store, RefusesToInstantiateOnItsOwnFiberButNotOnAnothers) {
  auto engine = make_engine();
  bool own_refused = false, other_made = false;
  const Program* self = nullptr;
  Program program(*engine, R"((module
    (import "h" "make" (func $make (param i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $make (local.get 0)))))",
                  {[&](Store& store, int32_t&) -> Trap {
                    own_refused = !store.instantiate(self->pre).ok();
                    Store other(*engine, nullptr);
                    other_made = other.instantiate(self->pre).ok();
                    return {};
                  }});
  self = &program;
  Guest guest(*engine, program);
  Request request(guest, "run", 0);
  request.finish();
  EXPECT_FALSE(request.trap);
  EXPECT_TRUE(own_refused);
  EXPECT_TRUE(other_made);
}

constexpr std::string_view trapper = R"((module $shop
  (import "h" "fail" (func $fail (param i32) (result i32)))
  (table 1 funcref)
  (func $inner (param i32) (result i32) (call $fail (local.get 0)))
  (func $outer (export "host") (param i32) (result i32) (call $inner (local.get 0)))
  (func $divide (export "divide") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (func $_ZN4shop3buyEi (export "mangled") (param i32) (result i32) (unreachable))
  (func $null (export "null") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
  (tag $t)
  (func $throw (export "throw") (param i32) (result i32) (throw $t))))";

struct Traps : ::testing::Test {
  Trap run(std::string_view name) {
    Guest guest(*engine, program);
    Request request(guest, name, 0);
    request.finish();
    return std::move(request.trap);
  }
  std::unique_ptr<Engine> engine = make_engine();
  Program program{*engine, trapper, {[](Store&, int32_t&) -> Trap {
                    return Trap(Trap::Kind::host, "no more apples");
                  }}};
};

TEST_F(Traps, OfHostFunctionsNameTheGuestsFunctions) {
  Trap trap = run("host");
  ASSERT_TRUE(trap);
  EXPECT_EQ(trap.kind(), Trap::Kind::host);
  EXPECT_EQ(trap.message(), "no more apples");
  ASSERT_EQ(trap.frames().size(), 2u);
  EXPECT_EQ(trap.frames()[0].function, "inner");
  EXPECT_EQ(trap.frames()[1].function, "outer");
  EXPECT_EQ(trap.frames()[0].module, "shop");
  EXPECT_NE(trap.describe().find("at inner in shop"), std::string::npos);
  trap.add_context("buying");
  EXPECT_EQ(trap.message(), "buying: no more apples");
}

TEST_F(Traps, OfGuestsSayWhy) {
  EXPECT_EQ(run("divide").code(), TrapCode::integer_division_by_zero);
  EXPECT_EQ(run("null").code(), TrapCode::indirect_call_to_null);
  Trap mangled = run("mangled");
  EXPECT_EQ(mangled.kind(), Trap::Kind::wasm);
  EXPECT_EQ(mangled.message(), "an unreachable instruction was executed");
  ASSERT_EQ(mangled.frames().size(), 1u);
  EXPECT_EQ(mangled.frames()[0].function, "shop::buy(int)");
}

TEST_F(Traps, OfUncaughtExceptionsSaySo) {
  Trap trap = run("throw");
  ASSERT_TRUE(trap);
  EXPECT_EQ(trap.kind(), Trap::Kind::wasm);
  EXPECT_EQ(trap.code(), TrapCode::uncaught_exception);
}

TEST(TrapValue, CarriesAnExitStatusThroughTheGuest) {
  auto engine = make_engine();
  Program program(*engine, trapper, {[](Store&, int32_t&) -> Trap { return Trap::exit(3); }});
  Guest guest(*engine, program);
  Request request(guest, "host", 0);
  request.finish();
  ASSERT_TRUE(request.trap);
  EXPECT_EQ(request.trap.kind(), Trap::Kind::exit);
  EXPECT_EQ(request.trap.status(), 3);
}

TEST(TrapValue, IsFalseWhenThereIsNone) {
  Trap none;
  EXPECT_FALSE(none);
  Trap some(Trap::Kind::host, "x");
  none = std::move(some);
  EXPECT_TRUE(none);
  EXPECT_FALSE(some);
  EXPECT_EQ(sizeof(Trap), sizeof(void*));
}

}  // namespace
}  // namespace weir::engine
