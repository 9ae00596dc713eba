#pragma once

#include <functional>
#include <utility>

#include "component/instance.h"

namespace weir::component {

// A job made of a function, which remembers how it ended.
class FunctionJob : public Job {
 public:
  using Body = std::function<OrTrap<void>(Instance&)>;
  explicit FunctionJob(Body body) : body_(std::move(body)) {}
  OrTrap<void> run(Instance& instance) final { return body_(instance); }
  void done(Trap trap) final {
    ended = true;
    this->trap = std::move(trap);
  }

  bool ended = false;
  Trap trap;

 private:
  Body body_;
};

}  // namespace weir::component
