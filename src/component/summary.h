#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "component/definitions.h"
#include "component/plan.h"

// What people want to know of a component: `inspect` prints it.
namespace weir::component {

// An import or export of a component.
struct ExternSummary {
  // `wasi:http/types@0.2.12`, or a plain name.
  std::string name;
  // `instance`, `function`, ...
  std::string kind;
  // The functions of an instance.
  std::vector<std::string> functions;
};

std::vector<ExternSummary> imports_of(const Decoded& component);
std::vector<ExternSummary> exports_of(const Decoded& component);

// Bytes of the code and the data of all its core modules.
struct CoreSizes {
  size_t modules = 0;
  uint64_t code = 0;
  uint64_t data = 0;
};
CoreSizes core_sizes_of(const Decoded& component);

// What an instance takes from the engine before any code of it runs.
struct Demand {
  uint32_t core_instances = 0;
  uint32_t memories = 0;
  uint32_t tables = 0;
  // Bytes of all its memories together.
  uint64_t memory_bytes = 0;
  // Elements of the largest table.
  uint64_t table_elements = 0;
};
Demand demand_of(const Plan& plan, const Decoded& component);

}  // namespace weir::component
