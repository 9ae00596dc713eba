#include "component/inline.h"

#include "component/async/builtins.h"
#include "component/context_module.h"
#include "component/deferral.h"
#include "component/direct.h"
#include "component/names.h"
#include "component/passage.h"
#include "util/assert.h"

namespace weir::component {
namespace {

constexpr uint64_t kMaxWork = 4'000'000;
constexpr size_t kMaxInstances = 10'000;
constexpr size_t kMaxProblems = 20;

}  // namespace

void Inliner::problem(std::string text) {
  ++problem_count_;
  if (problems_.size() < kMaxProblems) problems_.push_back(std::move(text));
}

Result<Plan> Inliner::run() {
  std::unordered_map<std::string, Value> none;
  InstanceRef root = instantiate({static_cast<uint32_t>(decoded_.components.size() - 1), nullptr},
                                 none, nullptr, "");
  if (!options_.unknown_imports_trap) {
    for (const auto& [interface, functions] : missing_) {
      std::string other = other_version(interface);
      problem("the interface `" + interface + "` is missing (imported for " + functions + "): " +
              (other.empty() ? "the host does not have it"
                             : "the host has `" + other + "`, which is not compatible with it"));
    }
  }
  if (problem_count_ == 0) collect_exports(*root);
  if (problem_count_ > 0) {
    std::string text = "the component cannot be linked:";
    for (const std::string& problem : problems_) text += "\n  " + problem;
    if (problem_count_ > problems_.size()) {
      text += "\n  and " + std::to_string(problem_count_ - problems_.size()) + " more";
    }
    if (import_problems_) {
      text +=
          "\n`--unknown-imports trap` loads it anyway: such functions trap when they are called";
    }
    return Err(Error{std::move(text)});
  }
  return std::move(plan_);
}

Inliner::InstanceRef Inliner::instantiate(const ComponentValue& component,
                                          const std::unordered_map<std::string, Value>& args,
                                          Frame* caller, std::string name) {
  if (frames_.size() >= kMaxInstances) {
    if (!stop_) problem("it makes more than " + std::to_string(kMaxInstances) + " instances");
    stop_ = true;
    return std::make_shared<Instance>();
  }
  frames_.push_back(std::make_unique<Frame>());
  Frame& f = *frames_.back();
  f.component = &decoded_.components[component.component];
  f.outer = component.frame;
  f.caller = caller;
  f.args = &args;
  f.name = std::move(name);
  for (const Definition& definition : f.component->definitions) {
    if (++work_ > kMaxWork) {
      if (!stop_)
        problem("it is too large to link: its components instantiate each other too often");
      stop_ = true;
    }
    if (stop_) break;
    std::visit([&](const auto& d) { define(f, d); }, definition);
  }
  f.args = nullptr;
  return std::make_shared<Instance>(std::move(f.exports));
}

InstanceId Inliner::instance_id(Frame& f) {
  if (f.id.valid()) return f.id;
  InstanceId parent = f.caller ? instance_id(*f.caller) : InstanceId{};
  f.id = {static_cast<uint32_t>(plan_.instances.size())};
  plan_.instances.push_back({parent, {}, {}, f.name});
  return f.id;
}

void Inliner::give_store(InstanceId id) {
  StoreId& store = plan_.instances[id.index].store;
  if (!store.valid()) store = {plan_.store_count++};
}

void Inliner::define(Frame& f, const ModuleDefinition& d) { f.modules.push_back(d.module); }

void Inliner::define(Frame& f, const ComponentDefinition& d) {
  f.components.push_back({d.component, &f});
}

std::vector<CoreItem>& Inliner::core_space(Frame& f, wasm::ExternKind kind) {
  switch (kind) {
    case wasm::ExternKind::func:
      return f.core_funcs;
    case wasm::ExternKind::table:
      return f.tables;
    case wasm::ExternKind::memory:
      return f.memories;
    case wasm::ExternKind::global:
      return f.globals;
    case wasm::ExternKind::tag:
      return f.tags;
  }
  return f.tags;
}

std::optional<CoreItem> Inliner::core_item(const CoreInstanceValue& instance, wasm::ExternKind kind,
                                           const std::string& name) {
  if (const CoreInstanceId* id = std::get_if<CoreInstanceId>(&instance)) {
    const wasm::Module& module =
        decoded_.modules[plan_.core_instances[id->index].module.index].module;
    auto found = module.export_by_name.find(name);
    if (found == module.export_by_name.end() || module.exports[found->second].kind != kind) {
      return std::nullopt;
    }
    return CoreItem(CoreExport{*id, found->second});
  }
  const auto& bag = *std::get<std::shared_ptr<const CoreBagItems>>(instance);
  auto found = bag.find({kind, name});
  if (found == bag.end()) return std::nullopt;
  return found->second;
}

void Inliner::define(Frame& f, const CoreInstantiation& d) {
  ModuleId module_id = f.modules[d.module];
  const wasm::Module& module = decoded_.modules[module_id.index].module;
  std::unordered_map<std::string, uint32_t> args(d.args.begin(), d.args.end());
  InstantiateStep step;
  step.imports.reserve(module.imports.size());
  for (const wasm::Import& import : module.imports) {
    ++work_;
    auto arg = args.find(import.module);
    std::optional<CoreItem> item;
    if (arg != args.end()) {
      item = core_item(f.core_instances[arg->second], import.type.kind, import.name);
    }
    // A module whose type was checked against an import of another component may want more than
    // the declared type says only if validation has a hole.
    if (!item) {
      problem("a core module's import `" + import.module + "::" + import.name + "` has no value");
      stop_ = true;
      return;
    }
    step.imports.push_back(*item);
  }
  InstanceId owner = instance_id(f);
  give_store(owner);
  CoreInstanceId id{static_cast<uint32_t>(plan_.core_instances.size())};
  if (plan_.core_instances.size() >= kMaxInstances) {
    problem("it makes more than " + std::to_string(kMaxInstances) + " core instances");
    stop_ = true;
    return;
  }
  plan_.core_instances.push_back({owner, module_id});
  step.instance = id;
  plan_.steps.push_back(std::move(step));
  if (module.start) {
    plan_.steps.push_back(StartStep{{id, static_cast<uint32_t>(module.exports.size())}});
  }
  f.core_instances.push_back(id);
}

void Inliner::define(Frame& f, const CoreBag& d) {
  auto bag = std::make_shared<CoreBagItems>();
  for (const CoreNamedIndex& e : d.exports) {
    bag->emplace(std::make_pair(e.kind, e.name), core_space(f, e.kind)[e.index]);
  }
  work_ += d.exports.size();
  f.core_instances.push_back(std::shared_ptr<const CoreBagItems>(std::move(bag)));
}

void Inliner::define(Frame& f, const CoreExportAlias& d) {
  std::optional<CoreItem> item = core_item(f.core_instances[d.instance], d.kind, d.name);
  if (!item) {
    problem("a core instance does not export `" + d.name + "`");
    stop_ = true;
    return;
  }
  core_space(f, d.kind).push_back(*item);
}

std::optional<Inliner::Value> Inliner::value_of(Frame& f, const SortIndex& what) {
  switch (what.sort) {
    case Sort::module:
      return f.modules[what.index];
    case Sort::func:
      return f.funcs[what.index];
    case Sort::type:
      if (what.type.kind != AnyType::Kind::resource) return TypeValue{};
      return TypeValue{resolve(f, what.type.resource())};
    case Sort::component:
      return f.components[what.index];
    case Sort::instance:
      return f.instances[what.index];
    case Sort::value:
      break;
  }
  return std::nullopt;
}

void Inliner::push(Frame& f, const Value& value) {
  std::visit(
      [&](const auto& v) {
        using T = std::remove_cvref_t<decltype(v)>;
        if constexpr (std::is_same_v<T, ModuleId>) {
          f.modules.push_back(v);
        } else if constexpr (std::is_same_v<T, FuncRef>) {
          f.funcs.push_back(v);
        } else if constexpr (std::is_same_v<T, ComponentValue>) {
          f.components.push_back(v);
        } else if constexpr (std::is_same_v<T, InstanceRef>) {
          f.instances.push_back(v);
        }
      },
      value);
}

void Inliner::define(Frame& f, const Instantiation& d) {
  std::unordered_map<std::string, Value> args;
  for (const NamedIndex& arg : d.args) {
    std::optional<Value> value = value_of(f, arg.what);
    if (value) args.emplace(arg.name, std::move(*value));
  }
  work_ += d.args.size();
  InstanceRef instance =
      instantiate(f.components[d.component], args, &f,
                  (f.name.empty() ? "" : f.name + "/") + std::to_string(f.instances.size()));
  bind(f, d.type, instance);
  f.instances.push_back(std::move(instance));
}

void Inliner::define(Frame& f, const Bag& d) {
  auto instance = std::make_shared<Instance>();
  for (const NamedIndex& e : d.exports) {
    std::optional<Value> value = value_of(f, e.what);
    if (value) instance->add(e.name, std::move(*value));
  }
  work_ += d.exports.size();
  f.instances.push_back(std::move(instance));
}

void Inliner::define(Frame& f, const ExportAlias& d) {
  if (d.sort == Sort::type) return;
  const Instance& instance = *f.instances[d.instance];
  auto found = instance.exports.find(d.name);
  if (found == instance.exports.end()) {
    problem("an instance does not export `" + d.name + "`");
    stop_ = true;
    return;
  }
  push(f, Value(found->second));
}

void Inliner::define(Frame& f, const OuterAlias& d) {
  Frame* target = &f;
  for (uint32_t i = 0; i < d.count; ++i) target = target->outer;
  if (d.sort == Sort::module) {
    f.modules.push_back(ModuleId(target->modules[d.index]));
  } else {
    f.components.push_back(ComponentValue(target->components[d.index]));
  }
}

void Inliner::define(Frame& f, const ResourceDefinition& d) {
  ResourceInfo info;
  info.definer = instance_id(f);
  if (d.destructor) {
    info.destructor = func_slot(f, f.core_funcs[*d.destructor]);
    info.lifted_destructor = LiftedId{static_cast<uint32_t>(plan_.lifted.size())};
    FuncTypeId type = plan_.types.intern(FuncType{false, {{"rep", Prim::u32}}, std::nullopt});
    Lifted& lifted = plan_.lifted.emplace_back();
    lifted.type = type;
    lifted.core = info.destructor;
    lifted.options.instance = info.definer;
    lifted.signature = plan_.types.signature(type, wit::Direction::lift, wit::CallAbi::sync);
  }
  f.resources[d.id.index] = plan_.types.add_resource();
  plan_.resources.push_back(std::move(info));
}

CanonOptions Inliner::convert(Frame& f, const Options& options) {
  CanonOptions result;
  result.instance = instance_id(f);
  result.encoding = options.encoding;
  result.async = options.async;
  if (options.memory) result.memory = memory_slot(f, f.memories[*options.memory]);
  if (options.realloc) result.realloc = func_slot(f, f.core_funcs[*options.realloc]);
  if (options.post_return) result.post_return = func_slot(f, f.core_funcs[*options.post_return]);
  if (options.callback) result.callback = func_slot(f, f.core_funcs[*options.callback]);
  return result;
}

MemorySlot Inliner::memory_slot(Frame& f, const CoreItem& item) {
  const CoreExport& from = std::get<CoreExport>(item);
  auto [found, added] = memory_slots_.try_emplace({from.instance.index, from.index}, MemorySlot{});
  if (added) {
    found->second = {static_cast<uint32_t>(plan_.memories.size())};
    plan_.memories.push_back({instance_id(f), from});
    plan_.steps.push_back(ExtractMemoryStep{found->second});
  }
  return found->second;
}

FuncSlot Inliner::func_slot(Frame& f, const CoreItem& item) {
  std::pair<uint64_t, uint32_t> key;
  if (const CoreExport* from = std::get_if<CoreExport>(&item)) {
    key = {from->instance.index, from->index};
  } else {
    key = {uint64_t{1} << 32, std::get<LoweredId>(item).index};
  }
  auto [found, added] = func_slots_.try_emplace(key, FuncSlot{});
  if (added) {
    found->second = {static_cast<uint32_t>(plan_.funcs.size())};
    InstanceId owner = instance_id(f);
    // A lowered function as such needs a store to be a function of.
    if (std::holds_alternative<LoweredId>(item)) give_store(owner);
    plan_.funcs.push_back({owner, item, {}});
    plan_.steps.push_back(ExtractFuncStep{found->second});
  }
  return found->second;
}

TableSlot Inliner::table_slot(Frame& f, const CoreItem& item) {
  TableSlot slot{static_cast<uint32_t>(plan_.tables.size())};
  plan_.tables.push_back({instance_id(f), std::get<CoreExport>(item)});
  plan_.steps.push_back(ExtractTableStep{slot});
  return slot;
}

LoweredId Inliner::add(Lowered lowered) {
  plan_.lowered.push_back(std::move(lowered));
  return {static_cast<uint32_t>(plan_.lowered.size() - 1)};
}

void Inliner::define(Frame& f, const LiftDefinition& d) {
  Lifted lifted;
  lifted.type = convert(f, d.type);
  if (plan_.types.func(lifted.type).async) plan_.uses_async = true;
  lifted.options = convert(f, d.options);
  lifted.core = func_slot(f, f.core_funcs[d.core]);
  wit::CallAbi abi = !d.options.async     ? wit::CallAbi::sync
                     : d.options.callback ? wit::CallAbi::async_callback
                                          : wit::CallAbi::async_stackful;
  lifted.signature = plan_.types.signature(lifted.type, wit::Direction::lift, abi);
  f.funcs.push_back(LiftedId{static_cast<uint32_t>(plan_.lifted.size())});
  plan_.lifted.push_back(std::move(lifted));
}

void Inliner::define(Frame& f, const LowerDefinition& d) {
  LoweredCall call;
  call.callee = f.funcs[d.func];
  call.type = convert(f, d.type);
  if (plan_.types.func(call.type).async) plan_.uses_async = true;
  wit::CallAbi abi = d.options.async ? wit::CallAbi::async_stackful : wit::CallAbi::sync;
  call.signature = plan_.types.signature(call.type, wit::Direction::lower, abi);
  call.passes = Passage::fits(plan_.types, plan_.types.func(call.type));
  Lowered lowered;
  lowered.options = convert(f, d.options);
  lowered.params = call.signature.params;
  lowered.results = call.signature.results;
  lowered.what = std::move(call);
  f.core_funcs.push_back(add(std::move(lowered)));
}

CoreItem Inliner::context_function(Frame& f, const BuiltinDefinition& d) {
  InstanceId owner = instance_id(f);
  plan_.uses_async = true;
  if (!plan_.instances[owner.index].context.valid()) {
    give_store(owner);
    CoreInstanceId id{static_cast<uint32_t>(plan_.core_instances.size())};
    plan_.core_instances.push_back({owner, decoded_.context_module});
    plan_.steps.push_back(InstantiateStep{id, {}});
    plan_.instances[owner.index].context = id;
  }
  uint32_t index = d.kind == Builtin::context_get ? context_getter(d.slot) : context_setter(d.slot);
  return CoreExport{plan_.instances[owner.index].context, index};
}

void Inliner::define(Frame& f, const BuiltinDefinition& d) {
  if (d.kind == Builtin::context_get || d.kind == Builtin::context_set) {
    f.core_funcs.push_back(context_function(f, d));
    return;
  }
  BuiltinCall call{d.kind, {}, {}, d.slot, {}};
  bool resource = d.kind == Builtin::resource_new || d.kind == Builtin::resource_drop ||
                  d.kind == Builtin::resource_rep;
  if (resource) {
    call.resource = resolve(f, d.resource);
  } else if (async_builtin(d.kind)) {
    plan_.uses_async = true;
    if (d.kind >= Builtin::thread_index) plan_.uses_threads = true;
  } else {
    problem(std::string("it uses the built-in `") + name_of(d.kind) + "`, which is not supported");
  }
  if (d.type) call.type = convert(f, *d.type);
  if (d.table) call.table = table_slot(f, f.tables[*d.table]);
  Lowered lowered;
  lowered.options = convert(f, d.options);
  lowered.params = d.params;
  lowered.results = d.results;
  lowered.what = call;
  f.core_funcs.push_back(add(std::move(lowered)));
}

void Inliner::define(Frame& f, const ImportDefinition& d) {
  std::optional<Value> value;
  if (f.caller) {
    auto found = f.args->find(d.name);
    if (found != f.args->end()) value = found->second;
  } else {
    value = host_value(f, d);
  }
  if (!value) {
    if (f.caller) problem("a nested component's import `" + d.name + "` has no value");
    stop_ = true;
    return;
  }
  bind(f, d.type, *value);
  push(f, *value);
}

void Inliner::define(Frame& f, const ExportDefinition& d) {
  std::optional<Value> value = value_of(f, d.what);
  if (!value) return;
  if (d.ascribed) bind(f, *d.ascribed, *value);
  push(f, *value);
  f.exports.add(d.name, std::move(*value));
}

void Inliner::bind(Frame& f, const ExternType& type, const Value& value) {
  if (++work_ > kMaxWork) return;
  if (type.kind == ExternType::Kind::type) {
    if (type.type.kind != AnyType::Kind::resource) return;
    if (const TypeValue* actual = std::get_if<TypeValue>(&value)) {
      ResourceId id = decoded_.universe.values.canonical(type.type.resource());
      f.resources.try_emplace(id.index, actual->resource);
    }
    return;
  }
  if (type.kind != ExternType::Kind::instance) return;
  const InstanceType& expected = decoded_.universe[type.instance()];
  const InstanceRef* instance = std::get_if<InstanceRef>(&value);
  if (!expected.resources || !instance) return;
  for (const ExternList::Item& item : expected.exports) {
    auto found = (*instance)->exports.find(item.name);
    if (found != (*instance)->exports.end()) bind(f, item.type, found->second);
  }
}

ResourceId Inliner::resolve(Frame& f, ResourceId abstract) {
  ResourceId id = decoded_.universe.values.canonical(abstract);
  auto found = f.resources.find(id.index);
  if (found != f.resources.end()) return found->second;
  problem("a resource type has no definition");
  stop_ = true;
  return unknown_resource("?");
}

ValType Inliner::convert(Frame& f, ValType type) {
  if (type.is_prim()) return type;
  const Types& from = decoded_.universe.values;
  type = from.canonical(type);
  auto found = f.converted.find(type.bits());
  if (found != f.converted.end()) return found->second;
  ++work_;
  Shape shape = from.shape(type.id());
  auto optional = [&](std::optional<ValType>& t) {
    if (t) t = convert(f, *t);
  };
  std::visit(
      [&](auto& s) {
        using T = std::remove_cvref_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Record>) {
          for (Field& field : s.fields) field.type = convert(f, field.type);
        } else if constexpr (std::is_same_v<T, Variant>) {
          for (Case& c : s.cases) optional(c.type);
        } else if constexpr (std::is_same_v<T, Tuple>) {
          for (ValType& t : s.types) t = convert(f, t);
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, FixedList>) {
          s.element = convert(f, s.element);
        } else if constexpr (std::is_same_v<T, Map>) {
          s.key = convert(f, s.key);
          s.value = convert(f, s.value);
        } else if constexpr (std::is_same_v<T, Option>) {
          s.value = convert(f, s.value);
        } else if constexpr (std::is_same_v<T, ResultType>) {
          optional(s.ok);
          optional(s.err);
        } else if constexpr (std::is_same_v<T, Own> || std::is_same_v<T, Borrow>) {
          s.resource = resolve(f, s.resource);
        } else if constexpr (std::is_same_v<T, Stream>) {
          optional(s.element);
        } else if constexpr (std::is_same_v<T, Future>) {
          optional(s.value);
        }
      },
      shape);
  ValType result = plan_.types.intern(std::move(shape));
  f.converted.emplace(type.bits(), result);
  return result;
}

FuncTypeId Inliner::convert(Frame& f, FuncTypeId id) {
  FuncType type = decoded_.universe.values.func(id);
  for (Field& param : type.params) param.type = convert(f, param.type);
  if (type.result) type.result = convert(f, *type.result);
  work_ += type.params.size();
  return plan_.types.intern(std::move(type));
}

void Inliner::collect_exports(const Instance& root) {
  for (const std::string& name : root.order) {
    const Value& value = root.exports.at(name);
    auto add = [&](const std::string& interface, const std::string& function, const FuncRef& ref,
                   FuncTypeId type) { plan_.exported.push_back({interface, function, ref, type}); };
    // The types are those of the root's own exports.
    const ExternType* type = decoded_.universe[decoded_.root().type].exports.find(name);
    WEIR_ASSERT(type != nullptr);
    Frame& f = *frames_.front();
    if (const FuncRef* func = std::get_if<FuncRef>(&value)) {
      add("", name, *func, convert(f, type->func()));
    } else if (const InstanceRef* instance = std::get_if<InstanceRef>(&value)) {
      for (const ExternList::Item& item : decoded_.universe[type->instance()].exports) {
        if (item.type.kind != ExternType::Kind::func) continue;
        auto found = (*instance)->exports.find(item.name);
        if (found == (*instance)->exports.end()) continue;
        if (const FuncRef* func = std::get_if<FuncRef>(&found->second)) {
          add(name, item.name, *func, convert(f, item.type.func()));
        }
      }
    }
  }
}

Result<Plan> link(const Decoded& component, const Linker& host, const LinkOptions& options) {
  Plan plan = WEIR_TRY(Inliner(component, host, options).run());
  if (options.force_general) {
    plan.general_reason = "forced";
  } else {
    bind_directly(plan, component);
    // Instantiation interrupts the job's own fiber; asynchronous components have others.
    if (!plan.uses_async) defer_adapters(plan, component);
  }
  return plan;
}

}  // namespace weir::component
