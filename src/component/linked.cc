#include "component/linked.h"

#include "component/context_module.h"
#include "component/entry.h"
#include "component/exports.h"

namespace weir::component {
namespace {

engine::ValType value_type_of(wit::CoreType type) {
  switch (type) {
    case wit::CoreType::i32:
      return engine::ValType::i32;
    case wit::CoreType::i64:
      return engine::ValType::i64;
    case wit::CoreType::f32:
      return engine::ValType::f32;
    case wit::CoreType::f64:
      return engine::ValType::f64;
  }
  return engine::ValType::i32;
}

}  // namespace

Result<std::shared_ptr<const Linked>> Linked::link(engine::Engine& engine,
                                                   std::shared_ptr<const Component> component,
                                                   const Linker& host, const LinkOptions& options) {
  std::shared_ptr<Linked> linked(new Linked());
  linked->component_ = std::move(component);
  linked->plan_ = WEIR_TRY(component::link(linked->component_->decoded(), host, options));
  if (Result<void> done = linked->prepare(engine); !done) return Err(std::move(done).error());
  return std::shared_ptr<const Linked>(std::move(linked));
}

Result<void> Linked::resolve(const CoreExport& item) {
  ModuleId id = plan_.core_instances[item.instance.index].module;
  const wasm::Module& module = component_->decoded().modules[id.index].module;
  std::vector<engine::ExportId>& known = exports_[id.index];
  if (known.empty()) known.resize(module.exports.size() + 1);
  if (known[item.index]) return {};
  const std::string& name = item.index < module.exports.size() ? module.exports[item.index].name
                                                               : component_->start_name(id);
  engine::ExportId found = component_->modules()[id.index].find_export(name);
  if (!found) {
    return Err(Error{"the compiled core module " + std::to_string(id.index) + " has no export `" +
                     name + "`: compile the component again"});
  }
  known[item.index] = found;
  return {};
}

Result<void> Linked::prepare(engine::Engine& engine) {
  find_restart();
  functions_ = std::make_unique<engine::HostFuncs>(engine);
  for (const Lowered& lowered : plan_.lowered) {
    engine::FuncType type;
    for (wit::CoreType t : lowered.params) type.params.push_back(value_type_of(t));
    for (wit::CoreType t : lowered.results) type.results.push_back(value_type_of(t));
    functions_->define(type, entry_of(lowered), &lowered);
  }
  auto item = [&](const CoreItem& used) -> Result<void> {
    if (const CoreExport* from = std::get_if<CoreExport>(&used)) return resolve(*from);
    return {};
  };
  prepared_.resize(plan_.core_instances.size());
  exports_.resize(component_->modules().size());
  auto prepare_step = [&](const Step& step) -> Result<void> {
    if (const auto* start = std::get_if<StartStep>(&step)) return resolve(start->function);
    const auto* instantiate = std::get_if<InstantiateStep>(&step);
    if (!instantiate) return {};
    std::vector<uint32_t> ids;
    for (const CoreItem& import : instantiate->imports) {
      if (auto done = item(import); !done) return done;
      if (const LoweredId* id = std::get_if<LoweredId>(&import)) ids.push_back(function_id(*id));
    }
    if (ids.size() != instantiate->imports.size()) return {};
    prepared_[instantiate->instance.index] = WEIR_TRY(
        engine::InstancePre::prepare(engine, module(instantiate->instance), *functions_, ids));
    return {};
  };
  for (const Step& step : plan_.steps) {
    if (auto done = prepare_step(step); !done) return done;
  }
  for (const DeferredSteps& deferred : plan_.deferred) {
    for (const Step& step : deferred.steps) {
      if (auto done = prepare_step(step); !done) return done;
    }
  }
  for (const ComponentInstanceInfo& instance : plan_.instances) {
    if (!instance.context.valid()) continue;
    for (uint32_t slot : {0, 1}) {
      if (auto done = resolve({instance.context, context_global(slot)}); !done) return done;
    }
  }
  for (const MemoryInfo& memory : plan_.memories) {
    if (auto done = resolve(memory.from); !done) return done;
  }
  for (const TableInfo& table : plan_.tables) {
    if (auto done = resolve(table.from); !done) return done;
  }
  for (const FuncInfo& func : plan_.funcs) {
    if (auto done = item(func.from); !done) return done;
  }
  return {};
}

void Linked::find_restart() {
  for (const Step& step : plan_.steps) {
    if (std::holds_alternative<StartStep>(step)) restart_steps_.push_back(step);
    if (std::holds_alternative<InstantiateStep>(step) && !restart_steps_.empty())
      starts_last_ = false;
  }
  renewable_ = !plan_.uses_async;
  for (const DeferredSteps& deferred : plan_.deferred) {
    for (const Step& step : deferred.steps) {
      if (std::holds_alternative<StartStep>(step)) renewable_ = false;
    }
  }
}

std::optional<ExportId> Linked::find(std::string_view interface, std::string_view function) const {
  return find_export(plan_, interface, function);
}

}  // namespace weir::component
