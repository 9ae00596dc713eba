// Calls between components take no memory from the heap once they are warm.

#include <atomic>
#include <cstdlib>
#include <new>

#include "component/testing/fixture.h"

namespace {
std::atomic<uint64_t> allocations = 0;
}

// Replaces those of the whole test program.
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* block = std::malloc(size ? size : 1)) return block;
  std::abort();
}
void operator delete(void* block) noexcept { std::free(block); }
void operator delete(void* block, std::size_t) noexcept { std::free(block); }

namespace weir::component {
namespace {

// D calls C's `f` as often as it is told, with a handle and a text, in one of two ways.
constexpr std::string_view text = R"((component
  (component $C
    (type $R' (resource (rep i32)))
    (export $R "r" (type $R'))
    (core func $new (canon resource.new $R'))
    (core func $return (canon task.return (result u32)))
    (core module $m
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "return" (func $return (param i32)))
      (memory (export "mem") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))
      (func (export "make") (result i32) (call $new (i32.const 5)))
      (func (export "f") (param i32 i32 i32) (result i32) (i32.add (local.get 0) (local.get 2)))
      (func (export "g") (param i32 i32 i32) (result i32)
        (call $return (i32.add (local.get 0) (local.get 2))) (i32.const 0))
      (func (export "cb") (param i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m (with "" (instance
      (export "new" (func $new)) (export "return" (func $return))))))
    (func (export "make") (result (own $R)) (canon lift (core func $i "make")))
    (func (export "f") (param "r" (borrow $R)) (param "s" string) (result u32)
      (canon lift (core func $i "f") (memory (core memory $i "mem"))
        (realloc (core func $i "realloc"))))
    (func (export "g") async (param "r" (borrow $R)) (param "s" string) (result u32)
      (canon lift (core func $i "g") async (callback (core func $i "cb"))
        (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))
  (component $D
    (import "c" (instance $c
      (export "r" (type $R (sub resource)))
      (export "make" (func (result (own $R))))
      (export "f" (func (param "r" (borrow $R)) (param "s" string) (result u32)))
      (export "g" (func async (param "r" (borrow $R)) (param "s" string) (result u32)))))
    (core module $mem (memory (export "mem") 1) (data (i32.const 8) "hello"))
    (core instance $mem (instantiate $mem))
    (core func $make (canon lower (func $c "make")))
    (core func $f (canon lower (func $c "f") (memory (core memory $mem "mem"))))
    (core func $g (canon lower (func $c "g") async (memory (core memory $mem "mem"))))
    (core module $m
      (import "" "make" (func $make (result i32)))
      (import "" "f" (func $f (param i32 i32 i32) (result i32)))
      (import "" "g" (func $g (param i32 i32 i32 i32) (result i32)))
      (func (export "sync") (param i32) (local i32)
        (local.set 1 (call $make))
        (loop $l
          (if (i32.ne (call $f (local.get 1) (i32.const 8) (i32.const 5)) (i32.const 10))
            (then unreachable))
          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))))
      (func (export "async") (param i32) (local i32)
        (local.set 1 (call $make))
        (loop $l
          (if (i32.ne (call $g (local.get 1) (i32.const 8) (i32.const 5) (i32.const 32))
                      (i32.const 2))
            (then unreachable))
          (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))
    (core instance $i (instantiate $m (with "" (instance
      (export "make" (func $make)) (export "f" (func $f)) (export "g" (func $g))))))
    (func (export "sync") (param "n" u32) (canon lift (core func $i "sync")))
    (func (export "async") (param "n" u32) (canon lift (core func $i "async"))))
  (instance $c (instantiate $C))
  (instance $d (instantiate $D (with "c" (instance $c))))
  (func (export "sync") (alias export $d "sync"))
  (func (export "async") (alias export $d "async"))))";

TEST(Allocations, AreNotMadeForCallsBetweenComponentsThatAreWarm) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "what is used again is given back here, so that the sanitizer sees its misuse";
#endif
  Linker linker;
  testing::World world(text, linker);
  ASSERT_TRUE(world.linked);
  for (std::string_view way : {"sync", "async"}) {
    auto taken_by = [&](uint32_t calls) {
      uint64_t before = allocations;
      EXPECT_EQ(world.run(way, calls), "") << way;
      return allocations - before;
    };
    taken_by(100);
    // What starting costs is the same for few calls and for many.
    uint64_t few = taken_by(1);
    EXPECT_GT(allocations, 0u);
    EXPECT_EQ(taken_by(10'000), few) << way;
  }
}

}  // namespace
}  // namespace weir::component
