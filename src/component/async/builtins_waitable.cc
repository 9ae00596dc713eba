// canon waitable-set.*, waitable.join
#include "component/async/builtin_call.h"
#include "component/async/builtins.h"
#include "component/async/waitable_set.h"

namespace weir::component {
namespace {

using engine::Store;

// Tells an event as wait and poll do: the code as the result, the rest in memory.
Trap tell(BuiltinFrame& f, const Event& event, uint32_t address, Raw* values) {
  AbiContext abi(&f.instance, &f.lowered.options, f.instance.root.copy_budget());
  uint8_t* at = abi.at(address, 8, 4);
  if (!at) return abi.take_trap();
  engine::Trap none;
  weir::component::store<uint32_t>(at, event.index);
  weir::component::store<uint32_t>(at + 4, event.payload);
  values[0].u64 = static_cast<uint32_t>(event.code);
  return none;
}

Trap waitable_set_new(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = f.instance.handles.add_item(std::make_unique<WaitableSet>(f.scheduler));
  if (index == 0) return guest_fault("too many handles");
  values[0].u64 = index;
  return {};
}

Trap waitable_set_wait(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = values[0].u32;
  uint32_t address = values[1].u32;
  WaitableSet* set = f.instance.handles.item<WaitableSet>(index);
  if (!set) return no_waitable_set(f.instance, index);
  if (Trap trap = f.scheduler.wait({Wait::Kind::set, set, nullptr})) return trap;
  OrTrap<Event> event = set->take_event();
  if (!event.ok()) return std::move(event.trap());
  return tell(f, *event, address, values);
}

Trap waitable_set_poll(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = values[0].u32;
  uint32_t address = values[1].u32;
  WaitableSet* set = f.instance.handles.item<WaitableSet>(index);
  if (!set) return no_waitable_set(f.instance, index);
  if (!set->has_event()) return tell(f, Event{}, address, values);
  OrTrap<Event> event = set->take_event();
  if (!event.ok()) return std::move(event.trap());
  return tell(f, *event, address, values);
}

Trap waitable_set_drop(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  uint32_t index = values[0].u32;
  WaitableSet* set = f.instance.handles.item<WaitableSet>(index);
  if (!set) return no_waitable_set(f.instance, index);
  if (!set->empty()) return guest_fault("cannot drop waitable set with waitables in it");
  if (!set->waiting().empty()) return guest_fault("cannot drop waitable set with waiters");
  f.instance.handles.remove_item(index);
  return {};
}

Trap waitable_join(const void* env, Store& store, Raw* values, size_t) noexcept {
  BuiltinFrame f(env, store);
  if (!f.instance.may_leave) return cannot_leave();
  TableItem* item = f.instance.handles.item(values[0].u32);
  if (!item || !item->is_waitable()) {
    return wrong_handle(f.instance, values[0].u32, "waitable");
  }
  auto* waitable = static_cast<Waitable*>(item);
  if (waitable->sync_waiter()) {
    return guest_fault(
        "waitable cannot be used synchronously while added to a waitable set: it is waited for");
  }
  WaitableSet* set = nullptr;
  if (values[1].u32 != 0) {
    set = f.instance.handles.item<WaitableSet>(values[1].u32);
    if (!set) return no_waitable_set(f.instance, values[1].u32);
  }
  waitable->join(set);
  return {};
}

}  // namespace

Trap no_waitable_set(ComponentInstance& instance, uint32_t index) {
  return wrong_handle(instance, index, "waitable set");
}

engine::HostFn waitable_builtin(Builtin kind) {
  switch (kind) {
    case Builtin::waitable_set_new:
      return waitable_set_new;
    case Builtin::waitable_set_wait:
      return waitable_set_wait;
    case Builtin::waitable_set_poll:
      return waitable_set_poll;
    case Builtin::waitable_set_drop:
      return waitable_set_drop;
    case Builtin::waitable_join:
      return waitable_join;
    default:
      return nullptr;
  }
}

}  // namespace weir::component
