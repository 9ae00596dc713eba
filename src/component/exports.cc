#include "component/exports.h"

#include <string>

#include "component/names.h"

namespace weir::component {

std::optional<ExportId> find_export(const Plan& plan, std::string_view interface,
                                    std::string_view function) {
  std::optional<ExportId> compatible;
  std::string wanted = compatible_name(interface);
  for (uint32_t i = 0; i < plan.exported.size(); ++i) {
    const ExportedFunction& exported = plan.exported[i];
    if (exported.name != function) continue;
    if (exported.interface == interface) return ExportId{i};
    if (!compatible && !wanted.empty() && compatible_name(exported.interface) == wanted) {
      compatible = ExportId{i};
    }
  }
  return compatible;
}

}  // namespace weir::component
