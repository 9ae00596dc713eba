#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_set>

namespace weir::wit {

// Names that must differ in more than case and hyphens, as those of one scope do.
class NameSet {
 public:
  // Takes in a name, or returns the earlier one that it cannot stand beside. What was added must
  // outlive the set.
  std::optional<std::string_view> add(std::string_view name) {
    if (count_ < kFew) {
      for (size_t i = 0; i < count_; ++i) {
        if (alike(few_[i], name)) return few_[i];
      }
      few_[count_++] = name;
      return std::nullopt;
    }
    if (many_.empty()) many_.insert(few_.begin(), few_.end());
    auto [at, inserted] = many_.insert(name);
    if (inserted) return std::nullopt;
    return *at;
  }

 private:
  // Most scopes have few names, which are compared faster than hashed.
  static constexpr size_t kFew = 12;

  static char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

  static bool alike(std::string_view a, std::string_view b) {
    size_t i = 0, j = 0;
    while (true) {
      while (i < a.size() && a[i] == '-') ++i;
      while (j < b.size() && b[j] == '-') ++j;
      if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
      if (lower(a[i++]) != lower(b[j++])) return false;
    }
  }

  struct Hash {
    size_t operator()(std::string_view name) const {
      // FNV-1a.
      uint64_t hash = 0xcbf29ce484222325;
      for (char c : name) {
        if (c != '-') hash = (hash ^ static_cast<uint8_t>(lower(c))) * 0x100000001b3;
      }
      return hash;
    }
  };
  struct Alike {
    bool operator()(std::string_view a, std::string_view b) const { return alike(a, b); }
  };

  std::array<std::string_view, kFew> few_;
  size_t count_ = 0;
  std::unordered_set<std::string_view, Hash, Alike> many_;
};

}  // namespace weir::wit
