// How values of C++ cross the border of the component (Component Model, CanonicalABI.md). Only the
// bindings' own source includes it. Written by `weir bindgen cpp`.
// Long because a guest gets it as one file.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>

#include "wit.hpp"

// ---- the C++ library without its printing: what it does before it gives up writes messages, with
// which a component would import files, standard streams and clocks. Here it traps. Other
// definitions of these functions take the place of these ones.

#define WIT_REPLACEABLE __attribute__((__weak__))

WIT_REPLACEABLE void* operator new(size_t size) {
  void* made = std::malloc(size == 0 ? 1 : size);
  if (!made) __builtin_trap();
  return made;
}
WIT_REPLACEABLE void* operator new[](size_t size) { return operator new(size); }
WIT_REPLACEABLE void operator delete(void* at) noexcept { std::free(at); }
WIT_REPLACEABLE void operator delete[](void* at) noexcept { std::free(at); }
WIT_REPLACEABLE void operator delete(void* at, size_t) noexcept { std::free(at); }
WIT_REPLACEABLE void operator delete[](void* at, size_t) noexcept { std::free(at); }

#if defined(_LIBCPP_VERSION)
#if defined(_LIBCPP_VERBOSE_ABORT_NOEXCEPT)
#define WIT_ABORT_NOEXCEPT _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#else
#define WIT_ABORT_NOEXCEPT
#endif
WIT_REPLACEABLE void std::__libcpp_verbose_abort(const char*, ...) WIT_ABORT_NOEXCEPT {
  __builtin_trap();
}
#endif

namespace wit::detail {

// Memory that values refer to while they cross.
struct memory {
  struct block {
    block* next;
  };
  block* blocks = nullptr;

  uint8_t* allocate(size_t size, size_t align) {
    if (size == 0) return reinterpret_cast<uint8_t*>(align);
    constexpr size_t header = 16;
    auto* made = static_cast<block*>(std::malloc(header + size));
    if (!made) std::abort();
    made->next = blocks;
    blocks = made;
    return reinterpret_cast<uint8_t*>(made) + header;
  }
  void clear() {
    while (blocks) std::free(std::exchange(blocks, blocks->next));
  }
};

struct scoped_memory : memory {
  scoped_memory() = default;
  scoped_memory(const scoped_memory&) = delete;
  scoped_memory& operator=(const scoped_memory&) = delete;
  ~scoped_memory() { clear(); }
};

// The handles that were lent to a call of an export: they have to be dropped before it returns.
class lent {
 public:
  lent() = default;
  // For values that come back from a call that was not made: nothing was lent, and the memory that
  // they refer to is not theirs.
  struct back {};
  explicit lent(back) : comes_back_(true) {}
  lent(const lent&) = delete;
  lent& operator=(const lent&) = delete;
  ~lent() {
    for (const auto& [drop, handle] : handles_) drop(handle);
  }
  void add(void (*drop)(raw_handle), raw_handle handle) {
    if (!comes_back_) handles_.emplace_back(drop, handle);
  }
  bool comes_back() const { return comes_back_; }

 private:
  bool comes_back_ = false;
  std::vector<std::pair<void (*)(raw_handle), raw_handle>> handles_;
};

constexpr uint32_t align_to(uint32_t at, uint32_t align) {
  return (at + align - 1) / align * align;
}

inline int32_t address(const void* at) {
  return static_cast<int32_t>(reinterpret_cast<uintptr_t>(at));
}

// ---- core values, each in 64 bits: what is smaller is in the low ones

inline uint64_t to_bits(int32_t value) { return static_cast<uint32_t>(value); }
inline uint64_t to_bits(int64_t value) { return static_cast<uint64_t>(value); }
inline uint64_t to_bits(float value) { return std::bit_cast<uint32_t>(value); }
inline uint64_t to_bits(double value) { return std::bit_cast<uint64_t>(value); }

template <class Core>
Core from_bits(uint64_t bits) {
  if constexpr (std::is_same_v<Core, float>) {
    return std::bit_cast<float>(static_cast<uint32_t>(bits));
  } else if constexpr (std::is_same_v<Core, double>) {
    return std::bit_cast<double>(bits);
  } else {
    return static_cast<Core>(bits);
  }
}

// abi<T> says for a type of C++:
//   size, align   of its values in memory
//   count         of the core values that stand for one outside of memory
//   plain         whether values in memory are those of C++, byte for byte
//   refers        whether a value refers to memory outside of it
//   owns          whether a value can own a handle
//   store, load   to and from memory
//   lower, lift   to and from core values
// What is stored or lowered stays where it is until the call is over; owned handles leave it. What
// is loaded or lifted owns its memory.
template <class T>
struct abi;

// Numbers, bool, char32_t, enums and flags.
template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
struct abi<T> {
  static constexpr uint32_t size = sizeof(T);
  static constexpr uint32_t align = sizeof(T);
  static constexpr uint32_t count = 1;
  static constexpr bool plain = true;
  static constexpr bool refers = false;
  static constexpr bool owns = false;

  static void store(const T& value, uint8_t* at, memory&) { std::memcpy(at, &value, sizeof value); }
  static T load(const uint8_t* at, lent&) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }
  static void lower(const T& value, uint64_t*& out, memory&) {
    if constexpr (std::is_floating_point_v<T>) {
      *out++ = to_bits(value);
    } else if constexpr (sizeof(T) == 8) {
      *out++ = static_cast<uint64_t>(value);
    } else {
      *out++ = to_bits(static_cast<int32_t>(value));
    }
  }
  static T lift(const uint64_t*& in, lent&) {
    uint64_t bits = *in++;
    if constexpr (std::is_same_v<T, bool>) {
      return static_cast<uint32_t>(bits) != 0;
    } else {
      return from_bits<T>(bits);
    }
  }
};

// What is one 32-bit word: derived classes say what it is made of and made to.
template <class T, class Word>
struct word_abi {
  static constexpr uint32_t size = 4;
  static constexpr uint32_t align = 4;
  static constexpr uint32_t count = 1;
  static constexpr bool plain = false;
  static constexpr bool refers = false;
  static constexpr bool owns = false;

  static void store(auto& value, uint8_t* at, memory&) {
    int32_t word = Word::leave(value);
    std::memcpy(at, &word, sizeof word);
  }
  static T load(const uint8_t* at, lent& handles) {
    int32_t word;
    std::memcpy(&word, at, sizeof word);
    return Word::enter(word, handles);
  }
  static void lower(auto& value, uint64_t*& out, memory&) { *out++ = to_bits(Word::leave(value)); }
  static T lift(const uint64_t*& in, lent& handles) {
    return Word::enter(from_bits<int32_t>(*in++), handles);
  }
};

template <>
struct abi<raw_handle> : word_abi<raw_handle, abi<raw_handle>> {
  static int32_t leave(raw_handle handle) { return handle.index; }
  static raw_handle enter(int32_t index, lent&) { return raw_handle(index); }
};

// An owned resource of the other side.
template <class R>
  requires std::derived_from<R, resource<R>>
struct abi<R> : word_abi<R, abi<R>> {
  static constexpr bool owns = true;
  static int32_t leave(R& owner) { return release(owner).index; }
  static R enter(int32_t index, lent&) { return R(raw_handle(index)); }
};

// A lent resource of the other side.
template <class R>
struct abi<borrow<R>> : word_abi<borrow<R>, abi<borrow<R>>> {
  static constexpr bool plain = true;
  static int32_t leave(const borrow<R>& lent_one) { return handle_of(*lent_one).index; }
  static borrow<R> enter(int32_t index, lent& handles) {
    handles.add(&R::wit_drop, raw_handle(index));
    return borrow<R>(raw_handle(index));
  }
};

// An owned object of this side.
template <class R>
struct abi<own<R>> : word_abi<own<R>, abi<own<R>>> {
  static constexpr bool owns = true;
  static int32_t leave(own<R>& owner) { return release(owner).index; }
  static own<R> enter(int32_t index, lent&) { return own<R>(raw_handle(index)); }
};

// A lent object of this side.
template <class R>
struct abi<R*> : word_abi<R*, abi<R*>> {
  static int32_t leave(R* object) { return address(object); }
  static R* enter(int32_t at, lent&) {
    return reinterpret_cast<R*>(static_cast<uintptr_t>(static_cast<uint32_t>(at)));
  }
};

// ---- strings, lists and maps: an address and a number of elements

template <class T, class List>
struct list_abi {
  static constexpr uint32_t size = 8;
  static constexpr uint32_t align = 4;
  static constexpr uint32_t count = 2;
  static constexpr bool plain = false;
  static constexpr bool refers = true;
  static constexpr bool owns = false;

  static void store(auto& value, uint8_t* at, memory& more) {
    int32_t words[2] = {address(List::leave(value, more)), static_cast<int32_t>(value.size())};
    std::memcpy(at, words, sizeof words);
  }
  static T load(const uint8_t* at, lent& handles) {
    uint32_t words[2];
    std::memcpy(words, at, sizeof words);
    return take(words[0], words[1], handles);
  }
  static void lower(auto& value, uint64_t*& out, memory& more) {
    *out++ = to_bits(address(List::leave(value, more)));
    *out++ = to_bits(static_cast<int32_t>(value.size()));
  }
  static T lift(const uint64_t*& in, lent& handles) {
    uint32_t first = static_cast<uint32_t>(in[0]);
    uint32_t number = static_cast<uint32_t>(in[1]);
    in += 2;
    return take(first, number, handles);
  }

 private:
  // The memory came from `cabi_realloc`, which gives none for nothing.
  static T take(uint32_t first, uint32_t number, lent& handles) {
    auto* at = reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(first));
    T made = List::enter(at, number, handles);
    if (number > 0 && List::element_size > 0 && !handles.comes_back()) std::free(at);
    return made;
  }
};

// Of `char` in UTF-8, or of `char16_t` in UTF-16.
template <class C>
struct abi<std::basic_string<C>> : list_abi<std::basic_string<C>, abi<std::basic_string<C>>> {
  static constexpr uint32_t element_size = sizeof(C);
  static const void* leave(const std::basic_string<C>& text, memory&) { return text.data(); }
  static std::basic_string<C> enter(const uint8_t* at, size_t number, lent&) {
    if (number == 0) return {};
    return std::basic_string<C>(reinterpret_cast<const C*>(at), number);
  }
};

template <class C>
struct abi<std::basic_string_view<C>>
    : list_abi<std::basic_string_view<C>, abi<std::basic_string_view<C>>> {
  static const void* leave(std::basic_string_view<C> text, memory&) { return text.data(); }
};

// The elements of a container, as they lie in memory.
template <class T>
const void* store_elements(auto& elements, memory& more) {
  uint8_t* first = more.allocate(elements.size() * abi<T>::size, abi<T>::align);
  uint8_t* at = first;
  for (auto& element : elements) {
    abi<T>::store(element, at, more);
    at += abi<T>::size;
  }
  return first;
}

template <class T>
struct abi<std::span<const T>> : list_abi<std::span<const T>, abi<std::span<const T>>> {
  static const void* leave(std::span<const T> elements, memory& more) {
    if constexpr (abi<T>::plain) {
      return elements.data();
    } else {
      return store_elements<T>(elements, more);
    }
  }
};

template <class T>
struct abi<std::vector<T>> : list_abi<std::vector<T>, abi<std::vector<T>>> {
  static constexpr bool owns = abi<T>::owns;
  static constexpr uint32_t element_size = abi<T>::size;
  static const void* leave(auto& elements, memory& more) {
    if constexpr (abi<T>::plain && !std::is_same_v<T, bool>) {
      return elements.data();
    } else if constexpr (std::is_same_v<T, bool>) {
      uint8_t* first = more.allocate(elements.size(), 1);
      for (size_t i = 0; i < elements.size(); ++i) first[i] = elements[i] ? 1 : 0;
      return first;
    } else {
      return store_elements<T>(elements, more);
    }
  }
  static std::vector<T> enter(const uint8_t* at, size_t number, lent& handles) {
    std::vector<T> elements;
    if constexpr (std::is_trivially_copyable_v<T> && abi<T>::plain && !std::is_same_v<T, bool>) {
      const T* first = reinterpret_cast<const T*>(at);
      if (number > 0) elements.assign(first, first + number);
    } else {
      elements.reserve(number);
      for (size_t i = 0; i < number; ++i)
        elements.push_back(abi<T>::load(at + i * abi<T>::size, handles));
    }
    return elements;
  }
};

template <class K, class V>
struct abi<std::map<K, V>> : list_abi<std::map<K, V>, abi<std::map<K, V>>> {
  static constexpr bool owns = abi<V>::owns;
  static constexpr uint32_t value_at = align_to(abi<K>::size, abi<V>::align);
  static constexpr uint32_t element_align =
      abi<K>::align > abi<V>::align ? abi<K>::align : abi<V>::align;
  static constexpr uint32_t element_size = align_to(value_at + abi<V>::size, element_align);
  static const void* leave(auto& map, memory& more) {
    uint8_t* first = more.allocate(map.size() * element_size, element_align);
    uint8_t* at = first;
    for (auto& [key, value] : map) {
      abi<K>::store(key, at, more);
      abi<V>::store(value, at + value_at, more);
      at += element_size;
    }
    return first;
  }
  static std::map<K, V> enter(const uint8_t* at, size_t number, lent& handles) {
    std::map<K, V> map;
    for (size_t i = 0; i < number; ++i, at += element_size) {
      K key = abi<K>::load(at, handles);
      map.insert_or_assign(std::move(key), abi<V>::load(at + value_at, handles));
    }
    return map;
  }
};

// ---- records and tuples: their parts, one behind the other

template <class... Parts>
struct parts_of {
  static constexpr uint32_t align = [] {
    uint32_t most = 1;
    ((most = abi<Parts>::align > most ? abi<Parts>::align : most), ...);
    return most;
  }();
  static constexpr std::array<uint32_t, sizeof...(Parts) + 1> places = [] {
    std::array<uint32_t, sizeof...(Parts) + 1> at{};
    [[maybe_unused]] uint32_t end = 0;
    [[maybe_unused]] size_t i = 0;
    ((at[i] = align_to(end, abi<Parts>::align), end = at[i] + abi<Parts>::size, ++i), ...);
    at[i] = align_to(end, align);
    return at;
  }();
  static constexpr uint32_t size = places[sizeof...(Parts)];
  static constexpr uint32_t count = (abi<Parts>::count + ... + 0);
  static constexpr bool refers = (abi<Parts>::refers || ...);
  static constexpr bool owns = (abi<Parts>::owns || ...);

  static void store(uint8_t* at, memory& more, auto&... values) {
    [[maybe_unused]] size_t i = 0;
    (abi<Parts>::store(values, at + places[i++], more), ...);
  }
};

template <class... Ts>
struct abi<std::tuple<Ts...>> {
  using parts = parts_of<Ts...>;
  static constexpr uint32_t size = parts::size;
  static constexpr uint32_t align = parts::align;
  static constexpr uint32_t count = parts::count;
  static constexpr bool plain = false;
  static constexpr bool refers = parts::refers;
  static constexpr bool owns = parts::owns;

  static void store(auto& value, uint8_t* at, memory& more) {
    std::apply([&](auto&... all) { parts::store(at, more, all...); }, value);
  }
  static std::tuple<Ts...> load(const uint8_t* at, lent& handles) {
    [[maybe_unused]] size_t i = 0;
    return std::tuple<Ts...>{abi<Ts>::load(at + parts::places[i++], handles)...};
  }
  static void lower(auto& value, uint64_t*& out, memory& more) {
    std::apply([&](auto&... all) { (abi<Ts>::lower(all, out, more), ...); }, value);
  }
  static std::tuple<Ts...> lift(const uint64_t*& in, lent& handles) {
    return std::tuple<Ts...>{abi<Ts>::lift(in, handles)...};
  }
};

template <class M>
struct member;
template <class T, class M>
struct member<M T::*> {
  using type = M;
};

// A struct T with the members Ms, which are all of it.
template <class T, auto... Ms>
struct record_abi {
  template <auto M>
  using type = abi<typename member<decltype(M)>::type>;
  using parts = parts_of<typename member<decltype(Ms)>::type...>;
  static constexpr uint32_t size = parts::size;
  static constexpr uint32_t align = parts::align;
  static constexpr uint32_t count = parts::count;
  static constexpr bool plain =
      (type<Ms>::plain && ...) && sizeof(T) == size && alignof(T) == align;
  static constexpr bool refers = parts::refers;
  static constexpr bool owns = parts::owns;

  static void store(auto& value, uint8_t* at, memory& more) {
    parts::store(at, more, value.*Ms...);
  }
  static T load(const uint8_t* at, lent& handles) {
    size_t i = 0;
    return T{type<Ms>::load(at + parts::places[i++], handles)...};
  }
  static void lower(auto& value, uint64_t*& out, memory& more) {
    (type<Ms>::lower(value.*Ms, out, more), ...);
  }
  static T lift(const uint64_t*& in, lent& handles) { return T{type<Ms>::lift(in, handles)...}; }
};

template <class T, size_t N>
struct abi<std::array<T, N>> {
  static constexpr uint32_t size = abi<T>::size * N;
  static constexpr uint32_t align = abi<T>::align;
  static constexpr uint32_t count = abi<T>::count * N;
  static constexpr bool plain = abi<T>::plain;
  static constexpr bool refers = abi<T>::refers;
  static constexpr bool owns = abi<T>::owns;

  static void store(auto& value, uint8_t* at, memory& more) {
    for (auto& element : value) {
      abi<T>::store(element, at, more);
      at += abi<T>::size;
    }
  }
  static std::array<T, N> load(const uint8_t* at, lent& handles) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::array<T, N>{abi<T>::load(at + I * abi<T>::size, handles)...};
    }(std::make_index_sequence<N>());
  }
  static void lower(auto& value, uint64_t*& out, memory& more) {
    for (auto& element : value) abi<T>::lower(element, out, more);
  }
  static std::array<T, N> lift(const uint64_t*& in, lent& handles) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return std::array<T, N>{(static_cast<void>(I), abi<T>::lift(in, handles))...};
    }(std::make_index_sequence<N>());
  }
};

// ---- variants, options and results: the number of a case, then its payload

// A case without a payload.
template <>
struct abi<std::monostate> {
  static constexpr uint32_t size = 0;
  static constexpr uint32_t align = 1;
  static constexpr uint32_t count = 0;
  static constexpr bool plain = false;
  static constexpr bool refers = false;
  static constexpr bool owns = false;

  static void store(const std::monostate&, uint8_t*, memory&) {}
  static std::monostate load(const uint8_t*, lent&) { return {}; }
  static void lower(const std::monostate&, uint64_t*&, memory&) {}
  static std::monostate lift(const uint64_t*&, lent&) { return {}; }
};

// `Cases` has `payload(value, f)`, which calls f(number, payload) for the case that `value` is, and
// `make<I>(get)`, which makes the case of number I of the payload that get.operator()<P>() gives.
template <class T, class Cases, class... Payloads>
struct cases_abi {
  static constexpr size_t number = sizeof...(Payloads);
  using tag = std::conditional_t<(number <= 0x100), uint8_t,
                                 std::conditional_t<(number <= 0x10000), uint16_t, uint32_t>>;
  static constexpr uint32_t payload_align = [] {
    uint32_t most = 1;
    ((most = abi<Payloads>::align > most ? abi<Payloads>::align : most), ...);
    return most;
  }();
  static constexpr uint32_t payload_size = [] {
    uint32_t most = 0;
    ((most = abi<Payloads>::size > most ? abi<Payloads>::size : most), ...);
    return most;
  }();
  static constexpr uint32_t payload_at = align_to(sizeof(tag), payload_align);
  static constexpr uint32_t align = sizeof(tag) > payload_align ? sizeof(tag) : payload_align;
  static constexpr uint32_t size = align_to(payload_at + payload_size, align);
  static constexpr uint32_t count = [] {
    uint32_t most = 0;
    ((most = abi<Payloads>::count > most ? abi<Payloads>::count : most), ...);
    return 1 + most;
  }();
  static constexpr bool plain = false;
  static constexpr bool refers = (abi<Payloads>::refers || ...);
  static constexpr bool owns = (abi<Payloads>::owns || ...);

  static void store(auto& value, uint8_t* at, memory& more) {
    Cases::payload(value, [&](size_t index, auto& payload) {
      tag written = static_cast<tag>(index);
      std::memcpy(at, &written, sizeof written);
      abi<std::remove_cvref_t<decltype(payload)>>::store(payload, at + payload_at, more);
    });
  }
  static T load(const uint8_t* at, lent& handles) {
    tag read;
    std::memcpy(&read, at, sizeof read);
    return pick<0>(read, [&]<class P>() { return abi<P>::load(at + payload_at, handles); });
  }
  static void lower(auto& value, uint64_t*& out, memory& more) {
    uint64_t* end = out + count;
    Cases::payload(value, [&](size_t index, auto& payload) {
      *out++ = index;
      abi<std::remove_cvref_t<decltype(payload)>>::lower(payload, out, more);
    });
    while (out != end) *out++ = 0;
  }
  static T lift(const uint64_t*& in, lent& handles) {
    const uint64_t* at = in + 1;
    auto index = static_cast<uint32_t>(*in);
    in += count;
    return pick<0>(index, [&]<class P>() { return abi<P>::lift(at, handles); });
  }

 private:
  template <size_t I>
  static T pick(size_t index, auto get) {
    if constexpr (I + 1 < number) {
      if (index != I) return pick<I + 1>(index, get);
    }
    return Cases::template make<I>(get);
  }
};

template <class T>
struct abi<std::optional<T>>
    : cases_abi<std::optional<T>, abi<std::optional<T>>, std::monostate, T> {
  static void payload(auto& value, auto f) {
    const std::monostate none;
    value ? f(1, *value) : f(0, none);
  }
  template <size_t I>
  static std::optional<T> make(auto get) {
    if constexpr (I == 0) {
      return std::nullopt;
    } else {
      return std::optional<T>(std::in_place, get.template operator()<T>());
    }
  }
};

template <class T>
using or_none = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T, class E>
struct abi<expected<T, E>> : cases_abi<expected<T, E>, abi<expected<T, E>>, or_none<T>, E> {
  static void payload(auto& value, auto f) {
    if (!value) return f(1, value.error());
    if constexpr (std::is_void_v<T>) {
      const std::monostate none;
      f(0, none);
    } else {
      f(0, *value);
    }
  }
  template <size_t I>
  static expected<T, E> make(auto get) {
    if constexpr (I == 1) {
      return unexpected<E>(get.template operator()<E>());
    } else if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return expected<T, E>(get.template operator()<T>());
    }
  }
};

template <class Case>
struct payload_of {
  using type = std::monostate;
};
template <class Case>
  requires requires(Case c) { c.value; }
struct payload_of<Case> {
  using type = decltype(Case::value);
};

template <class T, class Cases>
struct variant_cases;
template <class T, class... Cases>
struct variant_cases<T, std::variant<Cases...>> {
  using abi = cases_abi<T, variant_cases, typename payload_of<Cases>::type...>;

  static void payload(auto& value, auto f) {
    [&]<size_t... I>(std::index_sequence<I...>) {
      (payload_if<I>(value, f) || ...);
    }(std::index_sequence_for<Cases...>());
  }
  template <size_t I>
  static bool payload_if(auto& value, auto& f) {
    auto* found = std::get_if<I>(&value.value);
    if (!found) return false;
    if constexpr (requires { found->value; }) {
      f(I, found->value);
    } else {
      const std::monostate none;
      f(I, none);
    }
    return true;
  }
  template <size_t I>
  static T make(auto get) {
    using Case = std::variant_alternative_t<I, std::variant<Cases...>>;
    using Payload = typename payload_of<Case>::type;
    if constexpr (std::is_same_v<Payload, std::monostate>) {
      return T(Case{});
    } else {
      return T(Case{get.template operator()<Payload>()});
    }
  }
};

template <class T>
using variant_abi = typename variant_cases<T, typename T::cases>::abi;

// ---- calls

inline constexpr uint32_t max_flat_params = 16;

template <class T>
constexpr bool in_memory = abi<T>::count > 1;

// Calls an imported core function.
template <class R, class Out, class... Core, class... Args>
R call(Out (*function)(Core...), Args&&... args) {
  using parts = parts_of<std::remove_cvref_t<Args>...>;
  scoped_memory more;
  [[maybe_unused]] lent handles;
  uint64_t flat[sizeof...(Core) + 1];
  [[maybe_unused]] uint64_t* out = flat;
  alignas(8) uint8_t params[parts::count > max_flat_params ? parts::size : 1];
  if constexpr (parts::count > max_flat_params) {
    parts::store(params, more, args...);
    *out++ = to_bits(address(params));
  } else {
    (abi<std::remove_cvref_t<Args>>::lower(args, out, more), ...);
  }
  auto invoke = [&] {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return function(from_bits<Core>(flat[I])...);
    }(std::index_sequence_for<Core...>());
  };
  if constexpr (std::is_void_v<R>) {
    invoke();
  } else if constexpr (in_memory<R>) {
    alignas(8) uint8_t result[abi<R>::size];
    *out++ = to_bits(address(result));
    invoke();
    return abi<R>::load(result, handles);
  } else {
    uint64_t bits = to_bits(invoke());
    const uint64_t* in = &bits;
    return abi<R>::lift(in, handles);
  }
}

// Where the result of an export lies until the caller has read it.
template <class R>
class result_area {
 public:
  int32_t keep(R value) {
    clear();
    value_ = new (storage_) R(std::move(value));
    abi<R>::store(*value_, area_, more_);
    if constexpr (!abi<R>::refers) clear();
    return address(area_);
  }
  void clear() {
    if (value_) std::exchange(value_, nullptr)->~R();
    more_.clear();
  }

 private:
  alignas(8) uint8_t area_[abi<R>::size] = {};
  alignas(R) unsigned char storage_[sizeof(R)] = {};
  R* value_ = nullptr;
  memory more_;
};

// What the guest's function takes for a parameter: lent resources by reference, all else as its
// own.
template <class R>
const R& pass(borrow<R>& one) {
  return *one;
}
template <class R>
R& pass(R*& one) {
  return *one;
}
template <class T>
T&& pass(T& value) {
  return std::move(value);
}

template <class... Params, class... Core>
std::tuple<Params...> params_of(lent& handles, Core... core) {
  const uint64_t flat[] = {to_bits(core)..., 0};
  const uint64_t* in = flat;
  if constexpr ((abi<Params>::count + ... + 0) > max_flat_params) {
    auto* at = reinterpret_cast<uint8_t*>(static_cast<uintptr_t>(flat[0]));
    auto params = abi<std::tuple<Params...>>::load(at, handles);
    std::free(at);
    return params;
  } else {
    return abi<std::tuple<Params...>>::lift(in, handles);
  }
}

// Calls the guest's function F for an export. `area` may be null for a result that is one core
// value. F is no parameter: where its address is taken outside of a template, its types may be
// incomplete, and clang would then call it with another signature than it has.
template <auto F, class Out, class R, class... Params, class... Core>
Out serve(result_area<R>* area, Core... core) {
  lent handles;
  std::tuple<Params...> params = params_of<Params...>(handles, core...);
  auto run = [&] {
    return std::apply([](auto&... all) { return std::invoke(F, pass(all)...); }, params);
  };
  if constexpr (in_memory<R>) {
    return area->keep(run());
  } else {
    static_cast<void>(area);
    R result = run();
    scoped_memory more;
    uint64_t bits = 0;
    uint64_t* out = &bits;
    abi<R>::lower(result, out, more);
    return from_bits<Out>(bits);
  }
}

// The same for a function without a result.
template <auto F, class... Params, class... Core>
void serve_void(Core... core) {
  lent handles;
  std::tuple<Params...> params = params_of<Params...>(handles, core...);
  std::apply([](auto&... all) { std::invoke(F, pass(all)...); }, params);
}

}  // namespace wit::detail
