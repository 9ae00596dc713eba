#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace weir::wit {

// Names that must differ in more than case and hyphens, as those of one scope do.
class NameSet {
 public:
  // Takes in a name, or returns the earlier one that it cannot stand beside. What was added must
  // outlive the set.
  std::optional<std::string_view> add(std::string_view name) {
    std::string_view key = name;
    auto counts = [](char c) { return c != '-' && (c < 'A' || c > 'Z'); };
    if (!std::ranges::all_of(name, counts)) {
      std::string& plain = plain_.emplace_back();
      for (char c : name) {
        if (c != '-') plain.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
      }
      key = plain;
    }
    auto [at, inserted] = names_.try_emplace(key, name);
    if (inserted) return std::nullopt;
    return at->second;
  }

 private:
  std::deque<std::string> plain_;
  std::unordered_map<std::string_view, std::string_view> names_;
};

}  // namespace weir::wit
