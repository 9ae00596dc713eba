#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weir::wit {

// Names that must differ in more than case, as those of one scope do.
class NameSet {
 public:
  // Takes in a name, or returns the earlier one that it cannot stand beside. What was added must
  // outlive the set.
  std::optional<std::string_view> add(std::string_view name) {
    std::string_view key = name;
    bool upper = false;
    for (char c : name) upper = upper || (c >= 'A' && c <= 'Z');
    if (upper) {
      std::string& lower = lowered_.emplace_back(name);
      for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      }
      key = lower;
    }
    auto [at, inserted] = names_.try_emplace(key, name);
    if (inserted) return std::nullopt;
    return at->second;
  }

 private:
  std::deque<std::string> lowered_;
  std::unordered_map<std::string_view, std::string_view> names_;
};

}  // namespace weir::wit
