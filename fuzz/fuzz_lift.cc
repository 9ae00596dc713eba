// rooms: component
//
// A guest's memory, lifted as a value of a type that has everything: by the templates and by the
// description of the type. Both must agree on whether that is a value, and on which.
//
// The first byte of the input chooses the string encoding; the rest is the memory from address
// 1024 on, where the value lies.

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string_view>

#include "component/instance.h"
#include "component/linked.h"
#include "component/testing/sample_types.h"
#include "component/value.h"
#include "util/manual_executor.h"

namespace {

using namespace weir;
using namespace weir::component;
using component::testing::Everything;

constexpr uint32_t kAddress = 1024;
constexpr uint32_t kRoom = 60 * 1024;
constexpr uint32_t kAgain = 64 * 1024;

constexpr std::string_view text = R"((component
  (core module $m
    (memory (export "memory") 80)
    (global $next (mut i32) (i32.const 131072))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $p i32)
      (local.set $p (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                             (i32.sub (i32.const 0) (local.get 2))))
      (global.set $next (i32.add (local.get $p) (local.get 3)))
      (memory.copy (local.get $p) (local.get 0) (local.get 1))
      (local.get $p))
    (func (export "reset") (global.set $next (i32.const 131072)))
    (func (export "f") (param i32 i32)))
  (core instance $m (instantiate $m))
  (func (export "e0") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (func (export "e1") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc")) string-encoding=utf16))
  (func (export "e2") (param "s" string) (canon lift (core func $m "f")
    (memory (core memory $m "memory")) (realloc (core func $m "realloc"))
    string-encoding=latin1+utf16))
  (func (export "reset") (canon lift (core func $m "reset")))))";

class NoResources final : public TypeBuilder {
 public:
  using TypeBuilder::TypeBuilder;
  ResourceId resource(ResourceKey) override { return {}; }
};

template <class T>
T need(Result<T> result) {
  if (result.ok()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message.c_str());
  std::abort();
}

// The guest, made once.
struct Guest {
  Guest() {
    engine::Config config;
    config.max_instances = 1;
    engine = need(engine::Engine::create(config));
    auto wasm = need(engine::assemble(text));
    linked = need(Linked::link(*engine, need(Component::compile(*engine, wasm.span())), linker));
    instance.emplace(*engine, *linked, InstanceOptions{.executor = executor});
    NoResources builder(types);
    type = Abi<Everything>::describe(builder);
  }
  std::unique_ptr<engine::Engine> engine;
  Linker linker;
  std::shared_ptr<const Linked> linked;
  ManualExecutor executor;
  std::optional<Instance> instance;
  Types types;
  ValType type = Prim::u8;
};

class LiftJob final : public Job {
 public:
  LiftJob(Guest& guest, std::span<const uint8_t> input) : guest_(guest), input_(input) {}

  OrTrap<void> run(Instance& instance) override {
    if (Trap trap = std::move(instance.call<void>(*guest_.linked->find("", "reset")).trap())) {
      return trap;
    }
    std::string name = {'e', static_cast<char>('0' + input_[0] % 3)};
    const Plan& plan = guest_.linked->plan();
    ExportId id = *guest_.linked->find("", name);
    const Lifted& lifted = plan.lifted[std::get<LiftedId>(plan.exported[id.index].function).index];
    ComponentInstance& component = instance.component(lifted.options.instance);
    uint8_t* memory = instance.memory(lifted.options.memory).base();
    std::span<const uint8_t> bytes = input_.subspan(1, std::min<size_t>(input_.size() - 1, kRoom));
    std::memset(memory + kAddress, 0, kRoom);
    std::memcpy(memory + kAddress, bytes.data(), bytes.size());

    // Elements that alias make much of little; the two count it differently, so such are passed
    // over.
    AbiContext first(&component, &lifted.options, 1 << 20);
    Everything value = Abi<Everything>::lift(first, memory + kAddress);
    bool good = first.ok();
    if (!good && first.take_trap().message().contains("more data")) return {};
    ValueAbi dynamic(guest_.types, &instance);
    AbiContext second(&component, &lifted.options);
    Value described = dynamic.lift(second, guest_.type, memory + kAddress);
    if (second.ok() != good) std::abort();
    if (!good) return {};
    AbiContext third(&component, &lifted.options);
    Abi<Everything>::lower(third, value, memory + kAgain);
    Value again = dynamic.lift(third, guest_.type, memory + kAgain);
    if (!third.ok()) return third.take_trap();
    if (!(again == described)) std::abort();
    return {};
  }
  void done(Trap trap) override {
    if (!trap) return;
    std::fprintf(stderr, "%s\n", trap.describe().c_str());
    std::abort();
  }

 private:
  Guest& guest_;
  std::span<const uint8_t> input_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Guest guest;
  if (size == 0) return 0;
  LiftJob job(guest, {data, size});
  guest.instance->start(job);
  while (guest.instance->running()) guest.executor.turn();
  return 0;
}
