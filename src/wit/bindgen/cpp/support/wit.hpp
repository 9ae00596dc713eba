// What the C++ bindings of all worlds share: results, handles, flags. Written by `weir bindgen
// cpp`.
#pragma once

#include <version>

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>
#if defined(__cpp_lib_expected)
#include <expected>
#endif

namespace wit {

// ---- results: std::expected where the standard library has it, else the part of it that is used
// here

#if defined(__cpp_lib_expected)

using std::expected;
using std::unexpected;

#else

template <class E>
class unexpected {
 public:
  constexpr explicit unexpected(E error) : error_(std::move(error)) {}
  constexpr const E& error() const& { return error_; }
  constexpr E&& error() && { return std::move(error_); }

 private:
  E error_;
};

namespace detail {
template <class T>
inline constexpr bool is_unexpected = false;
template <class E>
inline constexpr bool is_unexpected<unexpected<E>> = true;
}  // namespace detail

// A value of type T, or an error of type E. Asking for the one that is not there traps.
template <class T, class E>
class [[nodiscard]] expected {
 public:
  using value_type = T;
  using error_type = E;

  constexpr expected()
    requires std::default_initializable<T>
      : state_(std::in_place_index<0>) {}
  template <class U = T>
    requires(!std::same_as<std::remove_cvref_t<U>, expected> &&
             !detail::is_unexpected<std::remove_cvref_t<U>> && std::constructible_from<T, U>)
  constexpr explicit(!std::convertible_to<U, T>) expected(U&& value)
      : state_(std::in_place_index<0>, std::forward<U>(value)) {}
  template <class G>
    requires std::constructible_from<E, G>
  constexpr explicit(!std::convertible_to<G, E>) expected(unexpected<G> error)
      : state_(std::in_place_index<1>, std::move(error).error()) {}

  constexpr bool has_value() const { return state_.index() == 0; }
  constexpr explicit operator bool() const { return has_value(); }

  constexpr T& value() & { return *checked(std::get_if<0>(&state_)); }
  constexpr const T& value() const& { return *checked(std::get_if<0>(&state_)); }
  constexpr T&& value() && { return std::move(*checked(std::get_if<0>(&state_))); }
  constexpr T& operator*() & { return value(); }
  constexpr const T& operator*() const& { return value(); }
  constexpr T&& operator*() && { return std::move(*this).value(); }
  constexpr T* operator->() { return &value(); }
  constexpr const T* operator->() const { return &value(); }
  constexpr E& error() & { return *checked(std::get_if<1>(&state_)); }
  constexpr const E& error() const& { return *checked(std::get_if<1>(&state_)); }
  constexpr E&& error() && { return std::move(*checked(std::get_if<1>(&state_))); }
  template <class U>
  constexpr T value_or(U&& otherwise) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(otherwise));
  }
  template <class U>
  constexpr T value_or(U&& otherwise) && {
    return has_value() ? *std::move(*this) : static_cast<T>(std::forward<U>(otherwise));
  }

  friend constexpr bool operator==(const expected& a, const expected& b)
    requires std::equality_comparable<T> && std::equality_comparable<E>
  {
    return a.state_ == b.state_;
  }

 private:
  template <class P>
  static constexpr P* checked(P* there) {
    if (!there) __builtin_trap();
    return there;
  }

  std::variant<T, E> state_;
};

template <class E>
class [[nodiscard]] expected<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  constexpr expected() = default;
  template <class G>
    requires std::constructible_from<E, G>
  constexpr explicit(!std::convertible_to<G, E>) expected(unexpected<G> error)
      : error_(std::move(error).error()) {}

  constexpr bool has_value() const { return !error_.has_value(); }
  constexpr explicit operator bool() const { return has_value(); }

  constexpr void value() const {
    if (error_) __builtin_trap();
  }
  constexpr void operator*() const { value(); }
  constexpr E& error() & {
    check();
    return *error_;
  }
  constexpr const E& error() const& {
    check();
    return *error_;
  }
  constexpr E&& error() && {
    check();
    return std::move(*error_);
  }

  friend constexpr bool operator==(const expected& a, const expected& b)
    requires std::equality_comparable<E>
  {
    return a.error_ == b.error_;
  }

 private:
  constexpr void check() const {
    if (!error_) __builtin_trap();
  }

  std::optional<E> error_;
};

#endif

// ---- handles

// An index into the component's table of handles; 0 is none.
struct raw_handle {
  constexpr explicit raw_handle(int32_t number) : index(number) {}

  int32_t index;
};

// A resource of the other side that this side owns: what the class R of an imported resource is
// derived from. It can be moved, not copied; its end drops the resource.
template <class R>
class resource {
 public:
  // Takes over a handle.
  explicit resource(raw_handle handle) : handle_(handle) {}
  resource(resource&& other) noexcept : handle_(std::exchange(other.handle_, raw_handle(0))) {}
  resource& operator=(resource&& other) noexcept {
    if (this != &other) {
      drop_handle();
      handle_ = std::exchange(other.handle_, raw_handle(0));
    }
    return *this;
  }

  // False once the resource has been moved away.
  explicit operator bool() const { return handle_.index != 0; }

  friend raw_handle handle_of(const resource& owner) { return owner.handle_; }
  // The handle, which is the caller's from now on.
  friend raw_handle release(resource& owner) { return std::exchange(owner.handle_, raw_handle(0)); }

 protected:
  ~resource() { drop_handle(); }

 private:
  void drop_handle() {
    if (handle_.index != 0) R::wit_drop(handle_);
  }

  raw_handle handle_;
};

// A resource of the other side that is lent: good until the function that was given it returns.
template <class R>
class borrow {
 public:
  borrow(const R& owner) : lent_(handle_of(owner)) {}
  explicit borrow(raw_handle handle) : lent_(handle) {}
  borrow(const borrow& other) : lent_(handle_of(other.lent_)) {}
  borrow& operator=(const borrow& other) {
    release(lent_);
    lent_ = R(handle_of(other.lent_));
    return *this;
  }
  ~borrow() {}

  const R& operator*() const { return lent_; }
  const R* operator->() const { return &lent_; }

 private:
  // Without its destructor: the handle is another's.
  union {
    R lent_;
  };
};

// An object of this side, of the class R of an exported resource, in a handle that this side owns.
// The end of the last handle deletes the object.
template <class R>
class own {
 public:
  template <std::derived_from<R> D>
  own(std::unique_ptr<D> object) : handle_(R::wit_new(object.release())) {}
  // Takes over a handle.
  explicit own(raw_handle handle) : handle_(handle) {}
  own(own&& other) noexcept : handle_(std::exchange(other.handle_, raw_handle(0))) {}
  own& operator=(own&& other) noexcept {
    if (this != &other) {
      if (handle_.index != 0) R::wit_drop(handle_);
      handle_ = std::exchange(other.handle_, raw_handle(0));
    }
    return *this;
  }
  ~own() {
    if (handle_.index != 0) R::wit_drop(handle_);
  }

  explicit operator bool() const { return handle_.index != 0; }
  R& operator*() const { return *R::wit_rep(handle_); }
  R* operator->() const { return R::wit_rep(handle_); }

  friend raw_handle handle_of(const own& owner) { return owner.handle_; }
  friend raw_handle release(own& owner) { return std::exchange(owner.handle_, raw_handle(0)); }

 private:
  raw_handle handle_;
};

// Ends a value here: `wit::drop(std::move(stream))`. What was made from a resource often has to go
// before it.
template <class T>
  requires(!std::is_reference_v<T>)
void drop(T&& value) {
  [[maybe_unused]] T gone = std::move(value);
}

// ---- text and bytes: a list<u8> that holds text, such as a field of HTTP

inline std::span<const uint8_t> bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view text(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// ---- variants

template <class Case, class Cases>
inline constexpr bool is_case = false;
template <class Case, class... Cases>
inline constexpr bool is_case<Case, std::variant<Cases...>> = (std::same_as<Case, Cases> || ...);

// What a variant V of WIT can do beside its std::variant `value`, whose alternatives are structs
// named after the cases; that of a case with a payload has it as `value`.
template <class V>
struct variant_of {
  template <class Case>
  bool is() const {
    return std::holds_alternative<Case>(static_cast<const V*>(this)->value);
  }
  // Null if it is another case.
  template <class Case>
  Case* get_if() {
    return std::get_if<Case>(&static_cast<V*>(this)->value);
  }
  template <class Case>
  const Case* get_if() const {
    return std::get_if<Case>(&static_cast<const V*>(this)->value);
  }

  friend bool operator==(const variant_of&, const variant_of&) = default;
};

// For std::visit: `std::visit(wit::overloaded{[](const A&) {...}, [](const B&) {...}}, v.value)`.
template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

// ---- flags: an enum class for which `wit_is_flags` is declared beside it

template <class F>
concept flags = std::is_enum_v<F> && requires(F f) { wit_is_flags(f); };

template <flags F>
constexpr std::underlying_type_t<F> bits_of(F f) {
  return static_cast<std::underlying_type_t<F>>(f);
}
template <flags F>
constexpr F operator|(F a, F b) {
  return static_cast<F>(bits_of(a) | bits_of(b));
}
template <flags F>
constexpr F operator&(F a, F b) {
  return static_cast<F>(bits_of(a) & bits_of(b));
}
template <flags F>
constexpr F operator^(F a, F b) {
  return static_cast<F>(bits_of(a) ^ bits_of(b));
}
template <flags F>
constexpr F& operator|=(F& a, F b) {
  return a = a | b;
}
template <flags F>
constexpr F& operator&=(F& a, F b) {
  return a = a & b;
}
template <flags F>
constexpr F& operator^=(F& a, F b) {
  return a = a ^ b;
}
// Whether all of `some` are among `all`.
template <flags F>
constexpr bool contains(F all, F some) {
  return (all & some) == some;
}

}  // namespace wit
