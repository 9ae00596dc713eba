#pragma once

#include <cstdint>
#include <optional>

#include "http/body.h"
#include "util/byte_budget.h"
#include "wasi/http/field_rules.h"

namespace weir::wasi {

// Reads a body for a guest: one slice ahead at most, so that "ready" can be answered without
// taking anything, and the trailers kept for who asks. A slice is small while the process holds as
// much as it may.
class BodyReader {
 public:
  // `rules` outlives the reader: forbidden trailers never reach the guest. What is read ahead is
  // counted in `budget`, which outlives it; null: nowhere.
  BodyReader(http::BodyPtr body, const FieldRules& rules, ByteBudget* budget = nullptr)
      : body_(std::move(body)), rules_(&rules), share_(budget) {}

  enum class State : uint8_t { open, ended, failed };
  State state() const { return state_; }
  // What failed.
  const http::ErrorCode& error() const { return *error_; }

  // Whether `read` has data or the body is over. Looks ahead.
  bool ready();
  // At most `max` bytes that are there now; empty if there are none, or `max` is 0.
  Bytes read(uint64_t max);
  // Wakes `waiter` when `ready` may have become true.
  void watch(Waiter& waiter);

  // Throws data away until nothing is left to read now. True when the body is over.
  bool drain();
  // As `watch`, for `drain`.
  void watch_drain(Waiter& waiter);
  // Once the body has ended: its trailers, with the forbidden ones taken out.
  std::optional<http::Fields> take_trailers() { return std::move(trailers_); }

  // Tells the producer to stop; the body has failed with `code`.
  void abort(http::ErrorCode code);

 private:
  void pull(Waiter* waiter);

  http::BodyPtr body_;
  const FieldRules* rules_;
  // Keeps the count in step with `ahead_`.
  void count() { share_.hold(ahead_.size()); }

  Bytes ahead_;
  BudgetShare share_;
  State state_ = State::open;
  std::optional<http::ErrorCode> error_;
  std::optional<http::Fields> trailers_;
};

}  // namespace weir::wasi
