#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "engine/trap.h"
#include "util/assert.h"
#include "util/result.h"

namespace weir::component {

using engine::Trap;

template <class T>
struct IsResult : std::false_type {};
template <class T, class E>
struct IsResult<Result<T, E>> : std::true_type {};

// A value, or a trap that ends the guest: what host functions and calls into guests answer. Made
// from a value, from `Err(...)` where `T` is a `Result`, or from a trap, which must be one.
template <class T>
class [[nodiscard]] OrTrap {
 public:
  OrTrap()
    requires std::is_default_constructible_v<T>
      : value_(std::in_place) {}
  OrTrap(T value) : value_(std::move(value)) {}
  template <class U>
    requires(!std::is_same_v<std::decay_t<U>, T> && !std::is_same_v<std::decay_t<U>, OrTrap> &&
             !std::is_same_v<std::decay_t<U>, Trap> && std::is_convertible_v<U &&, T>)
  OrTrap(U&& value) : value_(std::in_place, std::forward<U>(value)) {}
  OrTrap(Trap trap) : trap_(std::move(trap)) { WEIR_ASSERT(trap_); }

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }

  T& value() & {
    WEIR_ASSERT(ok());
    return *value_;
  }
  const T& value() const& {
    WEIR_ASSERT(ok());
    return *value_;
  }
  T&& value() && {
    WEIR_ASSERT(ok());
    return std::move(*value_);
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Null if there is a value.
  Trap& trap() { return trap_; }
  const Trap& trap() const { return trap_; }

 private:
  std::optional<T> value_;
  Trap trap_;
};

template <>
class [[nodiscard]] OrTrap<void> {
 public:
  OrTrap() = default;
  // A null trap stands for success.
  OrTrap(Trap trap) : trap_(std::move(trap)) {}

  bool ok() const { return !trap_; }
  explicit operator bool() const { return ok(); }
  void value() const { WEIR_ASSERT(ok()); }

  Trap& trap() { return trap_; }
  const Trap& trap() const { return trap_; }

 private:
  Trap trap_;
};

}  // namespace weir::component

// Evaluates to the value of an `OrTrap`, or returns its trap from the enclosing function.
#define WEIR_TRY_TRAP(expr)                                          \
  ({                                                                 \
    auto weir_or_trap_ = (expr);                                     \
    if (!weir_or_trap_.ok()) return std::move(weir_or_trap_.trap()); \
    std::move(weir_or_trap_).value();                                \
  })
