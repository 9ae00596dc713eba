#include "component/value_call.h"

#include "component/instance.h"
#include "component/transfer.h"

namespace weir::component {

OrTrap<Value> call_values(Instance& instance, ExportId id, std::span<Value> arguments) {
  const ExportedFunction& exported = instance.plan().exported[id.index];
  const FuncType& type = instance.plan().types.func(exported.type);
  if (arguments.size() != type.params.size()) {
    return guest_fault("the export `" + exported.name + "` has " +
                       std::to_string(type.params.size()) + " parameters, not " +
                       std::to_string(arguments.size()));
  }
  GuestCall call(instance, id);
  AbiContext& abi = call.abi();
  if (!abi.ok()) return call.finish();
  Transfer transfer(instance);
  for (Value& argument : arguments) transfer.params().push_back(std::move(argument));
  transfer.lower_params(abi, type, call.signature().indirect_params, call.flat());
  call.call();
  Value result;
  if (type.result && abi.ok()) {
    result = transfer.lift_result(abi, *type.result, call.signature().indirect_result, call.flat());
  }
  if (Trap trap = call.finish()) return trap;
  return result;
}

}  // namespace weir::component
