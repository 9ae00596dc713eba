#pragma once

#include <algorithm>
#include <ranges>
#include <span>
#include <string_view>

namespace weir::cli {

// Which verbs have to be described: the one that stands first on the command line, or all if none
// does (a request for help, a mistake). Describing all would take as long as many a verb does.
class Needed {
 public:
  // `words` are the arguments from where the verb is expected; they
  // outlive this. `verbs` has the names of all.
  template <std::ranges::input_range Verbs>
  Needed(std::span<const char* const> words, const Verbs& verbs) {
    if (words.empty()) return;
    auto found = std::ranges::find(verbs, std::string_view(words.front()));
    if (found != std::ranges::end(verbs)) only_ = words.front();
  }
  bool operator()(std::string_view verb) const { return only_.empty() || only_ == verb; }

 private:
  std::string_view only_;
};

}  // namespace weir::cli
