// canon thread.* beside thread.yield
#include "component/async/builtin_call.h"
#include "component/async/builtins.h"

namespace weir::component {
namespace {

using engine::Store;

// In one component instance.
constexpr size_t kMaxThreads = 10'000;

Trap cannot_resume() { return guest_fault("cannot resume thread which is not suspended"); }

// The thread at `index` if it waits to be resumed; null with a trap.
Thread* suspended(BuiltinFrame& f, uint32_t index, Trap& trap) {
  Thread* thread = f.state().find_thread(index);
  if (!thread) {
    trap = guest_fault("unknown thread index " + std::to_string(index));
  } else if (thread->wait.kind != Wait::Kind::resumption || thread->woken) {
    trap = cannot_resume();
    thread = nullptr;
  }
  return thread;
}

Trap thread_index(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Thread* thread = f.running().thread;
  values[0].u64 = thread ? thread->index : 0;
  return {};
}

Trap thread_new_indirect(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Task* task = f.running().task;
  if (!task) return guest_fault("a thread cannot be started here");
  AsyncState& state = f.state();
  if (state.threads.size() - state.free_threads.size() >= kMaxThreads) {
    return guest_fault("too many threads");
  }
  engine::Func function =
      f.instance.store->table_get(f.instance.root.table(f.call.table), values[0].u32);
  if (!function) return guest_fault("the start function of a thread is not in its table");
  if (!f.instance.store->takes_one_i32(function)) {
    return guest_fault("the start function of a thread has the wrong type");
  }
  auto* thread = new Thread(*task);
  thread->function = function;
  thread->argument = values[1].u32;
  thread->wait.kind = Wait::Kind::resumption;
  task->add(*thread);
  values[0].u64 = thread->index;
  return {};
}

Trap thread_resume_later(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap;
  if (Thread* thread = suspended(f, values[0].u32, trap)) {
    thread->woken = true;
    f.scheduler.consider(*thread);
  }
  return trap;
}

Trap thread_suspend(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap = f.scheduler.wait({Wait::Kind::resumption, nullptr, nullptr});
  values[0].u64 = 0;
  return trap;
}

Trap then_resume(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Trap trap;
  Thread* other = suspended(f, values[0].u32, trap);
  if (!other) return trap;
  values[0].u64 = 0;
  bool yields = f.call.kind == Builtin::thread_yield_then_resume;
  return f.scheduler.wait({yields ? Wait::Kind::turn : Wait::Kind::resumption, nullptr, nullptr},
                          other);
}

Trap then_promote(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  Thread* other = f.state().find_thread(values[0].u32);
  if (!other) return guest_fault("unknown thread index " + std::to_string(values[0].u32));
  if (other == f.running().thread) return cannot_resume();
  values[0].u64 = 0;
  bool yields = f.call.kind == Builtin::thread_yield_then_promote;
  bool promoted =
      other->nested ? f.scheduler.ready(*other) : other->queued() && f.scheduler.ready(*other);
  return f.scheduler.wait({yields ? Wait::Kind::turn : Wait::Kind::resumption, nullptr, nullptr},
                          promoted ? other : nullptr);
}

}  // namespace

engine::HostFn thread_builtin(Builtin kind) {
  switch (kind) {
    case Builtin::thread_index:
      return thread_index;
    case Builtin::thread_new_indirect:
      return thread_new_indirect;
    case Builtin::thread_resume_later:
      return thread_resume_later;
    case Builtin::thread_suspend:
      return thread_suspend;
    case Builtin::thread_suspend_then_resume:
    case Builtin::thread_yield_then_resume:
      return then_resume;
    case Builtin::thread_suspend_then_promote:
    case Builtin::thread_yield_then_promote:
      return then_promote;
    default:
      return nullptr;
  }
}

}  // namespace weir::component
