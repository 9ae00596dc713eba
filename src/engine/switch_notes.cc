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

// ThreadSanitizer counts calls and returns for each fiber, so a function that is entered on one and
// left on the other must not be counted.
#define WEIR_NOT_COUNTED __attribute__((disable_sanitizer_instrumentation))

WEIR_NOT_COUNTED void SwitchNotes::before_resume() {
  if (!own_) own_ = __tsan_create_fiber(0);
  other_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(own_, 0);
}

WEIR_NOT_COUNTED void SwitchNotes::after_resume() { __tsan_switch_to_fiber(other_, 0); }

void SwitchNotes::retire() {
  if (own_) __tsan_destroy_fiber(own_);
  own_ = nullptr;
}

void SwitchNotes::took_slot(const void* pool) { __tsan_acquire(const_cast<void*>(pool)); }
void SwitchNotes::gives_slot(const void* pool) { __tsan_release(const_cast<void*>(pool)); }

#endif

}  // namespace weir::engine

#if defined(WEIR_FIBERS_UNDER_ASAN)
// Stack frames moved to the heap would not fit code that is left on another stack than it was
// entered on.
extern "C" const char* __asan_default_options() { return "detect_stack_use_after_return=0"; }
#elif defined(WEIR_FIBERS_UNDER_TSAN)
// The core engine allocates in its signal handler when guest code traps: the signal comes from that
// code, never from the middle of an allocation.
extern "C" const char* __tsan_default_options() { return "report_signal_unsafe=0"; }
#endif
