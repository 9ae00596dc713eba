#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "wit/accessor.h"
#include "wit/span.h"

namespace weir::wit {

// The properties of one scope: a getter and a setter share a name, and a setter needs its getter.
class AccessorPairs {
 public:
  // Takes in a getter or setter, and tells whether it completes a pair, so that its name is rightly
  // taken. `is_static` must be the same for both. The name must outlive the object.
  bool add(std::string_view name, Accessor accessor, bool is_static, Span span) {
    Pair& pair = pairs_[name];
    std::optional<Span>& mine = accessor == Accessor::getter ? pair.getter : pair.setter;
    bool completes = (pair.getter || pair.setter) && !mine && pair.is_static == is_static;
    mine = span;
    pair.is_static = is_static;
    return completes;
  }

  // A setter without its getter, if there is one.
  std::optional<std::pair<std::string_view, Span>> lone_setter() const {
    for (const auto& [name, pair] : pairs_) {
      if (pair.setter && !pair.getter) return std::pair(name, *pair.setter);
    }
    return std::nullopt;
  }

 private:
  struct Pair {
    std::optional<Span> getter;
    std::optional<Span> setter;
    bool is_static = false;
  };

  std::map<std::string_view, Pair> pairs_;
};

}  // namespace weir::wit
