#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEIR_FIBERS_UNDER_ASAN 1
#endif
#if __has_feature(thread_sanitizer)
#define WEIR_FIBERS_UNDER_TSAN 1
#endif
#endif

namespace weir::engine {

// Tells the sanitizers which stack the thread is on. Without them it is empty and does nothing. The
// only place that names them.
class SwitchNotes {
 public:
  // Around each run of the fiber, on the stack that resumes it.
  void before_resume();
  void after_resume();
  // The fiber will not run again.
  void retire();

  // A slot of the pool was taken, or is about to be given back: what its last user did to it is
  // done.
  static void took_slot(const void* pool);
  static void gives_slot(const void* pool);

  // First and last thing on the fiber's own stack whenever it runs.
  void arrived(const void* stack_bottom, size_t stack_size);
  void leaving(bool for_good);

#if defined(WEIR_FIBERS_UNDER_ASAN)
 private:
  void* own_fake_stack_ = nullptr;
  void* other_fake_stack_ = nullptr;
  const void* other_bottom_ = nullptr;
  size_t other_size_ = 0;
#elif defined(WEIR_FIBERS_UNDER_TSAN)
 private:
  void* own_ = nullptr;
  void* other_ = nullptr;
#endif
};

#if !defined(WEIR_FIBERS_UNDER_ASAN)
inline void SwitchNotes::arrived(const void*, size_t) {}
inline void SwitchNotes::leaving(bool) {}
#endif
#if !defined(WEIR_FIBERS_UNDER_TSAN)
inline void SwitchNotes::before_resume() {}
inline void SwitchNotes::after_resume() {}
inline void SwitchNotes::retire() {}
inline void SwitchNotes::took_slot(const void*) {}
inline void SwitchNotes::gives_slot(const void*) {}
#endif

}  // namespace weir::engine
