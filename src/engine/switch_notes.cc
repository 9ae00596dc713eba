#include "engine/switch_notes.h"

#if defined(WEIR_FIBERS_UNDER_ASAN)
#include <sanitizer/common_interface_defs.h>
#elif defined(WEIR_FIBERS_UNDER_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace weir::engine {

#if defined(WEIR_FIBERS_UNDER_ASAN)

// Both halves of a switch are told on the fiber's stack: what lies between is not instrumented.

void SwitchNotes::arrived(const void* stack_bottom, size_t stack_size) {
  __sanitizer_start_switch_fiber(&other_fake_stack_, stack_bottom, stack_size);
  __sanitizer_finish_switch_fiber(own_fake_stack_, &other_bottom_, &other_size_);
}

void SwitchNotes::leaving(bool for_good) {
  __sanitizer_start_switch_fiber(for_good ? nullptr : &own_fake_stack_, other_bottom_, other_size_);
  __sanitizer_finish_switch_fiber(other_fake_stack_, nullptr, nullptr);
}

#elif defined(WEIR_FIBERS_UNDER_TSAN)

void SwitchNotes::before_resume() {
  if (!own_) own_ = __tsan_create_fiber(0);
  other_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(own_, 0);
}

void SwitchNotes::after_resume() { __tsan_switch_to_fiber(other_, 0); }

void SwitchNotes::retire() {
  if (own_) __tsan_destroy_fiber(own_);
  own_ = nullptr;
}

#endif

}  // namespace weir::engine
