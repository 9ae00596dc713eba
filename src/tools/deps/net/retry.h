#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace weir::tools::deps {

// How long to wait before a request is sent again.
class Backoff {
 public:
  // How often a request is sent again at most.
  static constexpr int kRetries = 3;

  // Whether an answer says that it may be another one soon: 408, 429, 500, 502, 503, 504.
  static bool may_pass(long status);

  // The pause before the next try: half a second, and twice as long each time; or as long as the
  // answer's `Retry-After` says in seconds. Nothing if it is not worth another try: too many, or
  // too long to wait for.
  std::optional<std::chrono::milliseconds> next(std::string_view retry_after);

 private:
  int tries_ = 0;
};

}  // namespace weir::tools::deps
