// The two ways across the canonical ABI, by templates and by descriptions of types, against each
// other: what one lowers the other lifts, byte for byte.
#include "component/value.h"

#include <random>

#include "component/testing/fixture.h"
#include "component/testing/sample_types.h"

namespace weir::component {
namespace {

using testing::Everything;
using testing::TestJob;
using testing::World;

class NoResources final : public TypeBuilder {
 public:
  using TypeBuilder::TypeBuilder;
  ResourceId resource(ResourceKey) override { return {}; }
};

// A guest that is only a memory with a realloc.
constexpr std::string_view memory_text = R"((component
  (core module $m
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 8192))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $p i32)
      (local.set $p (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                             (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $p) (local.get 3)))
      (memory.copy (local.get $p) (local.get 0) (local.get 1))
      (local.get $p))
    (func (export "reset") (global.set $next (i32.const 8192)))
    (func (export "f") (param i32 i32)))
  (core instance $m (instantiate $m))
  (func (export "utf8") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (func (export "utf16") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding=utf16))
  (func (export "latin1") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))
    string-encoding=latin1+utf16))
  (func (export "reset") (canon lift (core func $m "reset")))))";

struct Differential : ::testing::Test {
  const Lifted& lifted(std::string_view name) {
    return world.linked->plan().lifted
        [std::get<LiftedId>(world.linked->plan().exported[world.find(name).index].function).index];
  }
  // Runs `body` on the guest's fiber.
  void in_guest(std::function<void(Instance&)> body) {
    TestJob job([&](Instance& i) -> OrTrap<void> {
      body(i);
      return {};
    });
    ASSERT_EQ(world.finish(job), "");
  }
  Linker linker;
  World world{memory_text, linker};
};

template <class T>
void compare(Instance& instance, const Lifted& lifted, T& value) {
  ComponentInstance& guest = instance.component(lifted.options.instance);
  Types types;
  NoResources builder(types);
  ValType type = Abi<T>::describe(builder);
  ASSERT_EQ(types.abi(type).layout.size, Abi<T>::size);
  ASSERT_EQ(types.abi(type).layout.align, Abi<T>::align);
  ValueAbi dynamic(types, nullptr);
  uint8_t* memory = instance.memory(lifted.options.memory).base();

  // Lowered by the template, lifted by the description.
  AbiContext context(&guest, &lifted.options);
  Abi<T>::lower(context, value, memory + 1024);
  Value described = dynamic.lift(context, type, memory + 1024);
  ASSERT_TRUE(context.ok()) << context.take_trap().message();
  // Lowered by the description, lifted by the template and once more by the description.
  dynamic.lower(context, type, described, memory + 2048);
  T again = Abi<T>::lift(context, memory + 2048);
  Value twice = dynamic.lift(context, type, memory + 2048);
  ASSERT_TRUE(context.ok()) << context.take_trap().message();
  ASSERT_TRUE(again == value);
  ASSERT_TRUE(twice == described);

  if constexpr (Abi<T>::flat_count <= 16) {
    ASSERT_EQ(types.abi(type).flat.size(), Abi<T>::flat_count);
    Raw flat[16];
    Raw* out = flat;
    dynamic.lower_flat(context, type, described, out);
    ASSERT_EQ(out, flat + Abi<T>::flat_count);
    const Raw* in = flat;
    T lifted_flat = Abi<T>::lift_flat(context, in);
    ASSERT_EQ(in, flat + Abi<T>::flat_count);
    ASSERT_TRUE(lifted_flat == value);
    out = flat;
    Abi<T>::lower_flat(context, value, out);
    in = flat;
    ASSERT_TRUE(dynamic.lift_flat(context, type, in) == described);
    ASSERT_TRUE(context.ok());
  }
}

TEST_F(Differential, TemplatesAndDescriptionsAgreeInEveryEncoding) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    in_guest([&](Instance& instance) {
      static_cast<void>(instance.call<void>(world.find("reset")));
      for (std::string_view name : {"utf8", "utf16", "latin1"}) {
        Everything value = testing::make_everything(random);
        compare(instance, lifted(name), value);
        compare(instance, lifted(name), value.choice);
        compare(instance, lifted(name), value.maybe);
        compare(instance, lifted(name), value.pairs);
        compare(instance, lifted(name), value.mixed);
        if (HasFatalFailure()) return;
      }
    });
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace weir::component
