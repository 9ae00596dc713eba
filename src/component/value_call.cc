#include "component/value_call.h"

#include "component/async/host_call.h"
#include "component/instance.h"
#include "component/transfer.h"

namespace weir::component {
namespace {

class ValueCall final : public HostCall {
 public:
  ValueCall(Instance& instance, ExportId id, std::span<Value> arguments)
      : HostCall(instance, id), arguments_(arguments) {}

  Trap start(AbiContext& to, const Lifted& lifted, Raw* flat) override {
    Transfer transfer(instance_);
    for (Value& argument : arguments_) transfer.params().push_back(std::move(argument));
    transfer.lower_params(to, type(), lifted.signature.indirect_params, flat);
    return to.take_trap();
  }

  Value result;

 private:
  Trap lift(AbiContext& from, bool indirect, const Raw* flat) override {
    if (!type().result) return {};
    Transfer transfer(instance_);
    result = transfer.lift_result(from, *type().result, indirect, flat);
    return from.take_trap();
  }
  const FuncType& type() const { return instance_.plan().types.func(exported_.type); }

  std::span<Value> arguments_;
};

}  // namespace

OrTrap<Value> call_values(Instance& instance, ExportId id, std::span<Value> arguments) {
  const ExportedFunction& exported = instance.plan().exported[id.index];
  const FuncType& type = instance.plan().types.func(exported.type);
  if (arguments.size() != type.params.size()) {
    return guest_fault("the export `" + exported.name + "` has " +
                       std::to_string(type.params.size()) + " parameters, not " +
                       std::to_string(arguments.size()));
  }
  if (HostCall::is_for(instance, id)) {
    ValueCall call(instance, id, arguments);
    if (Trap trap = call.run()) return trap;
    return std::move(call.result);
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
