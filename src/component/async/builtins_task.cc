// canon task.*, backpressure.*, thread.yield, subtask.*
#include "component/async/builtin_call.h"
#include "component/async/builtins.h"
#include "component/async/subtask.h"

namespace weir::component {
namespace {

using engine::Store;

constexpr uint32_t kMaxBackpressure = 0xffff;

Trap task_return(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Task* task = f.running().task;
  const Lifted* lifted = task ? task->lifted() : nullptr;
  auto mismatch = [] { return guest_fault("invalid `task.return` signature and/or options"); };
  if (!lifted || !lifted->options.async || &task->instance() != &f.instance) return mismatch();
  const FuncType& type = f.instance.root.plan().types.func(lifted->type);
  const CanonOptions& given = f.lowered.options;
  bool same_memory = !given.memory.valid() || given.memory == lifted->options.memory;
  if (type.result != f.call.type || given.encoding != lifted->options.encoding || !same_memory) {
    return mismatch();
  }
  AbiContext abi(&f.instance, &given, f.instance.root.copy_budget());
  bool indirect = false;
  if (type.result) {
    const wit::FlatTypes& flat = f.instance.root.plan().types.abi(*type.result).flat;
    indirect = flat.overflow() || flat.size() > wit::kMaxFlatParams;
  }
  Trap trap = task->finish(abi, indirect, values);
  return trap;
}

Trap task_cancel(const void* env, Store& store, Raw*, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Task* task = f.running().task;
  if (!task || !task->lifted() || !task->lifted()->options.async) {
    return guest_fault("`task.cancel` called by task which has not been cancelled");
  }
  return task->finish_cancelled();
}

Trap backpressure_inc(const void* env, Store& store, Raw*, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (f.state().backpressure == kMaxBackpressure) {
    return guest_fault("backpressure counter overflow");
  }
  f.state().backpressure += 1;
  return {};
}

Trap backpressure_dec(const void* env, Store& store, Raw*, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (f.state().backpressure == 0) return guest_fault("backpressure counter underflow");
  f.state().backpressure -= 1;
  if (f.state().backpressure == 0) f.scheduler.pass_on(f.instance);
  return {};
}

Trap thread_yield(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  values[0].u64 = 0;
  return f.scheduler.wait({Wait::Kind::turn, nullptr, nullptr});
}

Trap subtask_cancel(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = values[0].u32;
  Subtask* subtask = f.instance.handles.item<Subtask>(index);
  if (!subtask) return wrong_handle(f.instance, index, "subtask");
  if (subtask->resolve_delivered()) {
    return guest_fault("`subtask.cancel` called after terminal status delivered");
  }
  if (subtask->cancellation_requested()) {
    return guest_fault("`subtask.cancel` called more than once");
  }
  if (subtask->set()) {
    return guest_fault("waitable cannot be used synchronously while added to a waitable set");
  }
  if (!subtask->resolved()) {
    subtask->request_cancellation();
    if (f.scheduler.failed()) return Trap::cancelled();
    if (!subtask->resolved()) {
      if (f.lowered.options.async) {
        values[0].u64 = kBlocked;
        return {};
      }
      do {
        if (subtask->has_event() && !subtask->resolved()) {
          OrTrap<Event> passed = subtask->take_event();
          if (!passed.ok()) return std::move(passed.trap());
        }
        Trap trap = f.scheduler.wait({Wait::Kind::waitable, nullptr, subtask});
        if (trap) return trap;
      } while (!subtask->resolved());
    }
  }
  OrTrap<Event> event = subtask->take_event();
  if (!event.ok()) return std::move(event.trap());
  values[0].u64 = event->payload;
  return {};
}

Trap subtask_drop(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = values[0].u32;
  Subtask* subtask = f.instance.handles.item<Subtask>(index);
  if (!subtask) return wrong_handle(f.instance, index, "subtask");
  if (!subtask->resolve_delivered()) {
    return guest_fault("cannot drop a subtask which has not yet resolved");
  }
  f.instance.handles.remove_item(index);
  return {};
}

}  // namespace

engine::HostFn task_builtin(Builtin kind) {
  switch (kind) {
    case Builtin::task_return:
      return task_return;
    case Builtin::task_cancel:
      return task_cancel;
    case Builtin::backpressure_inc:
      return backpressure_inc;
    case Builtin::backpressure_dec:
      return backpressure_dec;
    case Builtin::thread_yield:
      return thread_yield;
    case Builtin::subtask_cancel:
      return subtask_cancel;
    case Builtin::subtask_drop:
      return subtask_drop;
    default:
      return nullptr;
  }
}

engine::HostFn async_builtin(Builtin kind) {
  if (engine::HostFn found = task_builtin(kind)) return found;
  if (engine::HostFn found = waitable_builtin(kind)) return found;
  if (engine::HostFn found = stream_builtin(kind)) return found;
  return thread_builtin(kind);
}

}  // namespace weir::component
