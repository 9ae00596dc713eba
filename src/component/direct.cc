#include "component/direct.h"

#include <map>
#include <optional>

#include "wasm/stubs.h"

namespace weir::component {
namespace {

constexpr uint32_t kMaxDepth = 32;

class DirectBinder {
 public:
  DirectBinder(Plan& plan, const Decoded& component) : plan_(plan), decoded_(component) {}

  void run() {
    index_steps();
    evaluate_tables();
    rebind();
    find_live();
    report();
    compact();
  }

 private:
  // A table by the core instance that defines it.
  using Table = std::pair<uint32_t, uint32_t>;
  struct Contents {
    // Everybody who could write to it is understood.
    bool known = true;
    std::map<uint32_t, CoreItem> elements;
  };
  struct InstanceFacts {
    const wasm::Module* module = nullptr;
    const wasm::StubModule* stubs = nullptr;
    // Position of its instantiation in the plan's steps.
    size_t step = 0;
    InstantiateStep* instantiation = nullptr;
    bool live = false;
  };

  void index_steps() {
    instances_.resize(plan_.core_instances.size());
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      if (auto* step = std::get_if<InstantiateStep>(&plan_.steps[i])) {
        uint32_t id = step->instance.index;
        InstanceFacts& facts = instances_[id];
        facts.module = &decoded_.modules[plan_.core_instances[id].module.index].module;
        facts.stubs = stubs_of(plan_.core_instances[id].module);
        facts.step = i;
        facts.instantiation = step;
      } else if (std::holds_alternative<StartStep>(plan_.steps[i])) {
        first_start_ = std::min(first_start_, i);
      }
    }
  }

  const wasm::StubModule* stubs_of(ModuleId id) {
    auto [found, added] = stubs_.try_emplace(id.index);
    const DecodedModule& module = decoded_.modules[id.index];
    if (added && !module.bytes.empty()) {
      found->second = wasm::read_stubs(decoded_.universe.core, module.module, module.bytes);
    }
    return found->second ? &*found->second : nullptr;
  }

  // The item that is import `n` of its kind.
  const CoreItem* imported(const InstanceFacts& facts, wasm::ExternKind kind, uint32_t n) const {
    for (size_t i = 0; i < facts.module->imports.size(); ++i) {
      if (facts.module->imports[i].type.kind != kind) continue;
      if (n-- == 0) return &facts.instantiation->imports[i];
    }
    return nullptr;
  }

  std::optional<Table> table_of(uint32_t instance, uint32_t index, uint32_t depth = 0) const {
    const InstanceFacts& facts = instances_[instance];
    uint32_t count = facts.module->imported(wasm::ExternKind::table);
    if (index >= count) return Table{instance, index};
    const CoreItem* item = imported(facts, wasm::ExternKind::table, index);
    const CoreExport* from = item ? std::get_if<CoreExport>(item) : nullptr;
    if (!from || depth > kMaxDepth) return std::nullopt;
    const wasm::Module& module = *instances_[from->instance.index].module;
    return table_of(from->instance.index, module.exports[from->index].index, depth + 1);
  }

  void evaluate_tables() {
    for (Step& step : plan_.steps) {
      auto* instantiation = std::get_if<InstantiateStep>(&step);
      if (!instantiation) continue;
      uint32_t id = instantiation->instance.index;
      const InstanceFacts& facts = instances_[id];
      for (uint32_t t = 0; t < facts.module->tables.size(); ++t) {
        std::optional<Table> table = table_of(id, t);
        if (!table || facts.stubs) continue;
        tables_[*table].known = false;
      }
      if (!facts.stubs) continue;
      for (const wasm::TableWrite& write : facts.stubs->writes) {
        std::optional<Table> table = table_of(id, write.table);
        if (!table) continue;
        Contents& contents = tables_[*table];
        uint64_t size = instances_[table->first].module->tables[table->second].limits.min;
        // What traps on instantiation, or could be called before it is filled, stays as it is.
        if (write.offset + uint64_t{write.functions.size()} > size || first_start_ < facts.step) {
          contents.known = false;
          early_start_ = early_start_ || first_start_ < facts.step;
          continue;
        }
        for (uint32_t i = 0; i < write.functions.size(); ++i) {
          uint32_t function = write.functions[i];
          const CoreItem* item = function == wasm::kNullElement
                                     ? nullptr
                                     : imported(facts, wasm::ExternKind::func, function);
          if (item && function < facts.module->imported(wasm::ExternKind::func)) {
            contents.elements.insert_or_assign(write.offset + i, *item);
          } else {
            contents.elements.erase(write.offset + i);
          }
        }
      }
    }
  }

  const wasm::CoreFunc* type_of(uint32_t instance, uint32_t function) const {
    return decoded_.universe.core.func(instances_[instance].module->funcs[function]);
  }

  static bool same(const wasm::CoreFunc& type, const Lowered& lowered) {
    auto equal = [](const std::vector<wasm::ValueType>& a, const std::vector<wit::CoreType>& b) {
      if (a.size() != b.size()) return false;
      for (size_t i = 0; i < a.size(); ++i) {
        wasm::ValueType wanted = b[i] == wit::CoreType::i32   ? wasm::kI32
                                 : b[i] == wit::CoreType::i64 ? wasm::kI64
                                 : b[i] == wit::CoreType::f32 ? wasm::kF32
                                                              : wasm::kF64;
        if (a[i] != wanted) return false;
      }
      return true;
    };
    return equal(type.params, lowered.params) && equal(type.results, lowered.results);
  }

  // Whether a table call of the type `type` reaches `item` and does not trap.
  bool callable(const wasm::CoreFunc* type, const CoreItem& item) const {
    if (!type) return false;
    if (const LoweredId* id = std::get_if<LoweredId>(&item)) {
      return same(*type, plan_.lowered[id->index]);
    }
    const CoreExport& from = std::get<CoreExport>(item);
    uint32_t function = function_index(from);
    const wasm::CoreFunc* found = type_of(from.instance.index, function);
    return found && *found == *type;
  }

  uint32_t function_index(const CoreExport& item) const {
    const wasm::Module& module = *instances_[item.instance.index].module;
    return item.index < module.exports.size() ? module.exports[item.index].index : *module.start;
  }

  // What a function comes to, seen from step `at`: only what exists then.
  CoreItem resolve(const CoreItem& item, size_t at, uint32_t depth = 0) const {
    const CoreExport* from = std::get_if<CoreExport>(&item);
    if (!from || depth > kMaxDepth) return item;
    const InstanceFacts& facts = instances_[from->instance.index];
    uint32_t function = function_index(*from);
    uint32_t imports = facts.module->imported(wasm::ExternKind::func);
    const CoreItem* target = nullptr;
    if (function < imports) {
      target = imported(facts, wasm::ExternKind::func, function);
    } else if (facts.stubs && function - imports < facts.stubs->functions.size()) {
      const wasm::TableCall& call = facts.stubs->functions[function - imports];
      std::optional<Table> table = table_of(from->instance.index, call.table);
      auto contents = table ? tables_.find(*table) : tables_.end();
      if (contents == tables_.end() || !contents->second.known) return item;
      auto element = contents->second.elements.find(call.element);
      if (element == contents->second.elements.end()) return item;
      if (!callable(type_of(from->instance.index, function), element->second)) return item;
      target = &element->second;
    }
    if (!target) return item;
    CoreItem result = resolve(*target, at, depth + 1);
    if (const CoreExport* found = std::get_if<CoreExport>(&result)) {
      if (instances_[found->instance.index].step >= at) return item;
    }
    return result;
  }

  void rebind() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      if (auto* instantiation = std::get_if<InstantiateStep>(&step)) {
        const wasm::Module& module = *instances_[instantiation->instance.index].module;
        // The imports of stubs stay: they say what the tables hold.
        if (instances_[instantiation->instance.index].stubs) continue;
        for (size_t k = 0; k < module.imports.size(); ++k) {
          if (module.imports[k].type.kind != wasm::ExternKind::func) continue;
          instantiation->imports[k] = resolve(instantiation->imports[k], i);
        }
      } else if (auto* start = std::get_if<StartStep>(&step)) {
        CoreItem item = resolve(start->function, i);
        if (auto* from = std::get_if<CoreExport>(&item)) {
          start->function = *from;
        }
      } else if (auto* extract = std::get_if<ExtractFuncStep>(&step)) {
        FuncInfo& info = plan_.funcs[extract->slot.index];
        info.from = resolve(info.from, i);
      }
    }
  }

  void mark(const CoreItem& item) {
    if (const CoreExport* from = std::get_if<CoreExport>(&item)) {
      InstanceFacts& facts = instances_[from->instance.index];
      changed_ = changed_ || !facts.live;
      facts.live = true;
    }
  }

  void find_live() {
    for (InstanceFacts& facts : instances_) facts.live = !facts.stubs;
    for (const MemoryInfo& memory : plan_.memories) mark(memory.from);
    for (const TableInfo& table : plan_.tables) mark(table.from);
    for (const FuncInfo& func : plan_.funcs) mark(func.from);
    for (const Step& step : plan_.steps) {
      if (auto* start = std::get_if<StartStep>(&step)) mark(start->function);
    }
    do {
      changed_ = false;
      for (uint32_t i = 0; i < instances_.size(); ++i) {
        InstanceFacts& facts = instances_[i];
        // One that fills a table that lives has to live itself.
        if (!facts.live) {
          for (const wasm::TableWrite& write : facts.stubs->writes) {
            std::optional<Table> table = table_of(i, write.table);
            bool out_of_bounds =
                !table || write.offset + uint64_t{write.functions.size()} >
                              instances_[table->first].module->tables[table->second].limits.min;
            if (out_of_bounds || (table->first != i && instances_[table->first].live)) {
              facts.live = true;
              changed_ = true;
            }
          }
        }
        if (!facts.live) continue;
        for (const CoreItem& item : facts.instantiation->imports) mark(item);
      }
    } while (changed_);
  }

  void report() {
    for (const InstanceFacts& facts : instances_) {
      if (!facts.live || !facts.stubs) continue;
      plan_.direct = false;
      plan_.general_reason =
          early_start_ ? "a core start function runs before the table of its imports is filled"
                       : "a core module calls functions of one that is instantiated after it";
      return;
    }
    plan_.direct = true;
  }

  void compact() {
    std::vector<CoreInstanceId> renumbered(instances_.size());
    std::vector<CoreInstanceInfo> kept;
    for (uint32_t i = 0; i < instances_.size(); ++i) {
      if (!instances_[i].live) continue;
      renumbered[i] = {static_cast<uint32_t>(kept.size())};
      kept.push_back(plan_.core_instances[i]);
    }
    auto renumber = [&](CoreItem& item) {
      if (CoreExport* from = std::get_if<CoreExport>(&item)) {
        from->instance = renumbered[from->instance.index];
      }
    };
    std::vector<Step> steps;
    for (Step& step : plan_.steps) {
      if (auto* instantiation = std::get_if<InstantiateStep>(&step)) {
        if (!instances_[instantiation->instance.index].live) continue;
        instantiation->instance = renumbered[instantiation->instance.index];
        for (CoreItem& item : instantiation->imports) renumber(item);
      } else if (auto* start = std::get_if<StartStep>(&step)) {
        start->function.instance = renumbered[start->function.instance.index];
      }
      steps.push_back(std::move(step));
    }
    for (MemoryInfo& memory : plan_.memories) {
      memory.from.instance = renumbered[memory.from.instance.index];
    }
    for (TableInfo& table : plan_.tables) {
      table.from.instance = renumbered[table.from.instance.index];
    }
    for (FuncInfo& func : plan_.funcs) renumber(func.from);
    plan_.steps = std::move(steps);
    plan_.core_instances = std::move(kept);
  }

  Plan& plan_;
  const Decoded& decoded_;
  std::vector<InstanceFacts> instances_;
  std::map<uint32_t, std::optional<wasm::StubModule>> stubs_;
  std::map<Table, Contents> tables_;
  size_t first_start_ = SIZE_MAX;
  bool early_start_ = false;
  bool changed_ = false;
};

}  // namespace

void bind_directly(Plan& plan, const Decoded& component) { DirectBinder(plan, component).run(); }

}  // namespace weir::component
