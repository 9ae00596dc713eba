#include "tools/deps/net/retry.h"

#include <algorithm>

#include "util/number.h"

namespace weir::tools::deps {
namespace {

constexpr std::chrono::milliseconds kFirst(500);
constexpr std::chrono::seconds kLongest(30);

}  // namespace

bool Backoff::may_pass(long status) {
  constexpr long kStatuses[] = {408, 429, 500, 502, 503, 504};
  return std::ranges::find(kStatuses, status) != std::end(kStatuses);
}

std::optional<std::chrono::milliseconds> Backoff::next(std::string_view retry_after) {
  if (tries_ >= kRetries) return std::nullopt;
  std::chrono::milliseconds pause = kFirst * (1 << tries_++);
  // A date in its place is passed over.
  if (auto seconds = parse_decimal(retry_after, 1'000'000)) {
    if (std::chrono::seconds(*seconds) > kLongest) return std::nullopt;
    pause = std::chrono::seconds(*seconds);
  }
  return pause;
}

}  // namespace weir::tools::deps
