#include "wast/guest.h"

#include "component/value_call.h"
#include "wast/literal.h"

namespace weir::wast {
namespace {

using component::Instance;
using component::OrTrap;
using component::Value;
using engine::Trap;

// A guest that does not come to an end by itself.
constexpr uint64_t kCpuLimit = 20'000'000'000;
constexpr uint64_t kMaxTurns = 1'000'000;

}  // namespace

Guest::~Guest() = default;

Result<std::unique_ptr<Guest>> Guest::make(engine::Engine& engine,
                                           std::shared_ptr<const component::Component> component,
                                           const component::Linker& linker, uint64_t seed) {
  std::unique_ptr<Guest> guest(new Guest());
  guest->linked_ = WEIR_TRY(component::Linked::link(engine, std::move(component), linker));
  component::InstanceOptions options{.executor = guest->executor_, .state = &guest->spectest_};
  options.cpu_limit_ns = kCpuLimit;
  options.schedule_seed = seed;
  guest->instance_.emplace(engine, *guest->linked_, options);
  return guest;
}

Trap Guest::run(component::FunctionJob& work) {
  instance_->start(work);
  for (uint64_t turns = 0; !work.ended && turns < kMaxTurns && executor_.turn(); ++turns) {
  }
  if (!work.ended) {
    instance_->cancel();
    while (!work.ended && executor_.turn()) {
    }
    return component::guest_fault("deadlock detected: the call never comes to an end");
  }
  return std::move(work.trap);
}

Trap Guest::start() {
  component::FunctionJob work([](Instance&) -> OrTrap<void> { return {}; });
  return run(work);
}

Result<Guest::Outcome> Guest::invoke(const std::string& name, std::span<const Sexpr> arguments) {
  // `ns:pkg/interface#function`, or a function of the component itself.
  size_t hash = name.find('#');
  bool inside = hash != std::string::npos;
  std::optional<component::ExportId> id =
      linked_->find(inside ? name.substr(0, hash) : "", inside ? name.substr(hash + 1) : name);
  if (!id) return Err(Error{"there is no exported function `" + name + "`"});
  const component::FuncType& type = types().func(linked_->plan().exported[id->index].type);
  if (type.params.size() != arguments.size()) {
    return Err(Error{"`" + name + "` has " + std::to_string(type.params.size()) +
                     " parameters, not " + std::to_string(arguments.size())});
  }
  std::vector<Value> values;
  for (size_t i = 0; i < arguments.size(); ++i) {
    values.push_back(WEIR_TRY(value_of(types(), type.params[i].type, arguments[i])));
  }
  Outcome outcome;
  outcome.type = type.result;
  component::FunctionJob work([&](Instance& instance) -> OrTrap<void> {
    outcome.value = WEIR_TRY_TRAP(component::call_values(instance, *id, values));
    return {};
  });
  outcome.trap = run(work);
  return outcome;
}

}  // namespace weir::wast
