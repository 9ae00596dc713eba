#include "wasi/p2/pollable.h"

namespace weir::wasi::p2 {

void PollSource::watch_for(Waiter& waiter) {
  relay_.emplace(waiter);
  watch(*relay_);
}

}  // namespace weir::wasi::p2
