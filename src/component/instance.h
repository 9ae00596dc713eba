#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "component/async/scheduler.h"
#include "component/component_instance.h"
#include "component/fixed_array.h"
#include "component/guest_call.h"
#include "component/host/call.h"
#include "component/host/or_trap.h"
#include "component/linked.h"
#include "engine/fiber.h"
#include "engine/memory.h"
#include "engine/memory_limit.h"
#include "util/executor.h"

namespace weir::component {

class ExportCallBase;
struct CallOfInstance;

struct InstanceOptions {
  Executor& executor;
  // What host functions get as `Call::state()`.
  void* state = nullptr;
  // Bytes of all linear memories together.
  uint64_t memory_limit = uint64_t{128} << 20;
  // Nanoseconds of CPU; 0: no limit.
  uint64_t cpu_limit_ns = 0;
  // Handles of all kinds, in all component instances together.
  uint32_t handle_limit = 100'000;
  // Bytes that one call may copy between guests and the host.
  uint64_t copy_budget = kDefaultCopyBudget;
  // For tests: not 0 lets a seed choose who is next where the specification leaves that open.
  uint64_t schedule_seed = 0;
};

// What is done with an instance, on its fiber.
class Job {
 public:
  // On the fiber: calls exports. The instance is instantiated, start functions have run.
  virtual OrTrap<void> run(Instance& instance) = 0;
  // Off the fiber, once `run` is over or could not begin: the trap that ended it, or null. May
  // destroy the instance.
  virtual void done(Trap trap) = 0;

 protected:
  ~Job() = default;
};

// One instantiation of a component: all stores, core instances and handles of one request, and the
// fiber it runs on. Used on one thread. After a trap nothing in it runs again.
class Instance final : public CallEnvironment, private engine::FiberBody {
 public:
  // `linked` outlives it. Runs nothing.
  Instance(engine::Engine& engine, const Linked& linked, const InstanceOptions& options);
  // Cancels, without calling `done`.
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  // Starts `job`, instantiating first if that has not been done; from the loop's stack, and not
  // while another job runs. It runs at once until it first waits, so `done` may be called before
  // this returns. `job` lives until `done`.
  void start(Job& job);
  // Ends the running job: `suspend` answers false in it, then `done` gets a `cancelled` trap,
  // before this returns or, if it is called from the job itself, in a later turn.
  void cancel();
  bool running() const { return job_ != nullptr; }

  // A job runs, or calls are in flight, or tasks go on that have returned: it may still do
  // something by itself.
  bool busy() const;
  // Woken whenever that ends; null for nobody. Outlives the instance or is set to null.
  void set_idle_waiter(Waiter* waiter) { idle_waiter_ = waiter; }

  // Makes it as good as new, after a job: what its core instances were before any code ran in them,
  // no handles, nothing used of the limits. The next job starts with the start functions. False
  // where that cannot be done (after a trap, above all); then it is to be destroyed.
  bool renew();
  // What host functions get as `Call::state()` from the next job on.
  void set_state(void* state) { CallEnvironment::set_state(state); }

  // In a job: calls an export with C++ values, which must be of its type (see export_type.h).
  // `R` owns what it holds: `std::string`, not a view.
  template <class R, class... A>
  OrTrap<R> call(ExportId id, A... arguments) {
    return call_export<R>(*this, id, arguments...);
  }

  uint64_t cpu_ns() const { return cpu_ns_ + (fiber_ ? fiber_->cpu_ns() : 0); }
  const engine::MemoryLimit& memory() const { return memory_limit_; }
  const Plan& plan() const { return plan_; }

  // What follows is for the runtime itself.

  bool suspend() override;
  Waiter& waiter() override;

  ComponentInstance& component(InstanceId id) { return components_[id.index]; }
  engine::Memory& memory(MemorySlot slot) { return memories_[slot.index]; }
  const engine::Table& table(TableSlot slot) const { return tables_[slot.index]; }
  // Empty until the core instance that exports it exists.
  const engine::Func& func(FuncSlot slot) const { return funcs_[slot.index]; }
  uint64_t copy_budget() const { return options_.copy_budget; }
  // The fiber that runs.
  engine::Fiber& fiber() { return *current_fiber_; }
  engine::Fiber* current_fiber() const { return current_fiber_; }
  void set_current_fiber(engine::Fiber* fiber) { current_fiber_ = fiber; }
  ResourceKey key(ResourceId id) const {
    const ResourceInfo& info = plan_.resources[id.index];
    return info.host ? info.host->key() : &info;
  }
  // What the C++ type that `describe` stands for is called in the plan; false if it has no such.
  bool host_element(DescribeElement describe, std::optional<ValType>& type);
  // On the fiber: runs the steps that fill `slot`, which is empty because they were deferred.
  Trap fill(FuncSlot slot);
  // From now on nothing is entered.
  void poison() { poisoned_ = true; }
  // Null if nothing in the composition is asynchronous.
  Scheduler* scheduler() const { return scheduler_.get(); }
  // Whether code of `callee` may run on the current fiber and wait there: it is open, and no other
  // fiber is in the middle of it.
  bool may_nest(ComponentInstance& callee) const {
    engine::Store& store = *callee.store;
    return store.open() && (!store.on_fiber() || &store.fiber() == current_fiber_);
  }
  // From the loop: starts the call once it is instantiated; see `ExportCall`.
  void begin(ExportCallBase& call);
  void note_idle() {
    if (idle_waiter_ && !busy()) idle_waiter_->wake();
  }
  // In a job: lets others run once; waits for the host if none is ready. The trap is a deadlock.
  Trap let_others_run();
  // In a later turn, goes on with whoever waits.
  void wake();
  uint64_t cpu_limit_ns() const { return options_.cpu_limit_ns; }
  void add_cpu_ns(uint64_t ns) { cpu_ns_ += ns; }
  // Calls core code of `callee` on the running fiber. Traps if the slot is still empty, or after
  // any trap.
  Trap call_core(ComponentInstance& callee, FuncSlot slot, Raw* values, size_t count);
  // Runs what `thread.new-indirect` was given.
  Trap call_thread(ComponentInstance& instance, Thread& thread);

 private:
  class Wake final : public Waiter {
   public:
    explicit Wake(Instance& instance) : Waiter(instance.executor()), instance_(instance) {}
    void fire() override { instance_.woken(); }

   private:
    Instance& instance_;
  };
  class Turn final : public Runnable {
   public:
    explicit Turn(Instance& instance) : instance_(instance) {}
    void run() override { instance_.turn(); }

   private:
    Instance& instance_;
  };

  // What is done where nothing but instantiation is wanted.
  class Instantiation final : public Job {
   public:
    OrTrap<void> run(Instance&) override { return {}; }
    void done(Trap) override {}
  };

  void run(engine::Fiber& fiber) override;
  void enter_calls();
  void fail_calls(Trap trap);
  // Runs steps up to the next that needs the other side: start functions run on the fiber,
  // instantiation off it.
  Trap instantiate();
  // Runs `steps` from `next` on up to one that belongs on the fiber.
  Trap instantiate(const std::vector<Step>& steps, size_t& next);
  Trap finish_instantiation(engine::Fiber& fiber);
  Trap instantiate_core(const InstantiateStep& step);
  // Learns where the context slots are, if the core instance holds them.
  void find_context(CoreInstanceId id);
  engine::Extern export_of(const CoreExport& item);
  void extract(const ExtractMemoryStep& step);
  void extract(const ExtractFuncStep& step);
  void extract(const ExtractTableStep& step);
  ComponentInstance& owner(CoreInstanceId id) {
    return components_[plan_.core_instances[id.index].owner.index];
  }
  void woken();
  void turn();
  // Without a job: lets those run that are ready.
  void run_background();
  void finish(Trap trap);

  const Linked& linked_;
  const Plan& plan_;
  InstanceOptions options_;
  engine::MemoryLimit memory_limit_;
  HandleLimit handle_limit_;
  std::unique_ptr<Scheduler> scheduler_;
  // Small components have few of each, and then lie here.
  FixedArray<ComponentInstance, 1> components_;
  FixedArray<engine::Instance, 4> cores_;
  FixedArray<engine::Memory, 2> memories_;
  FixedArray<engine::Func, 8> funcs_;
  engine::Store* main_store_ = nullptr;
  std::vector<engine::Table> tables_;
  // Those that the plan does not know from imports.
  std::vector<HostElement> host_elements_;
  // The plan's; of an instance that was renewed, those that run start functions.
  const std::vector<Step>* steps_ = &plan_.steps;
  size_t step_ = 0;
  Wake wake_;
  Turn turn_;
  Job* job_ = nullptr;
  Instantiation instantiation_;
  // Those that wait for instantiation, and those in flight.
  Chain<ExportCallBase, CallOfInstance> waiting_calls_;
  Chain<ExportCallBase, CallOfInstance> calls_;
  Waiter* idle_waiter_ = nullptr;
  bool instantiated_ = false;
  // What ended the job, while it unwinds.
  Trap trap_;
  // The fiber waits for `instantiate`: of the plan's steps, or of these.
  bool wants_instances_ = false;
  DeferredId wanted_;
  bool cancel_wanted_ = false;
  bool poisoned_ = false;
  uint64_t cpu_ns_ = 0;
  // Turns that others had while the job waited, since the loop had one.
  uint32_t others_ran_ = 0;
  engine::Fiber* current_fiber_ = nullptr;
  std::optional<engine::Fiber> fiber_;
};

}  // namespace weir::component
