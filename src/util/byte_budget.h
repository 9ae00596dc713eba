#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace weir {

// How many bytes all connections of a process may hold in their buffers together, and what is read
// ahead for guests or written by them. When it is used up everybody goes on with what each may
// always hold, so that nobody waits for ever. Thread-safe.
class ByteBudget {
 public:
  explicit ByteBudget(uint64_t limit = UINT64_MAX) : limit_(limit) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;

  bool exhausted() const { return used_.load(std::memory_order_relaxed) >= limit_; }
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  friend class BudgetShare;
  const uint64_t limit_;
  std::atomic<uint64_t> used_{0};
};

// What one buffer holds of a budget (may be null: nobody counts), which outlives it. Small amounts
// are not counted, so that small messages touch nothing shared.
class BudgetShare {
 public:
  explicit BudgetShare(ByteBudget& budget) : budget_(&budget) {}
  explicit BudgetShare(ByteBudget* budget) : budget_(budget) {}
  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  ~BudgetShare() { hold(0); }

  // Up to so much every connection gets, however little is left for all.
  static constexpr uint64_t free_allowance = 4096;

  // The buffer holds `bytes` now.
  void hold(uint64_t bytes) {
    uint64_t counted = bytes > free_allowance ? bytes : 0;
    if (counted == held_ || !budget_) return;
    budget_->used_.fetch_add(counted - held_, std::memory_order_relaxed);
    held_ = counted;
  }
  // How many of `wanted` bytes a buffer that holds `bytes` may take now; 0: it has to wait.
  uint64_t allows(uint64_t bytes, uint64_t wanted) const {
    if (!budget_ || !budget_->exhausted()) return wanted;
    return std::min(wanted, free_allowance - std::min(bytes, free_allowance));
  }

 private:
  ByteBudget* budget_;
  uint64_t held_ = 0;
};

}  // namespace weir
