#pragma once

#include <cstdint>

#include "util/executor.h"

namespace weir {

// Runs posted work in order, by hand: for programs and tests that have no loop. Its clock stands.
class ManualExecutor final : public Executor {
 public:
  void post(Runnable& work) override {
    if (!work.linked()) queue_.push(work);
  }
  uint64_t now() const override { return 0; }
  // Runs the next piece of work; false if there is none.
  bool turn() {
    Runnable* work = queue_.pop();
    if (work) work->run();
    return work != nullptr;
  }
  // Runs what is posted, and what that posts; answers how much it was.
  int drain() {
    int count = 0;
    while (turn()) ++count;
    return count;
  }

 private:
  RunQueue queue_;
};

}  // namespace weir
