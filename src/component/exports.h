#pragma once

#include <optional>
#include <string_view>

#include "component/plan.h"

namespace weir::component {

// An exported function: its interface by exact name, else by compatible version; an empty
// interface for functions of the component itself.
std::optional<ExportId> find_export(const Plan& plan, std::string_view interface,
                                    std::string_view function);

}  // namespace weir::component
