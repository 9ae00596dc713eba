#include "component/direct.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "wasm/stubs.h"

namespace weir::component {
namespace {

constexpr uint32_t kMaxDepth = 32;

class DirectBinder {
 public:
  DirectBinder(Plan& plan, const Decoded& component) : plan_(plan), decoded_(component) {}

  void run() {
    index_steps();
    evaluate_cells();
    rebind();
    find_live();
    report();
    compact();
  }

 private:
  using CellKind = wasm::FunctionCell::Kind;
  // A table or a global, by the core instance that defines it.
  struct Place {
    CellKind kind;
    uint32_t instance;
    uint32_t index;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  // What a place holds in the end; a global has one element.
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

  static wasm::ExternKind extern_kind(CellKind kind) {
    return kind == CellKind::table ? wasm::ExternKind::table : wasm::ExternKind::global;
  }

  // Where a table or global of a core instance really is.
  std::optional<Place> place_of(CellKind kind, uint32_t instance, uint32_t index,
                                uint32_t depth = 0) const {
    const InstanceFacts& facts = instances_[instance];
    if (index >= facts.module->imported(extern_kind(kind))) return Place{kind, instance, index};
    const CoreItem* item = imported(facts, extern_kind(kind), index);
    const CoreExport* from = item ? std::get_if<CoreExport>(item) : nullptr;
    if (!from || depth > kMaxDepth) return std::nullopt;
    const wasm::Module& module = *instances_[from->instance.index].module;
    return place_of(kind, from->instance.index, module.exports[from->index].index, depth + 1);
  }

  uint64_t size_of(const Place& place) const {
    if (place.kind == CellKind::global) return 1;
    return instances_[place.instance].module->tables[place.index].limits.min;
  }

  // Whoever is not understood may write to every place that it sees.
  void distrust(uint32_t instance) {
    const wasm::Module& module = *instances_[instance].module;
    for (uint32_t i = 0; i < module.tables.size(); ++i) {
      if (auto place = place_of(CellKind::table, instance, i)) cells_[*place].known = false;
    }
    for (uint32_t i = 0; i < module.globals.size(); ++i) {
      if (!module.globals[i].is_mutable || !module.globals[i].value.is_ref()) continue;
      if (auto place = place_of(CellKind::global, instance, i)) cells_[*place].known = false;
    }
  }

  void write(uint32_t instance, const wasm::CellWrite& write, size_t step) {
    const InstanceFacts& facts = instances_[instance];
    std::optional<Place> place = place_of(write.first.kind, instance, write.first.index);
    if (!place) return;
    Contents& contents = cells_[*place];
    // What traps on instantiation, or could be called before it is filled, stays as it is.
    bool early = first_start_ < step;
    if (write.first.element + uint64_t{write.functions.size()} > size_of(*place) || early) {
      contents.known = false;
      early_start_ = early_start_ || early;
      return;
    }
    for (uint32_t i = 0; i < write.functions.size(); ++i) {
      uint32_t function = write.functions[i];
      const CoreItem* item = function == wasm::kNullElement
                                 ? nullptr
                                 : imported(facts, wasm::ExternKind::func, function);
      if (item && function < facts.module->imported(wasm::ExternKind::func)) {
        contents.elements.insert_or_assign(write.first.element + i, *item);
      } else {
        contents.elements.erase(write.first.element + i);
      }
    }
  }

  void evaluate_cells() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      if (auto* instantiation = std::get_if<InstantiateStep>(&plan_.steps[i])) {
        uint32_t id = instantiation->instance.index;
        if (!instances_[id].stubs) {
          distrust(id);
          continue;
        }
        for (const wasm::CellWrite& w : instances_[id].stubs->writes) write(id, w, i);
      } else if (auto* start = std::get_if<StartStep>(&plan_.steps[i])) {
        uint32_t id = start->function.instance.index;
        const wasm::StubModule* stubs = instances_[id].stubs;
        if (!stubs || !stubs->start) continue;
        for (const wasm::CellWrite& w : stubs->start->writes) write(id, w, i);
        expand_start(i, id, *stubs->start);
      }
    }
  }

  // Replaces a start function by what it calls, if all of that can be called by itself.
  void expand_start(size_t step, uint32_t instance, const wasm::StartActions& actions) {
    const InstanceFacts& facts = instances_[instance];
    std::vector<CoreExport> calls;
    for (uint32_t function : actions.calls) {
      if (function >= facts.module->imported(wasm::ExternKind::func)) return;
      const CoreExport* call =
          std::get_if<CoreExport>(imported(facts, wasm::ExternKind::func, function));
      if (!call) return;
      calls.push_back(*call);
    }
    starts_.emplace(step, std::move(calls));
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
      const std::optional<wasm::FunctionCell>& cell = facts.stubs->functions[function - imports];
      if (!cell) return item;
      std::optional<Place> place = place_of(cell->kind, from->instance.index, cell->index);
      auto contents = place ? cells_.find(*place) : cells_.end();
      if (contents == cells_.end() || !contents->second.known) return item;
      auto element = contents->second.elements.find(cell->element);
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

  // A function of the host that calls `target`, which is there only after its caller; nothing if
  // the host cannot pass its values.
  std::optional<LoweredId> forward(const CoreExport& target) {
    auto known = forwards_.find({target.instance.index, target.index});
    if (known != forwards_.end()) return known->second;
    const wasm::CoreFunc* type = type_of(target.instance.index, function_index(target));
    if (!type) return std::nullopt;
    Lowered lowered;
    if (!convert(type->params, lowered.params) || !convert(type->results, lowered.results)) {
      return std::nullopt;
    }
    lowered.options.instance = plan_.core_instances[target.instance.index].owner;
    FuncSlot slot{static_cast<uint32_t>(plan_.funcs.size())};
    plan_.funcs.push_back({lowered.options.instance, target, {}});
    extracts_.emplace(target.instance.index, slot);
    lowered.what = ForwardCall{slot};
    LoweredId id{static_cast<uint32_t>(plan_.lowered.size())};
    plan_.lowered.push_back(std::move(lowered));
    forwards_.emplace(std::pair(target.instance.index, target.index), id);
    return id;
  }

  static bool convert(const std::vector<wasm::ValueType>& from, std::vector<wit::CoreType>& to) {
    for (wasm::ValueType type : from) {
      if (type == wasm::kI32) {
        to.push_back(wit::CoreType::i32);
      } else if (type == wasm::kI64) {
        to.push_back(wit::CoreType::i64);
      } else if (type == wasm::kF32) {
        to.push_back(wit::CoreType::f32);
      } else if (type == wasm::kF64) {
        to.push_back(wit::CoreType::f64);
      } else {
        return false;
      }
    }
    return true;
  }

  // The cell that a function calls, if it is a stub.
  const wasm::FunctionCell* stub_cell(const CoreExport& item) const {
    const InstanceFacts& facts = instances_[item.instance.index];
    uint32_t function = function_index(item);
    uint32_t imports = facts.module->imported(wasm::ExternKind::func);
    if (!facts.stubs || function < imports) return nullptr;
    const std::optional<wasm::FunctionCell>& cell = facts.stubs->functions[function - imports];
    return cell ? &*cell : nullptr;
  }
  bool is_stub(const CoreItem& item) const {
    const CoreExport* from = std::get_if<CoreExport>(&item);
    return from && stub_cell(*from);
  }

  bool nothing_but_stubs(uint32_t instance) const {
    const wasm::StubModule* stubs = instances_[instance].stubs;
    return stubs && std::ranges::all_of(stubs->functions, [](auto& cell) { return !!cell; });
  }

  // What a function that step `at` imports is best bound to.
  CoreItem bound(const CoreItem& item, size_t at) {
    CoreItem final = resolve(item, SIZE_MAX);
    const CoreExport* from = std::get_if<CoreExport>(&final);
    if (!from || instances_[from->instance.index].step < at) return final;
    if (!is_stub(final)) {
      if (std::optional<LoweredId> id = forward(*from)) return *id;
    }
    return resolve(item, at);
  }

  void rebind() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      if (auto* instantiation = std::get_if<InstantiateStep>(&step)) {
        const wasm::Module& module = *instances_[instantiation->instance.index].module;
        if (nothing_but_stubs(instantiation->instance.index)) continue;
        for (size_t k = 0; k < module.imports.size(); ++k) {
          if (module.imports[k].type.kind != wasm::ExternKind::func) continue;
          CoreItem& import = instantiation->imports[k];
          import = bound(import, i);
          bypassed_ = bypassed_ && !is_stub(import);
        }
      } else if (auto* start = std::get_if<StartStep>(&step)) {
        auto expanded = starts_.find(i);
        if (expanded == starts_.end())
          expanded = starts_.emplace(i, std::vector{start->function}).first;
        for (CoreExport& call : expanded->second) {
          CoreItem item = resolve(call, i);
          if (auto* from = std::get_if<CoreExport>(&item)) call = *from;
        }
      } else if (auto* extract = std::get_if<ExtractFuncStep>(&step)) {
        FuncInfo& info = plan_.funcs[extract->slot.index];
        info.from = resolve(info.from, i);
      }
    }
  }

  void mark(const CoreItem& item, wasm::ExternKind kind) {
    const CoreExport* from = std::get_if<CoreExport>(&item);
    if (!from) return;
    InstanceFacts& facts = instances_[from->instance.index];
    changed_ = changed_ || !facts.live;
    facts.live = true;
    if (kind != wasm::ExternKind::func) return;
    const wasm::FunctionCell* cell = stub_cell(*from);
    if (!cell) return;
    if (auto place = place_of(cell->kind, from->instance.index, cell->index)) {
      changed_ = used_.insert(*place).second || changed_;
    }
  }

  void mark_instance(uint32_t instance) {
    const InstanceFacts& facts = instances_[instance];
    for (size_t i = 0; i < facts.module->imports.size(); ++i) {
      mark(facts.instantiation->imports[i], facts.module->imports[i].type.kind);
    }
  }

  // Whether it matters that a module fills a cell: somebody may look at it, or it traps.
  bool matters(uint32_t instance, const wasm::CellWrite& write) const {
    std::optional<Place> place = place_of(write.first.kind, instance, write.first.index);
    if (!place || write.first.element + uint64_t{write.functions.size()} > size_of(*place)) {
      return true;
    }
    if (place->instance == instance) return false;
    auto contents = cells_.find(*place);
    return used_.contains(*place) || contents == cells_.end() || !contents->second.known;
  }

  bool matters(uint32_t instance, const std::vector<wasm::CellWrite>& writes) const {
    return std::ranges::any_of(
        writes, [&](const wasm::CellWrite& write) { return matters(instance, write); });
  }

  void find_live() {
    for (InstanceFacts& facts : instances_) facts.live = !facts.stubs;
    for (const MemoryInfo& memory : plan_.memories) mark(memory.from, wasm::ExternKind::memory);
    for (const FuncInfo& func : plan_.funcs) mark(func.from, wasm::ExternKind::func);
    for (const TableInfo& table : plan_.tables) {
      mark(table.from, wasm::ExternKind::table);
      uint32_t id = table.from.instance.index;
      uint32_t index = instances_[id].module->exports[table.from.index].index;
      if (auto place = place_of(CellKind::table, id, index)) used_.insert(*place);
    }
    do {
      changed_ = false;
      for (auto& [step, calls] : starts_) {
        const CoreExport& start = std::get<StartStep>(plan_.steps[step]).function;
        const wasm::StubModule* stubs = instances_[start.instance.index].stubs;
        // One that fills what somebody looks at runs as it is written.
        if (stubs && stubs->start && matters(start.instance.index, stubs->start->writes)) {
          calls = {start};
        }
        for (const CoreExport& call : calls) mark(call, wasm::ExternKind::func);
      }
      for (uint32_t i = 0; i < instances_.size(); ++i) {
        InstanceFacts& facts = instances_[i];
        if (!facts.live && matters(i, facts.stubs->writes)) {
          facts.live = true;
          changed_ = true;
        }
        if (facts.live) mark_instance(i);
      }
    } while (changed_);
  }

  void report() {
    plan_.direct = bypassed_;
    if (bypassed_) return;
    plan_.general_reason =
        early_start_ ? "a core start function runs before the table of its imports is filled"
                     : "what a core module's imports call cannot be known before it runs";
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
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      Step& step = plan_.steps[i];
      if (auto* instantiation = std::get_if<InstantiateStep>(&step)) {
        uint32_t id = instantiation->instance.index;
        if (!instances_[id].live) continue;
        instantiation->instance = renumbered[id];
        for (CoreItem& item : instantiation->imports) renumber(item);
        steps.push_back(std::move(step));
        auto [first, last] = extracts_.equal_range(id);
        for (; first != last; ++first) steps.push_back(ExtractFuncStep{first->second});
      } else if (std::holds_alternative<StartStep>(step)) {
        for (CoreExport call : starts_.at(i)) {
          call.instance = renumbered[call.instance.index];
          steps.push_back(StartStep{call});
        }
      } else {
        steps.push_back(std::move(step));
      }
    }
    for (MemoryInfo& memory : plan_.memories) {
      memory.from.instance = renumbered[memory.from.instance.index];
    }
    for (TableInfo& table : plan_.tables) {
      table.from.instance = renumbered[table.from.instance.index];
    }
    for (FuncInfo& func : plan_.funcs) renumber(func.from);
    for (ComponentInstanceInfo& instance : plan_.instances) {
      if (instance.context.valid()) instance.context = renumbered[instance.context.index];
    }
    plan_.steps = std::move(steps);
    plan_.core_instances = std::move(kept);
  }

  Plan& plan_;
  const Decoded& decoded_;
  std::vector<InstanceFacts> instances_;
  std::map<uint32_t, std::optional<wasm::StubModule>> stubs_;
  std::map<Place, Contents> cells_;
  // Places that live stubs look at.
  std::set<Place> used_;
  // What start steps come to, by their position.
  std::map<size_t, std::vector<CoreExport>> starts_;
  // Slots that are filled once an instance is there, by instance.
  std::multimap<uint32_t, FuncSlot> extracts_;
  // By core instance and export.
  std::map<std::pair<uint32_t, uint32_t>, LoweredId> forwards_;
  size_t first_start_ = SIZE_MAX;
  bool early_start_ = false;
  // No core module calls a stub any more.
  bool bypassed_ = true;
  bool changed_ = false;
};

}  // namespace

void bind_directly(Plan& plan, const Decoded& component) { DirectBinder(plan, component).run(); }

}  // namespace weir::component
