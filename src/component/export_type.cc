#include "component/export_type.h"

namespace weir::component {
namespace {

class PlanBuilder final : public TypeBuilder {
 public:
  PlanBuilder(const Plan& plan, Types& types) : TypeBuilder(types), plan_(plan) {}

  ResourceId resource(ResourceKey key) override {
    for (uint32_t i = 0; i < plan_.resources.size(); ++i) {
      const ResourceInfo& info = plan_.resources[i];
      if (info.host && info.host->key() == key) return ResourceId{i};
    }
    // One that the component does not know: equal to none of its own.
    return types().add_resource();
  }

 private:
  const Plan& plan_;
};

}  // namespace

bool find_host_element(const Plan& plan, DescribeElement describe, std::optional<ValType>& type) {
  Types types = plan.types;
  PlanBuilder builder(plan, types);
  type = describe(builder);
  return !type || type->is_prim() || type->id().index < plan.types.size();
}

std::string export_type_error(const Plan& plan, ExportId id, DescribeFunction describe) {
  Types types = plan.types;
  PlanBuilder builder(plan, types);
  FuncTypeId wanted = describe(builder);
  const ExportedFunction& exported = plan.exported[id.index];
  if (types.equal(exported.type, wanted, false)) return {};
  std::string name = exported.interface.empty() ? "" : exported.interface + ".";
  return "the export `" + name + exported.name + "` has the type " +
         to_string(types, exported.type) + ", but " + to_string(types, wanted) + " is needed";
}

}  // namespace weir::component
