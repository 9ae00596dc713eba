#include "tools/component/encoder.h"

#include "tools/component/glue_modules.h"

namespace weir::tools {

Encoder::Encoder(const wasm::CoreTypes& core_types, CoreSource& main,
                 std::vector<CoreSource>& adapters)
    : core_types_(core_types), main_(main), adapters_(adapters), adapter_imports_(adapters.size()) {
  auto add = [&](const CoreSource& source) {
    for (const WorldTypes& types : source.worlds) {
      worlds_.push_back(std::make_unique<World>(World{&types, {}}));
      World* world = worlds_.back().get();
      for (const ScopeItem& item : types.scope->items) {
        if (!item.import || item.sort != ScopeItem::Sort::instance) continue;
        imports_.emplace(&types.scope->instance_of(item), Import{world, &item});
      }
    }
  };
  add(main);
  for (const CoreSource& adapter : adapters) add(adapter);
}

Result<std::vector<uint8_t>> Encoder::run(std::string_view version) {
  WEIR_TRY(bind_exports(main_));
  for (CoreSource& adapter : adapters_) WEIR_TRY(bind_exports(adapter));
  WEIR_TRY(bind(main_, main_imports_));
  for (size_t i = 0; i < adapters_.size(); ++i) {
    WEIR_TRY(bind(adapters_[i], adapter_imports_[i]));
  }
  // A resource's destructor is a function of a module that is not there yet.
  std::map<Place, uint32_t> destructors;
  for (const Export& item : exports_) {
    if (item.item->sort != ScopeItem::Sort::instance) continue;
    const Scope& scope = item.world->types->scope->instance_of(*item.item);
    for (uint32_t i = 0; i < scope.types.size(); ++i) {
      if (scope.types[i].kind != TypeEntry::Kind::resource) continue;
      std::string name = item.item->name + "#[dtor]" + scope.types[i].name;
      if (!item.source->module.find_export(name)) continue;
      CoreSource* source = item.source;
      destructors[{item.world, &scope, i}] = static_cast<uint32_t>(slots_.size());
      slots_.push_back(
          {{{wasm::kI32}, {}}, [this, source, name] { return core_export(*source, name); }});
    }
  }

  write_imports();
  uint32_t main_module = out_.core_module(main_.bytes);
  std::vector<uint32_t> adapter_modules;
  for (const CoreSource& adapter : adapters_) {
    adapter_modules.push_back(out_.core_module(adapter.bytes));
  }
  std::vector<wasm::CoreFunc> types;
  for (const Slot& slot : slots_) types.push_back(slot.type);
  uint32_t fixup_module_index = 0;
  if (!slots_.empty()) {
    uint32_t shim_module_index = out_.core_module(shim_module(types));
    fixup_module_index = out_.core_module(fixup_module(types));
    shim_ = out_.core_instance(shim_module_index, {});
  }
  for (const Export& item : exports_) {
    if (item.item->sort != ScopeItem::Sort::instance) continue;
    const Scope& scope = item.world->types->scope->instance_of(*item.item);
    for (uint32_t i = 0; i < scope.types.size(); ++i) {
      if (scope.types[i].kind != TypeEntry::Kind::resource) continue;
      Place place{item.world, &scope, i};
      std::optional<uint32_t> destructor;
      if (auto slot = destructors.find(place); slot != destructors.end()) {
        destructor = out_.core_alias(shim_, CoreSort::func, std::to_string(slot->second));
      }
      resources_[place] = out_.resource(destructor);
    }
  }
  core_instances_[&main_] = core_bags(main_module, main_imports_, {});
  if (main_.module.find_export("memory")) {
    memory_ = out_.core_alias(core_instances_[&main_], CoreSort::memory, "memory");
  }
  for (size_t i = 0; i < adapters_.size(); ++i) {
    CoreSource& adapter = adapters_[i];
    std::vector<CoreItem> of_main;
    std::vector<CoreItem> environment;
    for (const wasm::Import& import : adapter.module.imports) {
      if (import.module == "__main_module__") {
        if (!main_.module.find_export(import.name)) {
          return Err(Error{"the adapter `" + adapter.name + "` needs the function `" + import.name +
                           "`, which the module does not export"});
        }
        of_main.push_back({import.name, CoreSort::func, core_export(main_, import.name)});
      } else if (import.module == "env") {
        if (import.type.kind != wasm::ExternKind::memory || !memory_) {
          return Err(Error{"the adapter `" + adapter.name + "` needs `" + import.name +
                           "`, which the module does not export"});
        }
        environment.push_back({import.name, CoreSort::memory, *memory_});
      }
    }
    std::vector<std::pair<std::string, uint32_t>> arguments;
    if (!of_main.empty()) arguments.emplace_back("__main_module__", out_.core_bag(of_main));
    if (!environment.empty()) arguments.emplace_back("env", out_.core_bag(environment));
    core_instances_[&adapter] =
        core_bags(adapter_modules[i], adapter_imports_[i], std::move(arguments));
  }
  if (!slots_.empty()) {
    std::vector<CoreItem> items;
    for (size_t i = 0; i < slots_.size(); ++i) {
      items.push_back({std::to_string(i), CoreSort::func, slots_[i].make()});
    }
    items.push_back(
        {"$imports", CoreSort::table, out_.core_alias(shim_, CoreSort::table, "$imports")});
    out_.core_instance(fixup_module_index, {{"", out_.core_bag(items)}});
  }
  if (main_.module.find_export("_initialize")) {
    uint32_t function = core_export(main_, "_initialize");
    uint32_t module = out_.core_module(start_module());
    out_.core_instance(module, {{"", out_.core_bag({{"", CoreSort::func, function}})}});
  }
  WEIR_TRY(write_exports());

  wasm::Writer producers;
  producers.u32(1);
  producers.name("processed-by");
  producers.u32(1);
  producers.name("weir");
  producers.name(version);
  out_.custom("producers", producers.data());
  return out_.finish();
}

void Encoder::write_imports() {
  for (const auto& world : worlds_) {
    const Scope& scope = *world->types->scope;
    for (const ScopeItem& item : scope.items) {
      if (!item.import) continue;
      Import import{world.get(), &item};
      if (item.sort == ScopeItem::Sort::instance) {
        auto needs = needs_.find(&scope.instance_of(item));
        if (needs != needs_.end() && !needs->second.empty()) imported_instance(import);
      } else if (item.sort == ScopeItem::Sort::type) {
        if (marked_.contains({world.get(), &scope, item.type})) {
          type_at({world.get(), &scope, item.type});
        }
      } else if (needed_functions_.contains(&item)) {
        imported_function(import, item.name);
      }
    }
  }
}

// Gives a module what it imports, and makes its instance.
uint32_t Encoder::core_bags(uint32_t module, const std::vector<BoundImport>& bound,
                            std::vector<std::pair<std::string, uint32_t>> arguments) {
  std::map<std::string, std::vector<CoreItem>> bags;
  std::vector<std::string> order;
  for (const BoundImport& import : bound) {
    if (!bags.contains(import.module)) order.push_back(import.module);
    uint32_t function = import.binding.indirect
                            ? out_.core_alias(shim_, CoreSort::func, std::to_string(import.slot))
                            : import.binding.make();
    bags[import.module].push_back({import.name, CoreSort::func, function});
  }
  for (const std::string& name : order) {
    arguments.emplace_back(name, out_.core_bag(bags[name]));
  }
  return out_.core_instance(module, arguments);
}

uint32_t Encoder::core_export(const CoreSource& source, const std::string& name) {
  auto [at, fresh] = core_exports_.try_emplace({&source, name}, 0);
  if (fresh) at->second = out_.core_alias(core_instances_.at(&source), CoreSort::func, name);
  return at->second;
}

Result<uint32_t> Encoder::lift(const Export& item, const std::string& prefix,
                               const std::string& name, Place type) {
  const CoreSource& source = *item.source;
  CanonOptions options = options_for(source, false);
  for (const char* realloc : {"cabi_export_realloc", "cabi_realloc", "canonical_abi_realloc"}) {
    if (!memory_ || options.realloc || !source.module.find_export(realloc)) continue;
    options.realloc = core_export(source, realloc);
  }
  std::string core = prefix + name;
  if (source.module.find_export(core)) {
    if (std::string post = "cabi_post_" + core; source.module.find_export(post)) {
      options.post_return = core_export(source, post);
    }
  } else if (source.module.find_export("[async-lift]" + core)) {
    options.async = true;
    core = "[async-lift]" + core;
    options.callback = core_export(source, "[callback]" + core);
  } else if (source.module.find_export("[async-lift-stackful]" + core)) {
    options.async = true;
    core = "[async-lift-stackful]" + core;
  } else {
    return Err(Error{source.name + ": does not export the function `" + core +
                     "`, which the world `" + item.world->types->name + "` promises"});
  }
  if (options.callback && !source.module.find_export("[callback]" + core)) {
    return Err(Error{source.name + ": exports `" + core + "` without its callback"});
  }
  uint32_t function = core_export(source, core);
  uint32_t function_type = type_at(type);
  return out_.lift(function, options, function_type);
}

Result<void> Encoder::write_exports() {
  for (const Export& item : exports_) {
    const Scope& world = *item.world->types->scope;
    const std::string& name = item.item->name;
    if (item.item->sort == ScopeItem::Sort::func) {
      uint32_t function = WEIR_TRY(lift(item, "", name, {item.world, &world, item.item->type}));
      out_.export_item(name, item.item->attributes, ComponentSort::func, function);
      continue;
    }
    const Scope& scope = world.instance_of(*item.item);
    std::vector<uint32_t> functions;
    for (const ScopeItem& each : scope.items) {
      if (each.sort != ScopeItem::Sort::func) continue;
      functions.push_back(
          WEIR_TRY(lift(item, name + "#", each.name, {item.world, &scope, each.type})));
    }
    uint32_t instance = ExportComponent(*this, item).write(functions);
    exported_instances_[&scope] =
        out_.export_item(name, item.item->attributes, ComponentSort::instance, instance);
  }
  return {};
}

}  // namespace weir::tools
