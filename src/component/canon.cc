#include "component/async/builtins.h"
#include "component/async/drop_call.h"
#include "component/async/guest_subtask.h"
#include "component/async/host_subtask.h"
#include "component/async/scheduler.h"
#include "component/entry.h"
#include "component/host/linker.h"
#include "component/instance.h"
#include "component/passage.h"
#include "component/transfer.h"

namespace weir::component {
namespace {

using engine::Store;

const Lowered& lowered_of(const void* env) { return *static_cast<const Lowered*>(env); }

const LoweredCall& call_of(const Lowered& lowered) { return std::get<LoweredCall>(lowered.what); }

const BuiltinCall& builtin_of(const Lowered& lowered) {
  return std::get<BuiltinCall>(lowered.what);
}

std::string full_name(const HostFunction& function) {
  const std::string& interface = function.interface().name();
  return interface.empty() ? function.name() : interface + "." + function.name();
}

// `canon lower` of a function of the host.
Trap call_host(const void* env, Store& store, Raw* values, size_t) noexcept {
  const Lowered& lowered = lowered_of(env);
  auto& caller = store.owner_as<ComponentInstance>();
  if (!caller.may_leave) [[unlikely]]
    return cannot_leave();
  const HostFunction& function = **std::get_if<const HostFunction*>(&call_of(lowered).callee);
  AbiContext abi(&caller, &lowered.options, caller.root.copy_budget());
  Call call(caller.root, abi);
  Trap trap = function.invoke(call, values);
  if (trap && trap.kind() == Trap::Kind::host) [[unlikely]]
    trap.add_context(full_name(function));
  return trap;
}

// The same of one of asynchronous type.
Trap begin_host(const void* env, Store& store, Raw* values, size_t) noexcept {
  const Lowered& lowered = lowered_of(env);
  auto& caller = store.owner_as<ComponentInstance>();
  if (!caller.may_leave) [[unlikely]]
    return cannot_leave();
  const HostFunction& function = **std::get_if<const HostFunction*>(&call_of(lowered).callee);
  Trap trap = call_by_operation(function, lowered, caller, values);
  if (trap && trap.kind() == Trap::Kind::host) [[unlikely]]
    trap.add_context(full_name(function));
  return trap;
}

// A call to core code that is instantiated after its caller.
Trap call_forward(const void* env, Store& store, Raw* values, size_t count) noexcept {
  auto& caller = store.owner_as<ComponentInstance>();
  FuncSlot target = std::get<ForwardCall>(lowered_of(env).what).target;
  if (!caller.root.func(target)) {
    if (Trap trap = caller.root.fill(target)) return trap;
  }
  return caller.root.call_core(caller, target, values, count);
}

Trap call_unknown(const void* env, Store& store, Raw*, size_t) noexcept {
  auto& caller = store.owner_as<ComponentInstance>();
  uint32_t name = std::get<UnknownFunction>(call_of(lowered_of(env)).callee).name;
  return guest_fault("the guest called `" + caller.root.plan().unknown_imports[name] +
                     "`, which this host does not have");
}

// `canon lower` of a function that another guest lifts: runs it on the caller's fiber.
Trap call_guest(const void* env, Store& store, Raw* values, size_t) noexcept {
  const Lowered& lowered = lowered_of(env);
  const LoweredCall& call = call_of(lowered);
  auto& caller = store.owner_as<ComponentInstance>();
  if (!caller.may_leave) return cannot_leave();
  Instance& root = caller.root;
  const Lifted& lifted = root.plan().lifted[std::get<LiftedId>(call.callee).index];
  ComponentInstance& callee = root.component(lifted.options.instance);
  const FuncType& type = root.plan().types.func(call.type);
  Scheduler* scheduler = root.scheduler();
  if (scheduler && (type.async || !root.may_nest(callee))) {
    return call_by_task(lowered, caller, values);
  }

  BorrowScope task;
  AbiContext from(&caller, &lowered.options, root.copy_budget());
  AbiContext to(&callee, &lifted.options, root.copy_budget());
  to.set_borrow_scope(&task);
  Transfer transfer(root);

  bool passes = call.passes && &caller != &callee;
  Raw flat[wit::kMaxFlatParams];
  if (passes) {
    Passage passage(root, from, to);
    passage.params(type, call.signature.indirect_params, values, lifted.signature.indirect_params,
                   flat);
    if (!passage.ok()) [[unlikely]]
      return passage.take_trap();
  } else {
    transfer.lift_params(from, type, call.signature.indirect_params, values);
    if (!from.ok()) return from.take_trap();
    transfer.lower_params(to, type, lifted.signature.indirect_params, flat);
    if (!to.ok()) return to.take_trap();
  }

  Scheduler::Frame frame(scheduler, callee, &lifted);
  size_t results = lifted.signature.results.size();
  size_t count = std::max(lifted.signature.params.size(), results);
  if (Trap trap = root.call_core(callee, lifted.core, flat, count)) return trap;
  Raw returned = flat[0];

  if (type.result && passes && task.borrows == 0) {
    uint32_t out = 0;
    if (call.signature.indirect_result) out = values[call.signature.params.size() - 1].u32;
    Passage passage(root, to, from);
    passage.result(*type.result, lifted.signature.indirect_result, flat,
                   call.signature.indirect_result, out, values);
    if (!passage.ok()) [[unlikely]]
      return passage.take_trap();
  } else if (type.result) {
    Value value = transfer.lift_result(to, *type.result, lifted.signature.indirect_result, flat);
    if (!to.ok()) return to.take_trap();
    uint32_t out = 0;
    if (call.signature.indirect_result) out = values[call.signature.params.size() - 1].u32;
    if (task.borrows == 0) {
      transfer.lower_result(from, *type.result, value, call.signature.indirect_result, out, values);
      if (!from.ok()) return from.take_trap();
    }
  }
  if (task.borrows != 0) {
    return guest_fault("borrow handles still remain at the end of the call");
  }
  if (!lifted.options.post_return.valid()) return {};
  callee.may_leave = false;
  Trap trap = root.call_core(callee, lifted.options.post_return, &returned, results);
  callee.may_leave = true;
  return trap;
}

Trap resource_new(const void* env, Store& store, Raw* values, size_t) noexcept {
  auto& caller = store.owner_as<ComponentInstance>();
  if (!caller.may_leave) return cannot_leave();
  ResourceKey key = caller.root.key(builtin_of(lowered_of(env)).resource);
  uint32_t index = caller.handles.add_own(key, {nullptr, values[0].u32});
  if (index == 0) return guest_fault("too many handles");
  values[0].u64 = index;
  return {};
}

Trap resource_rep(const void* env, Store& store, Raw* values, size_t) noexcept {
  auto& caller = store.owner_as<ComponentInstance>();
  ResourceKey key = caller.root.key(builtin_of(lowered_of(env)).resource);
  HandleTable::Entry* entry = caller.handles.find(values[0].u32);
  if (!entry || entry->key != key) {
    auto error = entry ? HandleTable::Error::wrong_type : HandleTable::Error::unknown;
    return guest_fault(std::string(describe(error)) + " " + std::to_string(values[0].u32));
  }
  values[0].u64 = entry->object.rep;
  return {};
}

Trap resource_drop(const void* env, Store& store, Raw* values, size_t) noexcept {
  auto& caller = store.owner_as<ComponentInstance>();
  if (!caller.may_leave) return cannot_leave();
  Instance& root = caller.root;
  ResourceId resource = builtin_of(lowered_of(env)).resource;
  uint32_t index = values[0].u32;
  HandleTable::Error error = caller.handles.check(index, root.key(resource), false);
  if (error != HandleTable::Error::none) {
    return guest_fault(std::string(describe(error)) + " " + std::to_string(index));
  }
  const HandleTable::Entry& entry = *caller.handles.find(index);
  bool own = entry.kind == HandleTable::Kind::own;
  if (own && entry.object.host) {
    if (const char* refusal = entry.object.host->drop_refusal()) return guest_fault(refusal);
  }
  Object object = caller.handles.remove(index).object;
  if (!own) return {};
  delete object.host;
  const ResourceInfo& info = root.plan().resources[resource.index];
  if (info.host || !info.destructor.valid()) return {};
  Raw argument[1];
  argument[0].u64 = object.rep;
  ComponentInstance& definer = root.component(info.definer);
  if (root.scheduler() && !root.may_nest(definer)) {
    return destroy_by_task(root, root.plan().lifted[info.lifted_destructor.index], object.rep);
  }
  Scheduler::Frame frame(root.scheduler(), definer, nullptr);
  return root.call_core(definer, info.destructor, argument, 1);
}

Trap builtin_missing(const void* env, Store&, Raw*, size_t) noexcept {
  return guest_fault(std::string("the built-in `") + name_of(builtin_of(lowered_of(env)).kind) +
                     "` is not supported");
}

engine::HostFn builtin_function(Builtin kind) {
  switch (kind) {
    case Builtin::resource_new:
      return resource_new;
    case Builtin::resource_drop:
      return resource_drop;
    case Builtin::resource_rep:
      return resource_rep;
    default:
      break;
  }
  engine::HostFn function = async_builtin(kind);
  return function ? function : builtin_missing;
}

}  // namespace

engine::HostFn entry_of(const Lowered& lowered) {
  if (const auto* builtin = std::get_if<BuiltinCall>(&lowered.what)) {
    return builtin_function(builtin->kind);
  }
  if (std::holds_alternative<ForwardCall>(lowered.what)) return call_forward;
  const FuncRef& callee = std::get<LoweredCall>(lowered.what).callee;
  if (const auto* host = std::get_if<const HostFunction*>(&callee)) {
    return (*host)->async() ? begin_host : call_host;
  }
  return std::holds_alternative<LiftedId>(callee) ? call_guest : call_unknown;
}

}  // namespace weir::component
