#include "component/async/drop_call.h"

#include "component/async/scheduler.h"
#include "component/async/task.h"
#include "component/instance.h"

namespace weir::component {
namespace {

using engine::Trap;

class DropCall final : public TaskCaller {
 public:
  DropCall(Instance& root, uint32_t rep) : root_(root), rep_(rep) {}
  ~DropCall() {
    // Its task would speak to a caller that is gone.
    if (!over_) root_.scheduler()->fail(Trap::cancelled());
  }

  Trap start(AbiContext&, const Lifted&, Raw* flat) override {
    flat[0].u64 = rep_;
    return {};
  }
  Trap resolve(AbiContext&, bool, const Raw*) override {
    cancelled();
    return {};
  }
  void cancelled() override {
    over_ = true;
    root_.waiter().wake();
  }
  bool over() const { return over_; }

 private:
  Instance& root_;
  uint32_t rep_;
  bool over_ = false;
};

}  // namespace

Trap destroy_by_task(Instance& root, const Lifted& destructor, uint32_t rep) {
  DropCall call(root, rep);
  root.scheduler()->start(
      std::make_unique<Task>(root.component(destructor.options.instance), &destructor, &call));
  if (root.scheduler()->failed()) return Trap::cancelled();
  while (!call.over()) {
    if (!root.suspend()) return Trap::cancelled();
  }
  return {};
}

}  // namespace weir::component
