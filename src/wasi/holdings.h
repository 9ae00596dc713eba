#pragma once

#include <cstddef>
#include <utility>

namespace weir::wasi {

// How much the guests of one request may make the host hold at a time, beside what flows in bodies:
// field sections that they build or copy, and the texts of requests. Of one thread; outlives its
// shares.
class Holdings {
 public:
  explicit Holdings(size_t limit) : limit_(limit) {}
  Holdings(const Holdings&) = delete;
  Holdings& operator=(const Holdings&) = delete;

  size_t used() const { return used_; }

  // The part of one thing that is held.
  class Share {
   public:
    // Null: nobody counts.
    explicit Share(Holdings* all = nullptr) : all_(all) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { hold(0); }

    // It takes `bytes` now. False where that is too much for all together: then nothing has
    // changed.
    bool hold(size_t bytes) {
      if (!all_) return true;
      if (bytes > held_ && bytes - held_ > all_->limit_ - all_->used_) return false;
      all_->used_ += bytes - held_;
      held_ = bytes;
      return true;
    }

   private:
    Holdings* const all_;
    size_t held_ = 0;
  };

 private:
  const size_t limit_;
  size_t used_ = 0;
};

}  // namespace weir::wasi
