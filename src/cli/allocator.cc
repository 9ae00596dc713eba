#include "cli/allocator.h"

#include <malloc.h>
#include <mimalloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>

// Absent where the program is not linked with it.
#pragma weak mi_collect
#pragma weak mi_free
#pragma weak mi_heap_get_default
#pragma weak mi_heap_visit_blocks
#pragma weak mi_malloc
#pragma weak mi_option_get
#pragma weak mi_option_set

namespace weir::cli {
namespace {

// What mimalloc 2.0 takes from the system at a time, aligned to its size, and divides.
constexpr uintptr_t kSegment = 32 << 20;
// The largest block that it puts into one, and about the smallest with pages of its own.
constexpr size_t kLargest = kSegment / 2;
constexpr size_t kSmallest = 256 << 10;

uintptr_t segment_of(const void* block) {
  return reinterpret_cast<uintptr_t>(block) & ~(kSegment - 1);
}

// The segments of the calling thread that are in use, as far as there is room.
class Segments {
 public:
  Segments() {
    auto note = [](const mi_heap_t*, const mi_heap_area_t* area, void*, size_t, void* self) {
      static_cast<Segments*>(self)->add(segment_of(area->blocks));
      return true;
    };
    mi_heap_visit_blocks(mi_heap_get_default(), false, note, this);
  }
  bool contain(uintptr_t segment) const {
    return std::find(all_.begin(), all_.begin() + count_, segment) != all_.begin() + count_;
  }

 private:
  void add(uintptr_t segment) {
    if (count_ < all_.size() && !contain(segment)) all_[count_++] = segment;
  }
  std::array<uintptr_t, 512> all_;
  size_t count_ = 0;
};

// While there is one mimalloc gives back at once. Else it does so with a delay that each use
// prolongs, and a thread at rest does not look again.
class NoDelay {
 public:
  NoDelay() {
    std::lock_guard lock(mutex_);
    if (count_++ > 0) return;
    usual_ = mi_option_get(mi_option_decommit_delay);
    mi_option_set(mi_option_decommit_delay, 0);
  }
  ~NoDelay() {
    std::lock_guard lock(mutex_);
    if (--count_ == 0) mi_option_set(mi_option_decommit_delay, usual_);
  }
  NoDelay(const NoDelay&) = delete;
  NoDelay& operator=(const NoDelay&) = delete;

 private:
  static inline std::mutex mutex_;
  static inline unsigned count_ = 0;
  static inline long usual_ = 0;
};

// Without that delay taking pages from a segment gives back what was freed in it
// before, and freeing them gives back what is free around them. So this takes some of every segment
// that has any; nothing is written to them.
void take_from_every_segment() {
  Segments segments;
  std::array<void*, 512> blocks;
  size_t count = 0;
  for (size_t size = kLargest; size >= kSmallest && count < blocks.size(); size /= 2) {
    while (count < blocks.size()) {
      void* block = mi_malloc(size);
      if (!block) break;
      blocks[count++] = block;
      // No other had so much room.
      if (!segments.contain(segment_of(block))) break;
    }
  }
  while (count > 0) mi_free(blocks[--count]);
}

}  // namespace

void give_back_memory() {
  if (!mi_collect) {
    ::malloc_trim(0);
    return;
  }
  NoDelay no_delay;
  mi_collect(true);
  take_from_every_segment();
  mi_collect(true);
}

}  // namespace weir::cli
