// A reset instance is as good as new, and one that cannot be is not reset.

#include <array>
#include <random>

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::Guest;
using testing::make_engine;
using testing::Program;
using testing::Request;

int32_t run(Guest& guest, std::string_view name, int32_t argument = 0) {
  Request request(guest, name, argument);
  request.finish();
  EXPECT_FALSE(request.trap) << name << ": " << request.trap.describe();
  return request.value;
}

constexpr std::string_view everything = R"((module
  (memory (export "memory") 2 20)
  (data (i32.const 8192) "image")
  (data $passive "passive")
  (table $t 3 10 funcref)
  (elem (i32.const 1) func $seven)
  (global $g (mut i32) (i32.const 41))
  (global $v (mut v128) (v128.const i32x4 1 2 3 4))
  (func $seven (result i32) (i32.const 7))
  (func (export "change") (param i32) (result i32)
    (i32.store (i32.const 8192) (i32.const 0))
    (drop (memory.grow (i32.const 3)))
    (i32.store (i32.const 300000) (i32.const -1))
    (data.drop $passive)
    (drop (table.grow $t (ref.func $seven) (i32.const 4)))
    (table.set $t (i32.const 0) (ref.func $seven))
    (table.set $t (i32.const 1) (ref.null func))
    (global.set $g (i32.const 5))
    (global.set $v (v128.const i32x4 0 0 0 0))
    (i32.const 0))
  (func (export "pages") (param i32) (result i32) (memory.size))
  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "elements") (param i32) (result i32) (table.size $t))
  (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
  (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
  (func (export "global") (param i32) (result i32) (global.get $g))
  (func (export "vector") (param i32) (result i32) (i32x4.extract_lane 2 (global.get $v)))
  (func (export "passive") (param i32) (result i32)
    (memory.init $passive (local.get 0) (i32.const 0) (i32.const 7))
    (i32.load8_u (local.get 0)))
  (func (export "fail") (param i32) (result i32) unreachable)))";

void expect_new(Guest& guest) {
  EXPECT_EQ(run(guest, "pages"), 2);
  EXPECT_EQ(run(guest, "load", 8192), 0x67616d69);
  EXPECT_EQ(run(guest, "elements"), 3);
  EXPECT_EQ(run(guest, "is_null", 0), 1);
  EXPECT_EQ(run(guest, "call", 1), 7);
  EXPECT_EQ(run(guest, "is_null", 2), 1);
  EXPECT_EQ(run(guest, "global"), 41);
  EXPECT_EQ(run(guest, "vector"), 3);
  EXPECT_EQ(run(guest, "passive", 100), 'p');
}

TEST(AResetStore, HasTheMemoriesTablesGlobalsAndSegmentsThatItBeganWith) {
  auto engine = make_engine();
  Program program(*engine, everything);
  Guest guest(*engine, program);
  Memory memory = guest.memory();
  for (int i = 0; i < 3; i++) {
    expect_new(guest);
    run(guest, "change");
    EXPECT_EQ(memory.size(), size_t{5} << 16);
    ASSERT_TRUE(guest.store.reset());
    EXPECT_EQ(memory.size(), size_t{2} << 16);
    // What grew is empty when it comes back, and out of reach until then.
    EXPECT_EQ(run(guest, "grow", 3), 2);
    EXPECT_EQ(run(guest, "load", 300000), 0);
    ASSERT_TRUE(guest.store.reset());
  }
  Request outside(guest, "load", 300000);
  outside.finish();
  EXPECT_EQ(outside.trap.code(), TrapCode::memory_out_of_bounds);
  EXPECT_FALSE(guest.store.reset());
}

TEST(AResetStore, GivesBackTheMemoryThatItTookOfItsLimit) {
  auto engine = make_engine();
  Program program(*engine, everything);
  MemoryLimit limit(size_t{5} << 16);
  Guest guest(*engine, program, nullptr, &limit);
  EXPECT_EQ(limit.used(), size_t{2} << 16);
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(run(guest, "grow", 3), 2);
    EXPECT_EQ(limit.used(), size_t{5} << 16);
    ASSERT_TRUE(guest.store.reset());
    EXPECT_EQ(limit.used(), size_t{2} << 16);
  }
}

TEST(AResetStore, IsOneThatHasNotTrapped) {
  auto engine = make_engine();
  Program program(*engine, everything);
  Guest guest(*engine, program);
  Request request(guest, "fail", 0);
  request.finish();
  EXPECT_EQ(request.trap.code(), TrapCode::unreachable);
  EXPECT_FALSE(guest.store.reset());
}

TEST(AResetStore, HasTheTablesAndGlobalsThatTheEngineFilledByCode) {
  auto engine = make_engine();
  Module owner = testing::compile(*engine, R"((module
    (table (export "table") 4 10 funcref)
    (memory (export "memory") 1)
    (global (export "base") i32 (i32.const 2))
    (func $one (result i32) (i32.const 1))
    (elem (i32.const 0) func $one)))");
  Module user = testing::compile(*engine, R"((module
    (import "o" "table" (table $t 4 funcref))
    (import "o" "base" (global $base i32))
    (global $g (mut i32) (i32.add (global.get $base) (i32.const 40)))
    (func $two (result i32) (i32.const 2))
    (elem (global.get $base) func $two $two)
    (func (export "change") (param i32) (result i32)
      (table.set $t (i32.const 0) (ref.null func))
      (table.set $t (i32.const 1) (ref.func $two))
      (table.set $t (i32.const 3) (ref.null func))
      (drop (table.grow $t (ref.func $two) (i32.const 3)))
      (global.set $g (i32.const 0))
      (i32.const 0))
    (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
    (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get $t (local.get 0))))
    (func (export "elements") (param i32) (result i32) (table.size $t))
    (func (export "global") (param i32) (result i32) (global.get $g))))");
  for (bool noted : {true, false}) {
    Store store(*engine, nullptr);
    auto first = store.instantiate(owner, {});
    ASSERT_TRUE(first.ok());
    Extern imports[] = {store.get(*first, owner.find_export("table")),
                        store.get(*first, owner.find_export("base"))};
    auto second = store.instantiate(user, imports);
    ASSERT_TRUE(second.ok()) << second.error().describe();
    if (noted) store.note_start();
    struct Body : FiberBody {
      void run(Fiber& fiber) override { trap = store->call(fiber, func, &value, 1); }
      Store* store = nullptr;
      Func func;
      Raw value;
      Trap trap;
    };
    auto run = [&](std::string_view name, int32_t argument = 0) {
      Body body;
      body.store = &store;
      body.func = store.get_func(*second, user.find_export(name));
      body.value.i32 = argument;
      Fiber fiber(store, body);
      while (fiber.resume() != Fiber::Progress::done) {
      }
      EXPECT_FALSE(body.trap) << body.trap.describe();
      return body.value.i32;
    };
    for (int i = 0; i < 3; i++) {
      EXPECT_EQ(run("call", 0), 1);
      EXPECT_EQ(run("is_null", 1), 1);
      EXPECT_EQ(run("call", 2), 2);
      EXPECT_EQ(run("call", 3), 2);
      EXPECT_EQ(run("elements"), 4);
      EXPECT_EQ(run("global"), 42);
      run("change");
      EXPECT_EQ(store.reset(), noted);
      if (!noted) break;
    }
  }
}

TEST(AResetStore, HasNothingElseThatTheEngineInitialisesByCode) {
  auto engine = make_engine();
  for (std::string_view text :
       {R"((module (memory (export "memory") 1) (table 1 funcref) (elem $e func $f)
             (func $f (export "one") (param i32) (result i32) (elem.drop $e) (local.get 0))))",
        R"((module (memory (export "memory") 1) (table 1 externref)
             (func (export "one") (param i32) (result i32) (local.get 0))))",
        R"((module (memory (export "memory") 1) (type $s (struct (field i32)))
             (global (ref $s) (struct.new $s (i32.const 1)))
             (func (export "one") (param i32) (result i32) (local.get 0))))"}) {
    Program program(*engine, text);
    Guest guest(*engine, program);
    guest.store.note_start();
    EXPECT_EQ(run(guest, "one", 3), 3);
    EXPECT_FALSE(guest.store.reset()) << text;
  }
}

// Many rounds in which a guest finds nothing of the one before, whichever pages that one wrote to
// for the first time, read before, or had grown.
TEST(AResetStore, HasNoByteOfAnyRoundBefore) {
  for (bool pagemap : {true, false}) {
    for (size_t keep : {size_t{0}, size_t{64} << 10, size_t{8} << 20}) {
      Config config = testing::small_config();
      config.keep_resident = config.keep_resident_without_pagemap = keep;
      if (!pagemap) config.pagemap = Config::Pagemap::off;
      auto engine = make_engine(config);
      Program program(*engine, R"((module
        (memory (export "memory") 8 24)
        (data (i32.const 40960) "image")
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))))");
      Guest guest(*engine, program);
      Memory memory = guest.memory();
      std::mt19937 random(7);
      size_t stale = 0;
      for (int round = 0; round < 400; round++) {
        if (round % 5 == 3) run(guest, "grow", static_cast<int32_t>(random() % 16));
        std::span<uint8_t> bytes = memory.bytes();
        // Rounds in a row that write to the same pages fault no more.
        if (round % 4 == 0) random.seed(static_cast<unsigned>(round / 8));
        size_t pages = bytes.size() / 4096;
        for (int i = 0; i < 40; i++) {
          size_t at = random() % pages * 4096 + random() % 4096;
          bool image = at >= 40960 && at < 40965;
          stale += !image && bytes[at] != 0;
          if (random() % 3 != 0) bytes[at] = 0x5a;
        }
        bytes[40960] = 0x5a;
        ASSERT_TRUE(guest.store.reset());
        bytes = memory.bytes();
        stale += bytes[40960] != 'i';
        if (round % 16 == 0) {
          for (size_t at = 0; at < bytes.size(); at++)
            stale += bytes[at] != 0 && (at < 40960 || at >= 40965);
        }
      }
      EXPECT_EQ(stale, 0u) << "pagemap " << pagemap << ", keep-resident " << keep;
    }
  }
}

}  // namespace
}  // namespace weir::engine
