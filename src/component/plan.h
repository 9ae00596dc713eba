#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "component/types.h"
#include "wit/ids.h"

// What a component, nested ones included, comes to once it is joined to its host: a linear list of
// steps over numbered slots, each import resolved. Made by `link`, immutable, engine-free; a
// `Linked` adds what the engine prepares from it. One `Instance` has one array per kind of slot.
namespace weir::component {

class HostFunction;
class HostResourceType;
class TypeBuilder;

// Slots of an instance. Each kind is numbered from 0.
using InstanceId = wit::Id<struct ComponentInstanceTag>;  // Plan::instances
using CoreInstanceId = wit::Id<struct CoreInstanceTag>;   // Plan::core_instances
using MemorySlot = wit::Id<struct MemorySlotTag>;         // Plan::memories
using FuncSlot = wit::Id<struct FuncSlotTag>;             // Plan::funcs
using TableSlot = wit::Id<struct TableSlotTag>;           // Plan::tables
using StoreId = wit::Id<struct StoreTag>;                 // 0 .. Plan::store_count
// Parts of the plan.
using ModuleId = wit::Id<struct ModuleTag>;      // Component::modules
using LoweredId = wit::Id<struct LoweredTag>;    // Plan::lowered
using LiftedId = wit::Id<struct LiftedTag>;      // Plan::lifted
using ExportId = wit::Id<struct ExportedTag>;    // Plan::exported
using DeferredId = wit::Id<struct DeferredTag>;  // Plan::deferred

enum class StringEncoding : uint8_t { utf8, utf16, latin1_utf16 };

// A component instance at run time: a handle table, `may_leave`, and, if it owns core instances, a
// store of its own.
struct ComponentInstanceInfo {
  // Not valid for the outermost one, which is the first.
  InstanceId parent;
  // Not valid if it owns no core instances: then no handle ever lives in it.
  StoreId store;
  // Holds the context slots of its threads, if it uses them; see context_module.h.
  CoreInstanceId context;
  // For messages, such as `shim component of wasi:http/incoming-handler`; may be empty.
  std::string name;
};

// An export of a core instance, by position in the export section of its module; the start
// function, which the compiled module exports, comes after the last.
struct CoreExport {
  CoreInstanceId instance;
  uint32_t index = 0;

  friend bool operator==(const CoreExport&, const CoreExport&) = default;
};

// What a core module imports: an export of a core instance of the same store, or a lowered
// function.
using CoreItem = std::variant<CoreExport, LoweredId>;

// The canonical options of a lift, lower or built-in; ids that were not given are not valid.
struct CanonOptions {
  // The instance that the `canon` belongs to.
  InstanceId instance;
  StringEncoding encoding = StringEncoding::utf8;
  bool async = false;
  MemorySlot memory;
  FuncSlot realloc;
  FuncSlot post_return;
  FuncSlot callback;
};

// An import that the host does not have, bound because the user asked so: each call traps.
struct UnknownFunction {
  // Index into `Plan::unknown_imports`.
  uint32_t name = 0;
};

// A component function.
using FuncRef = std::variant<const HostFunction*, LiftedId, UnknownFunction>;

// The built-ins of the canonical ABI that core code imports.
enum class Builtin : uint8_t {
  resource_new,
  resource_drop,
  resource_rep,
  task_return,
  task_cancel,
  context_get,
  context_set,
  backpressure_inc,
  backpressure_dec,
  thread_yield,
  subtask_cancel,
  subtask_drop,
  stream_new,
  stream_read,
  stream_write,
  stream_cancel_read,
  stream_cancel_write,
  stream_drop_readable,
  stream_drop_writable,
  future_new,
  future_read,
  future_write,
  future_cancel_read,
  future_cancel_write,
  future_drop_readable,
  future_drop_writable,
  error_context_new,
  error_context_debug_message,
  error_context_drop,
  waitable_set_new,
  waitable_set_wait,
  waitable_set_poll,
  waitable_set_drop,
  waitable_join,
  thread_index,
  thread_new_indirect,
  thread_resume_later,
  thread_suspend,
  thread_suspend_then_resume,
  thread_yield_then_resume,
  thread_suspend_then_promote,
  thread_yield_then_promote,
};

// How the specification writes it, such as `stream.cancel-read`.
const char* name_of(Builtin builtin);

// `canon lower` of a function.
struct LoweredCall {
  FuncRef callee;
  FuncTypeId type;
  wit::FlatSignature signature;
  // Whether a `Passage` fits: what else crosses does so as a `Value`.
  bool passes = false;
};

// A built-in with its immediates; those that it lacks are not valid or zero.
struct BuiltinCall {
  Builtin kind;
  // resource.*
  ResourceId resource;
  // stream.* and future.*: the stream or future type. task.return: the result.
  std::optional<ValType> type;
  // context.*: the slot.
  uint32_t slot = 0;
  // thread.new-indirect
  TableSlot table;
};

// A call of core code to other core code of its store that is instantiated later than the caller,
// or not before it is needed.
struct ForwardCall {
  FuncSlot target;
};

// A function that core code imports and the host runs. Its address in `Plan::lowered` is stable:
// it is the `env` of the engine's host function.
struct Lowered {
  std::variant<LoweredCall, BuiltinCall, ForwardCall> what;
  CanonOptions options;
  // The core type.
  std::vector<wit::CoreType> params;
  std::vector<wit::CoreType> results;
};

// `canon lift`: core code that components and the host can call.
struct Lifted {
  FuncTypeId type;
  FuncSlot core;
  CanonOptions options;
  // For an asynchronous lift with the parameters of its `task.return`.
  wit::FlatSignature signature;
};

// A resource type of this composition. Generative types are static here, since the plan knows each
// instantiation.
struct ResourceInfo {
  // Set for a resource that the host implements.
  const HostResourceType* host = nullptr;
  // The component instance that defined it, for one of a guest.
  InstanceId definer;
  // Its destructor, if it has one: a core function of the definer's store.
  FuncSlot destructor;
  // The same as a function that is lifted, if there is one.
  LiftedId lifted_destructor;
  // Neither host nor definer: a resource of an interface that the host does not have.
  std::string name;
};

struct CoreInstanceInfo {
  InstanceId owner;
  ModuleId module;
};
struct MemoryInfo {
  InstanceId owner;
  CoreExport from;
};
struct FuncInfo {
  InstanceId owner;
  CoreItem from;
  // The steps that fill the slot, if they are not among `Plan::steps`.
  DeferredId deferred;
};
struct TableInfo {
  InstanceId owner;
  CoreExport from;
};

// Instantiates a core module (its start section is an export by now: no guest code runs).
struct InstantiateStep {
  CoreInstanceId instance;
  // One for each import of the module, in its order.
  std::vector<CoreItem> imports;
};
// Calls the function that was the module's start function.
struct StartStep {
  CoreExport function;
};
// Reads an export into a slot; what is read is in `Plan::memories`, `Plan::funcs`.
struct ExtractMemoryStep {
  MemorySlot slot;
};
struct ExtractTableStep {
  TableSlot slot;
};
// A function slot whose source is a lowered function is filled with a host function of the store.
struct ExtractFuncStep {
  FuncSlot slot;
};

using Step =
    std::variant<InstantiateStep, StartStep, ExtractMemoryStep, ExtractFuncStep, ExtractTableStep>;

// Steps that nothing depends on until one of the functions they fill in is called: those of
// adapters of older interfaces, which many requests never use. They hold no start steps.
struct DeferredSteps {
  std::vector<Step> steps;
};

// An exported function that the host can call.
struct ExportedFunction {
  // Empty for a function of the component itself.
  std::string interface;
  std::string name;
  FuncRef function;
  FuncTypeId type;
};

// What a C++ type that streams or futures of the host have as elements is called here.
struct HostElement {
  std::optional<ValType> (*describe)(TypeBuilder& builder);
  std::optional<ValType> type;
};

struct Plan {
  Types types;
  std::vector<ResourceInfo> resources;
  std::vector<ComponentInstanceInfo> instances;
  uint32_t store_count = 0;
  std::vector<CoreInstanceInfo> core_instances;
  std::vector<MemoryInfo> memories;
  std::vector<FuncInfo> funcs;
  std::vector<TableInfo> tables;
  std::vector<Lowered> lowered;
  std::vector<Lifted> lifted;
  // In order, all before the first export is called. Start steps run guest code, so they belong on
  // the fiber; instantiation runs none, and the engine wants it off the fiber.
  std::vector<Step> steps;
  std::vector<DeferredSteps> deferred;
  std::vector<ExportedFunction> exported;
  std::vector<HostElement> host_elements;
  // Each as `interface.function`, for messages.
  std::vector<std::string> unknown_imports;
  // Whether anything is asynchronous, and whether guests start threads themselves.
  bool uses_async = false;
  bool uses_threads = false;
  // Whether imports are bound past the tables that toolchains put before them; else why not.
  bool direct = false;
  std::string general_reason;
};

}  // namespace weir::component
