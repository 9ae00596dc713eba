#pragma once

#include <malloc.h>

#include <cstdint>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#include <sanitizer/allocator_interface.h>
#define WEIR_SANITIZER_HEAP 1
#endif
#endif

namespace weir::testing {

// Bytes that the program has taken from malloc and not given back. Exact but for a few hundred
// small blocks that malloc keeps at hand.
inline uint64_t heap_bytes() {
#ifdef WEIR_SANITIZER_HEAP
  return __sanitizer_get_current_allocated_bytes();
#else
  struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
#endif
}

}  // namespace weir::testing
