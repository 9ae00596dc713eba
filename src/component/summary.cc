#include "component/summary.h"

#include <algorithm>

namespace weir::component {
namespace {

std::vector<ExternSummary> summary(const Universe& universe, const ExternList& list) {
  std::vector<ExternSummary> result;
  for (const ExternList::Item& item : list) {
    ExternSummary entry{item.name, name_of(item.type.kind), {}};
    if (item.type.kind == ExternType::Kind::instance) {
      for (const ExternList::Item& inner : universe[item.type.instance()].exports) {
        if (inner.type.kind == ExternType::Kind::func) entry.functions.push_back(inner.name);
      }
    }
    result.push_back(std::move(entry));
  }
  return result;
}

uint64_t saturating_add(uint64_t a, uint64_t b) {
  uint64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

uint64_t initial_bytes(const wasm::Limits& limits) {
  uint64_t bytes;
  return __builtin_mul_overflow(limits.min, uint64_t{1} << limits.page_log2, &bytes) ? UINT64_MAX
                                                                                     : bytes;
}

}  // namespace

std::vector<ExternSummary> imports_of(const Decoded& component) {
  return summary(component.universe, component.universe[component.root().type].imports);
}

std::vector<ExternSummary> exports_of(const Decoded& component) {
  return summary(component.universe, component.universe[component.root().type].exports);
}

CoreSizes core_sizes_of(const Decoded& component) {
  CoreSizes sizes;
  for (const DecodedModule& module : component.modules) {
    // One that the runtime added.
    if (module.size == 0) continue;
    ++sizes.modules;
    sizes.code += module.module.code_size;
    sizes.data += module.module.data_size;
  }
  return sizes;
}

Demand demand_of(const Plan& plan, const Decoded& component) {
  Demand demand;
  for (const CoreInstanceInfo& instance : plan.core_instances) {
    const wasm::Module& module = component.modules[instance.module.index].module;
    ++demand.core_instances;
    // What a module imports belongs to another instance.
    for (size_t i = module.imported(wasm::ExternKind::memory); i < module.memories.size(); ++i) {
      ++demand.memories;
      demand.memory_bytes =
          saturating_add(demand.memory_bytes, initial_bytes(module.memories[i].limits));
    }
    for (size_t i = module.imported(wasm::ExternKind::table); i < module.tables.size(); ++i) {
      ++demand.tables;
      demand.table_elements = std::max(demand.table_elements, module.tables[i].limits.min);
    }
  }
  return demand;
}

}  // namespace weir::component
