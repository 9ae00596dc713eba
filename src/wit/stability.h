#pragma once

#include <memory>
#include <optional>
#include <string>

#include "wit/version.h"

namespace weir::wit {

// What the gates on an item say: nothing, `@since` or `@unstable`, each with an optional
// `@deprecated`. Cheap to copy; most items have none.
class Stability {
 public:
  enum class Kind : uint8_t { unknown, stable, unstable };

  Stability() = default;
  static Stability stable(Version since, std::optional<Version> deprecated) {
    return Stability({Kind::stable, std::move(since), "", std::move(deprecated)});
  }
  static Stability unstable(std::string feature, std::optional<Version> deprecated) {
    return Stability({Kind::unstable, {}, std::move(feature), std::move(deprecated)});
  }

  Kind kind() const { return gates_ ? gates_->kind : Kind::unknown; }
  bool known() const { return gates_ != nullptr; }
  // Only for `stable`.
  const Version& since() const { return gates_->since; }
  // Only for `unstable`.
  const std::string& feature() const { return gates_->feature; }
  // Null if there is no `@deprecated`.
  const Version* deprecated() const {
    return gates_ && gates_->deprecated ? &*gates_->deprecated : nullptr;
  }

  friend bool operator==(const Stability& a, const Stability& b) {
    if (a.gates_ == b.gates_) return true;
    return a.gates_ && b.gates_ && *a.gates_ == *b.gates_;
  }

 private:
  struct Gates {
    Kind kind;
    Version since;
    std::string feature;
    std::optional<Version> deprecated;

    friend bool operator==(const Gates&, const Gates&) = default;
  };

  explicit Stability(Gates gates) : gates_(std::make_shared<const Gates>(std::move(gates))) {}

  std::shared_ptr<const Gates> gates_;
};

}  // namespace weir::wit
