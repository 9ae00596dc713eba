#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "component/features.h"
#include "wast/guest.h"
#include "wast/script.h"

namespace weir::wast {

enum class Verdict : uint8_t {
  passed,
  // The right outcome with another text than the script expects.
  other_text,
  failed,
  // It needs something of the specification that is switched off or not supported.
  gated,
};

// What became of one directive.
struct Report {
  uint32_t line;
  // Such as `assert_return`.
  std::string directive;
  Verdict verdict;
  // Why, unless it passed.
  std::string detail;
};

// Runs the directives of scripts in order, each component in stores of its own.
class Runner {
 public:
  // Everything outlives it. `seed` is `InstanceOptions::schedule_seed`.
  Runner(engine::Engine& engine, const component::Linker& linker,
         const component::Features& features, uint64_t seed)
      : engine_(engine), linker_(linker), features_(features), seed_(seed) {}

  // The error is why the script cannot be read at all.
  Result<std::vector<Report>> run(std::string_view source);

 private:
  struct Judged {
    Verdict verdict = Verdict::passed;
    std::string detail;
  };
  using ComponentPtr = std::shared_ptr<const component::Component>;

  Judged directive(const Sexpr& form);
  Judged component(const Sexpr& form);
  Judged refusal(const Sexpr& form);
  Judged trap(const Sexpr& form);
  Judged returned(const Sexpr& form);
  Judged plain_invoke(const Sexpr& form);
  Judged instantiate(const std::string& name, ComponentPtr component, engine::Trap& trap);
  Result<ComponentPtr> compile(const ComponentForm& form);
  // The action of an assertion; the error is a verdict.
  Result<Guest::Outcome, Judged> invoke(const Sexpr& action);

  engine::Engine& engine_;
  const component::Linker& linker_;
  component::Features features_;
  uint64_t seed_;
  std::string_view source_;
  std::map<std::string, ComponentPtr> definitions_;
  ComponentPtr last_definition_;
  std::map<std::string, std::unique_ptr<Guest>> named_;
  std::unique_ptr<Guest> anonymous_;
  // The one that an action without a name means; null after one that could not be made.
  Guest* current_ = nullptr;
  // Why there is none.
  Judged missing_;
};

}  // namespace weir::wast
