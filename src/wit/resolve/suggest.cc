#include "wit/resolve/suggest.h"

#include <algorithm>
#include <vector>

namespace weir::wit {
namespace {

// Longer names are not compared: they would only cost time.
constexpr size_t kMaxLength = 64;

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

void Suggestion::offer(std::string_view name) {
  if (wrong_.size() > kMaxLength || name.size() > kMaxLength || name == wrong_) return;
  size_t allowed = std::max<size_t>(1, wrong_.size() / 3);
  size_t longer = std::max(wrong_.size(), name.size());
  if (longer - std::min(wrong_.size(), name.size()) > allowed) return;
  size_t distance = edit_distance(wrong_, name);
  if (distance <= allowed && distance < distance_) {
    distance_ = distance;
    best_ = name;
  }
}

}  // namespace weir::wit
