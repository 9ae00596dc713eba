#pragma once

#include <optional>
#include <utility>

#include "component/async/thread.h"
#include "engine/store.h"

namespace weir::component {

// Where the core code of a component instance finds the context slots of the thread that runs: two
// globals of a module of their own. Who runs next takes its slots there, and whoever ran before
// has its own put away.
class ContextGlobals {
 public:
  // Before that, and if the instance uses no context slots, all of this does nothing.
  void set_globals(engine::Store& store, engine::Global first, engine::Global second) {
    store_ = &store;
    globals_[0] = first;
    globals_[1] = second;
  }
  // Puts `slots` there; null: nobody's. Answers whose were there.
  ContextSlots* load(ContextSlots* slots) {
    return store_ && slots != loaded_ ? exchange(slots) : loaded_;
  }
  // `slots` are over: nothing is put away to them.
  void forget(const ContextSlots& slots) {
    if (loaded_ == &slots) loaded_ = nullptr;
  }

 private:
  ContextSlots* exchange(ContextSlots* slots) {
    for (int i : {0, 1}) {
      if (loaded_) loaded_->values[i] = store_->global_get_i32(globals_[i]);
      if (slots) store_->global_set_i32(globals_[i], slots->values[i]);
    }
    return std::exchange(loaded_, slots);
  }

  engine::Store* store_ = nullptr;
  ContextSlots* loaded_ = nullptr;
  engine::Global globals_[2];
};

}  // namespace weir::component
