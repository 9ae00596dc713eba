#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "util/assert.h"

namespace weir {

// What went wrong, in one sentence for a person: what, where, and what to do
// about it.
struct Error {
  std::string message;
};

// Wraps an error on its way into a `Result`: `return Err(Error{"..."});`.
template <class E>
struct [[nodiscard]] ErrValue {
  E error;
};

template <class E>
ErrValue<std::decay_t<E>> Err(E&& error) {
  return {std::forward<E>(error)};
}

inline ErrValue<Error> Err(const char* message) { return {Error{message}}; }

// Stands for "nothing" as the value of a `Result`.
struct Unit {
  friend bool operator==(Unit, Unit) = default;
};

// Either a value or an error. Input and peers cause errors; an assertion is
// only for our own bugs. `T` may be `void`. Reading the wrong side is a bug and
// asserts.
template <class T, class E = Error>
class [[nodiscard]] Result {
 public:
  using Value = std::conditional_t<std::is_void_v<T>, Unit, T>;

  Result()
    requires std::is_void_v<T>
      : state_(std::in_place_index<0>) {}
  Result(Value value)
    requires(!std::is_void_v<T>)
      : state_(std::in_place_index<0>, std::move(value)) {}
  template <class U>
    requires(!std::is_void_v<T> && !std::is_same_v<std::decay_t<U>, Value> &&
             !std::is_same_v<std::decay_t<U>, Result> && std::is_convertible_v<U &&, Value>)
  Result(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <class F>
    requires std::is_constructible_v<E, F&&>
  Result(ErrValue<F> err) : state_(std::in_place_index<1>, std::move(err.error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  Value& value() & {
    WEIR_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  const Value& value() const& {
    WEIR_ASSERT(ok());
    return *std::get_if<0>(&state_);
  }
  Value&& value() && {
    WEIR_ASSERT(ok());
    return std::move(*std::get_if<0>(&state_));
  }
  Value& operator*() & { return value(); }
  const Value& operator*() const& { return value(); }
  Value&& operator*() && { return std::move(*this).value(); }
  Value* operator->() { return &value(); }
  const Value* operator->() const { return &value(); }

  E& error() & {
    WEIR_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  const E& error() const& {
    WEIR_ASSERT(!ok());
    return *std::get_if<1>(&state_);
  }
  E&& error() && {
    WEIR_ASSERT(!ok());
    return std::move(*std::get_if<1>(&state_));
  }

 private:
  std::variant<Value, E> state_;
};

}  // namespace weir

// Evaluates to the value of a `Result`, or returns its error from the enclosing
// function. Not for coroutines (use `if (!r) co_return Err(...)`).
#define WEIR_TRY(expr)                                                                   \
  ({                                                                                     \
    auto weir_try_result_ = (expr);                                                      \
    if (!weir_try_result_.ok()) return ::weir::Err(std::move(weir_try_result_).error()); \
    std::move(weir_try_result_).value();                                                 \
  })
