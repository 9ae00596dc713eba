#include "wit/resolve/suggest.h"

#include <algorithm>
#include <array>
#include <vector>

namespace weir::wit {
namespace {

// Longer names are not compared: they would only cost time.
constexpr size_t kMaxLength = 64;

// Insertions, deletions, replacements and exchanges of neighbours.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::array<std::vector<size_t>, 3> rows;
  for (auto& row : rows) row.resize(b.size() + 1);
  for (size_t i = 0; i <= a.size(); ++i) {
    std::vector<size_t>& row = rows[i % 3];
    const std::vector<size_t>& above = rows[(i + 2) % 3];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      if (i == 0) {
        row[j] = j;
        continue;
      }
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
    }
  }
  return rows[a.size() % 3][b.size()];
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
