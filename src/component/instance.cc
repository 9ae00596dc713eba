#include "component/instance.h"

#include "component/context_module.h"
#include "component/export_call.h"
#include "component/export_type.h"

namespace weir::component {
namespace {

// Turns of guests before the loop has one.
constexpr uint32_t kTurnsBeforeLoop = 128;

// Of a trap of a guest and that of the job: the one that says why.
Trap telling_trap(Trap guest, Trap job) {
  bool says_why = guest && (guest.kind() != Trap::Kind::cancelled || !job);
  return says_why ? std::move(guest) : std::move(job);
}

}  // namespace

Instance::Instance(engine::Engine& engine, const Linked& linked, const InstanceOptions& options)
    : CallEnvironment(options.executor, options.state),
      linked_(linked),
      plan_(linked.plan()),
      options_(options),
      memory_limit_(options.memory_limit),
      handle_limit_{options.handle_limit, 0},
      components_(plan_.instances.size(),
                  [this](size_t i) {
                    return ComponentInstance(*this, InstanceId{static_cast<uint32_t>(i)},
                                             handle_limit_);
                  }),
      cores_(plan_.core_instances.size()),
      memories_(plan_.memories.size()),
      funcs_(plan_.funcs.size()),
      wake_(*this),
      turn_(*this) {
  if (plan_.uses_async) scheduler_ = std::make_unique<Scheduler>(*this, options.schedule_seed);
  for (size_t i = 0; i < components_.size(); ++i) {
    if (!plan_.instances[i].store.valid()) continue;
    ComponentInstance& instance = components_[i];
    instance.store.emplace(engine, &instance);
    instance.store->set_memory_limit(memory_limit_);
    if (scheduler_) instance.async = std::make_unique<AsyncState>();
    if (!main_store_) main_store_ = &*instance.store;
  }
  tables_.resize(plan_.tables.size());
}

Instance::~Instance() {
  // What waits on fibers is unwound while everything it may touch is there; nobody else runs.
  if (scheduler_) scheduler_->fail(Trap::cancelled());
  fiber_.reset();
  if (scheduler_) scheduler_->shut_down();
  fail_calls({});
}

bool Instance::renew() {
  if (busy() || poisoned_ || !linked_.renewable() || memory_limit_.refused()) return false;
  if (step_ != steps_->size()) return false;
  for (size_t i = components_.size(); i > 0; --i) {
    ComponentInstance& component = components_[i - 1];
    component.handles.clear();
    component.may_leave = true;
  }
  for (size_t i = 0; i < components_.size(); ++i) {
    if (components_[i].store && !components_[i].store->reset()) return false;
  }
  memory_limit_.forget_peak();
  cpu_ns_ = 0;
  others_ran_ = 0;
  steps_ = &linked_.restart_steps();
  step_ = 0;
  instantiated_ = false;
  return true;
}

void Instance::start(Job& job) {
  WEIR_ASSERT(job_ == nullptr);
  job_ = &job;
  cancel_wanted_ = false;
  if (poisoned_) {
    finish(guest_fault("cannot enter component instance: it has trapped before"));
    return;
  }
  if (Trap trap = instantiate()) {
    finish(std::move(trap));
    return;
  }
  // All is instantiated, and no code has run: what `renew` brings back. Start functions that run
  // between instantiations may change what these do.
  if (steps_ == &plan_.steps && !instantiated_ && linked_.starts_last()) {
    for (size_t i = 0; i < components_.size(); ++i) {
      if (components_[i].store) components_[i].store->note_start();
    }
  }
  if (!main_store_) {
    instantiated_ = true;
    // No core code at all: nothing that could wait.
    OrTrap<void> result = job.run(*this);
    finish(std::move(result.trap()));
    return;
  }
  fiber_.emplace(*main_store_, static_cast<engine::FiberBody&>(*this));
  fiber_->set_cpu_limit(options_.cpu_limit_ns);
  turn();
}

void Instance::cancel() {
  if (!job_) return;
  if (!fiber_ || fiber_->running()) {
    cancel_wanted_ = true;
    executor().post(turn_);
    return;
  }
  if (scheduler_) scheduler_->fail(Trap::cancelled());
  fiber_->cancel();
  finish(trap_ ? std::move(trap_) : Trap::cancelled());
}

bool Instance::busy() const {
  return job_ || !calls_.empty() || !waiting_calls_.empty() ||
         (scheduler_ && scheduler_->has_tasks());
}

void Instance::begin(ExportCallBase& call) {
  WEIR_ASSERT(current_fiber_ == nullptr);
  waiting_calls_.push(call);
  if (poisoned_) {
    fail_calls(guest_fault("cannot enter component instance: it has trapped before"));
  } else if (instantiated_) {
    enter_calls();
    if (fiber_) {
      wake();
    } else {
      run_background();
    }
  } else if (!job_) {
    start(instantiation_);
  }
}

void Instance::enter_calls() {
  while (ExportCallBase* call = waiting_calls_.pop()) {
    calls_.push(*call);
    call->enter();
  }
}

void Instance::fail_calls(Trap trap) {
  calls_.splice(waiting_calls_);
  // All of them are told why; the first one has the frames.
  std::string why = trap ? trap.message() : std::string();
  bool cancelled = trap && trap.kind() == Trap::Kind::cancelled;
  bool silent = !trap;
  Chain<ExportCallBase, CallOfInstance> over;
  while (ExportCallBase* call = calls_.pop()) {
    over.push(*call);
    call->fail(silent ? Trap() : std::move(trap));
    trap =
        cancelled || silent ? Trap::cancelled() : guest_fault("the instance has trapped: " + why);
  }
  while (ExportCallBase* call = over.pop()) {
    if (call->in_flight()) calls_.push(*call);
  }
}

void Instance::woken() {
  if (fiber_ && !fiber_->running()) turn();
}

void Instance::wake() { executor().post(turn_); }

bool Instance::suspend() {
  if (scheduler_) {
    if (Worker* worker = scheduler_->running().worker) return worker->suspend_for_host();
  }
  bool goes_on = fiber().suspend();
  if (scheduler_) scheduler_->reopened();
  return goes_on;
}

Waiter& Instance::waiter() {
  if (scheduler_) {
    if (Worker* worker = scheduler_->running().worker) return worker->waiter();
  }
  return wake_;
}

Trap Instance::let_others_run() {
  if (scheduler_->failed()) return Trap::cancelled();
  bool ran = scheduler_->run_one();
  if (scheduler_->failed()) return Trap::cancelled();
  if (ran && ++others_ran_ < kTurnsBeforeLoop) return {};
  if (!ran && !scheduler_->host_is_busy()) {
    return guest_fault("deadlock detected: event loop cannot make further progress");
  }
  others_ran_ = 0;
  if (ran) wake();
  return fiber().suspend(engine::Fiber::While::owner_open) ? Trap() : Trap::cancelled();
}

void Instance::run_background() {
  if (!scheduler_ || scheduler_->shut()) return;
  for (uint32_t turns = 0; turns < kTurnsBeforeLoop; ++turns) {
    if (!scheduler_->run_one() || scheduler_->has_preempted()) break;
  }
  if (scheduler_->failed()) {
    scheduler_->shut_down();
    if (!calls_.empty() || !waiting_calls_.empty()) fail_calls(scheduler_->take_trap());
  } else if (scheduler_->has_ready()) {
    wake();
  }
  note_idle();
}

void Instance::turn() {
  if (instantiated_ && !waiting_calls_.empty()) enter_calls();
  if (!fiber_) {
    run_background();
    return;
  }
  if (cancel_wanted_) {
    cancel();
    return;
  }
  current_fiber_ = &*fiber_;
  engine::Fiber::Progress progress = fiber_->resume();
  while (progress == engine::Fiber::Progress::blocked && wants_instances_) {
    wants_instances_ = false;
    trap_ = instantiate();
    progress = fiber_->resume();
  }
  current_fiber_ = nullptr;
  if (progress == engine::Fiber::Progress::preempted) {
    executor().post(turn_);
  } else if (progress == engine::Fiber::Progress::done) {
    finish(fiber_->start_error() ? std::move(fiber_->start_error()) : std::move(trap_));
  }
}

void Instance::finish(Trap trap) {
  if (fiber_) {
    cpu_ns_ += fiber_->cpu_ns();
    fiber_.reset();
  }
  turn_.unlink();
  wake_.cancel();
  if (trap) poisoned_ = true;
  if (scheduler_) {
    if (scheduler_->failed()) trap = telling_trap(scheduler_->take_trap(), std::move(trap));
    if (poisoned_) {
      scheduler_->shut_down();
      bool told = !trap || trap.kind() == Trap::Kind::cancelled;
      fail_calls(told ? Trap::cancelled() : guest_fault(trap.message()));
    } else if (scheduler_->has_tasks() || !waiting_calls_.empty()) {
      executor().post(turn_);
    }
  }
  Job& job = *std::exchange(job_, nullptr);
  note_idle();
  job.done(std::move(trap));
}

void Instance::run(engine::Fiber& fiber) {
  trap_ = finish_instantiation(fiber);
  if (trap_) return;
  instantiated_ = true;
  trap_ = std::move(job_->run(*this).trap());
  if (!trap_ && fiber.cancelled()) trap_ = Trap::cancelled();
}

Trap Instance::instantiate() {
  if (!wanted_.valid()) return instantiate(*steps_, step_);
  size_t first = 0;
  return instantiate(plan_.deferred[std::exchange(wanted_, {}).index].steps, first);
}

Trap Instance::instantiate(const std::vector<Step>& steps, size_t& next) {
  for (; next < steps.size(); ++next) {
    const Step& step = steps[next];
    if (const auto* core = std::get_if<InstantiateStep>(&step)) {
      if (Trap trap = instantiate_core(*core)) return trap;
    } else if (const auto* memory = std::get_if<ExtractMemoryStep>(&step)) {
      extract(*memory);
    } else if (const auto* func = std::get_if<ExtractFuncStep>(&step)) {
      extract(*func);
    } else if (const auto* table = std::get_if<ExtractTableStep>(&step)) {
      extract(*table);
    } else {
      break;
    }
  }
  return {};
}

Trap Instance::finish_instantiation(engine::Fiber& fiber) {
  while (step_ < steps_->size()) {
    const Step& step = (*steps_)[step_];
    if (const auto* start = std::get_if<StartStep>(&step)) {
      CoreInstanceId id = start->function.instance;
      engine::Store& store = *owner(id).store;
      engine::Func function = store.get_func(cores_[id.index], linked_.export_id(start->function));
      ++step_;
      Raw none[1];
      Scheduler::Frame frame(scheduler_.get(), owner(id), nullptr);
      if (Trap trap = store.call(fiber, function, none, 0)) return trap;
      continue;
    }
    wants_instances_ = true;
    if (!fiber.suspend()) return Trap::cancelled();
    if (trap_) return std::move(trap_);
  }
  return {};
}

Trap Instance::fill(FuncSlot slot) {
  DeferredId deferred = plan_.funcs[slot.index].deferred;
  if (!deferred.valid()) {
    return guest_fault("a function is called before the core instance that has it");
  }
  wanted_ = deferred;
  wants_instances_ = true;
  if (!fiber().suspend()) return Trap::cancelled();
  return std::move(trap_);
}

Trap Instance::instantiate_core(const InstantiateStep& step) {
  engine::Store& store = *owner(step.instance).store;
  engine::Instance& instance = cores_[step.instance.index];
  if (const engine::InstancePre* pre = linked_.prepared(step.instance)) {
    auto made = store.instantiate(*pre);
    if (!made.ok()) return std::move(made.error());
    instance = *made;
    find_context(step.instance);
    return {};
  }
  std::vector<engine::Extern> imports;
  imports.reserve(step.imports.size());
  for (const CoreItem& item : step.imports) {
    if (const auto* lowered = std::get_if<LoweredId>(&item)) {
      imports.push_back(store.host_func(linked_.functions(), Linked::function_id(*lowered)));
    } else {
      imports.push_back(export_of(std::get<CoreExport>(item)));
    }
  }
  auto made = store.instantiate(linked_.module(step.instance), imports);
  if (!made.ok()) return std::move(made.error());
  instance = *made;
  return {};
}

void Instance::find_context(CoreInstanceId id) {
  InstanceId component = plan_.core_instances[id.index].owner;
  if (plan_.instances[component.index].context != id) return;
  ComponentInstance& instance = components_[component.index];
  instance.async->context.set_globals(*instance.store, export_of({id, context_global(0)}).global,
                                      export_of({id, context_global(1)}).global);
}

engine::Extern Instance::export_of(const CoreExport& item) {
  return owner(item.instance).store->get(cores_[item.instance.index], linked_.export_id(item));
}

void Instance::extract(const ExtractMemoryStep& step) {
  const CoreExport& from = plan_.memories[step.slot.index].from;
  memories_[step.slot.index] = engine::Memory(*owner(from.instance).store, export_of(from).memory);
}

void Instance::extract(const ExtractFuncStep& step) {
  const FuncInfo& info = plan_.funcs[step.slot.index];
  engine::Func& func = funcs_[step.slot.index];
  if (const auto* from = std::get_if<CoreExport>(&info.from)) {
    func = owner(from->instance)
               .store->get_func(cores_[from->instance.index], linked_.export_id(*from));
  } else {
    LoweredId lowered = std::get<LoweredId>(info.from);
    func = components_[info.owner.index].store->host_func(linked_.functions(),
                                                          Linked::function_id(lowered));
  }
}

void Instance::extract(const ExtractTableStep& step) {
  tables_[step.slot.index] = export_of(plan_.tables[step.slot.index].from).table;
}

bool Instance::host_element(DescribeElement describe, std::optional<ValType>& type) {
  auto find = [&](const std::vector<HostElement>& known) {
    for (const HostElement& element : known) {
      if (element.describe != describe) continue;
      type = element.type;
      return true;
    }
    return false;
  };
  if (find(plan_.host_elements) || find(host_elements_)) return true;
  if (!find_host_element(plan_, describe, type)) return false;
  host_elements_.push_back({describe, type});
  return true;
}

Trap Instance::call_thread(ComponentInstance& instance, Thread& thread) {
  if (poisoned_) return Trap::cancelled();
  Raw values[1];
  values[0].u64 = thread.argument;
  return instance.store->call(fiber(), thread.function, values, 1);
}

Trap Instance::call_core(ComponentInstance& callee, FuncSlot slot, Raw* values, size_t count) {
  if (poisoned_) return guest_fault("cannot enter component instance: it has trapped before");
  const engine::Func& function = func(slot);
  if (!function) return guest_fault("a function is called before the core instance that has it");
  Trap trap = callee.store->call(fiber(), function, values, count);
  if (trap) [[unlikely]]
    poisoned_ = true;
  return trap;
}

}  // namespace weir::component
