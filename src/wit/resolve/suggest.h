#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace weir::wit {

// Collects names and keeps the one closest to a misspelt one, if it is close enough to help.
class Suggestion {
 public:
  explicit Suggestion(std::string_view wrong) : wrong_(wrong) {}

  void offer(std::string_view name);
  // Empty if nothing was close.
  std::string take() { return std::move(best_); }

 private:
  std::string_view wrong_;
  std::string best_;
  size_t distance_ = SIZE_MAX;
};

}  // namespace weir::wit
