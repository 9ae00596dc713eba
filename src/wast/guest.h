#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "component/function_job.h"
#include "component/instance.h"
#include "component/linked.h"
#include "component/value.h"
#include "util/manual_executor.h"
#include "wast/sexpr.h"
#include "wast/spectest.h"

namespace weir::wast {

// A component that a script has instantiated, and everything that lives with it.
class Guest {
 public:
  // `engine` and `linker` outlive it; `seed` is `InstanceOptions::schedule_seed`. The error is why
  // it cannot be linked.
  static Result<std::unique_ptr<Guest>> make(engine::Engine& engine,
                                             std::shared_ptr<const component::Component> component,
                                             const component::Linker& linker, uint64_t seed);
  ~Guest();

  // Runs the start functions. Null, or why it trapped.
  engine::Trap start();
  // Calls the exported function `name` with literals; the result is null if it has none.
  struct Outcome {
    engine::Trap trap;
    component::Value value;
    std::optional<component::ValType> type;
  };
  // The error is the script's: there is no such function, or the literals do not fit.
  Result<Outcome> invoke(const std::string& name, std::span<const Sexpr> arguments);

  const component::Types& types() const { return linked_->plan().types; }

 private:
  Guest() = default;
  engine::Trap run(component::FunctionJob& work);

  std::shared_ptr<const component::Linked> linked_;
  ManualExecutor executor_;
  Spectest spectest_;
  std::optional<component::Instance> instance_;
};

}  // namespace weir::wast
