// Long because it is one table of types, kept together: the canonical ABI of each kind of C++ type
// in a few lines.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
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

#include "component/abi_context.h"
#include "component/host/traits.h"
#include "component/host/type_builder.h"
#include "util/bytes.h"
#include "util/result.h"

// The canonical ABI of C++ types (CanonicalABI.md, "Lifting and Lowering"), one specialisation a
// kind of type. Each `Abi<T>` has
//   size, align       in memory
//   flat_count        core values outside of it
//   lift(context, at)           from memory; `at` was checked for bounds and alignment
//   lift_flat(context, flat)    from core values; advances `flat`
//   lower(context, value, at)   into memory; may move out of `value`
//   lower_flat(context, value, flat)   into core values, zero-extended; advances `flat`
//   describe(builder)           the component type
// A value of a variant that was lowered wider than its case is read from the low bytes, and is
// written zero-extended to 64 bits, so joins need no code.
namespace weir::component {

using engine::Raw;

template <class T>
struct Abi;

constexpr uint32_t abi_align_to(uint32_t offset, uint32_t align) {
  return (offset + align - 1) & ~(align - 1);
}

// Numbers.
template <class T, Prim prim>
struct ScalarAbi {
  static constexpr uint32_t size = sizeof(T);
  static constexpr uint32_t align = sizeof(T);
  static constexpr uint32_t flat_count = 1;

  static T lift(AbiContext&, const uint8_t* at) { return load<T>(at); }
  static T lift_flat(AbiContext&, const Raw*& flat) {
    T value;
    std::memcpy(&value, flat++, sizeof value);
    return value;
  }
  static void lower(AbiContext&, const T& value, uint8_t* at) { store<T>(at, value); }
  static void lower_flat(AbiContext&, const T& value, Raw*& flat) {
    if constexpr (std::is_same_v<T, float>) {
      flat++->u64 = std::bit_cast<uint32_t>(value);
    } else if constexpr (std::is_same_v<T, double>) {
      flat++->f64 = value;
    } else if constexpr (std::is_signed_v<T> && sizeof(T) < 4) {
      flat++->u64 = static_cast<uint32_t>(static_cast<int32_t>(value));
    } else {
      flat++->u64 = static_cast<std::make_unsigned_t<T>>(value);
    }
  }
  static ValType describe(TypeBuilder&) { return prim; }
};

template <>
struct Abi<uint8_t> : ScalarAbi<uint8_t, Prim::u8> {};
template <>
struct Abi<int8_t> : ScalarAbi<int8_t, Prim::s8> {};
template <>
struct Abi<uint16_t> : ScalarAbi<uint16_t, Prim::u16> {};
template <>
struct Abi<int16_t> : ScalarAbi<int16_t, Prim::s16> {};
template <>
struct Abi<uint32_t> : ScalarAbi<uint32_t, Prim::u32> {};
template <>
struct Abi<int32_t> : ScalarAbi<int32_t, Prim::s32> {};
template <>
struct Abi<uint64_t> : ScalarAbi<uint64_t, Prim::u64> {};
template <>
struct Abi<int64_t> : ScalarAbi<int64_t, Prim::s64> {};
template <>
struct Abi<float> : ScalarAbi<float, Prim::f32> {};
template <>
struct Abi<double> : ScalarAbi<double, Prim::f64> {};

template <>
struct Abi<bool> {
  static constexpr uint32_t size = 1, align = 1, flat_count = 1;
  static bool lift(AbiContext&, const uint8_t* at) { return *at != 0; }
  static bool lift_flat(AbiContext&, const Raw*& flat) { return flat++->u32 != 0; }
  static void lower(AbiContext&, const bool& value, uint8_t* at) { *at = value; }
  static void lower_flat(AbiContext&, const bool& value, Raw*& flat) { flat++->u64 = value; }
  static ValType describe(TypeBuilder&) { return Prim::boolean; }
};

template <>
struct Abi<char32_t> {
  static constexpr uint32_t size = 4, align = 4, flat_count = 1;
  static char32_t lift(AbiContext& c, const uint8_t* at) { return c.lift_char(load<uint32_t>(at)); }
  static char32_t lift_flat(AbiContext& c, const Raw*& flat) { return c.lift_char(flat++->u32); }
  static void lower(AbiContext&, const char32_t& v, uint8_t* at) { store<uint32_t>(at, v); }
  static void lower_flat(AbiContext&, const char32_t& v, Raw*& flat) { flat++->u64 = v; }
  static ValType describe(TypeBuilder&) { return Prim::character; }
};

// What is a pointer and a length. `Derived` has `from(context, address, length)` and
// `into(context, value)`.
template <class T, class Derived>
struct PairAbi {
  static constexpr uint32_t size = 8, align = 4, flat_count = 2;
  static T lift(AbiContext& c, const uint8_t* at) {
    return Derived::from(c, load<uint32_t>(at), load<uint32_t>(at + 4));
  }
  static T lift_flat(AbiContext& c, const Raw*& flat) {
    flat += 2;
    return Derived::from(c, flat[-2].u32, flat[-1].u32);
  }
  static void lower(AbiContext& c, T& value, uint8_t* at) {
    AbiContext::Lowered lowered = Derived::into(c, value);
    store<uint32_t>(at, lowered.address);
    store<uint32_t>(at + 4, lowered.length);
  }
  static void lower_flat(AbiContext& c, T& value, Raw*& flat) {
    AbiContext::Lowered lowered = Derived::into(c, value);
    flat++->u64 = lowered.address;
    flat++->u64 = lowered.length;
  }
};

template <>
struct Abi<std::string_view> : PairAbi<std::string_view, Abi<std::string_view>> {
  static std::string_view from(AbiContext& c, uint32_t address, uint32_t length) {
    return c.lift_string(address, length);
  }
  static AbiContext::Lowered into(AbiContext& c, std::string_view value) {
    return c.lower_text(Text::of(value));
  }
  static ValType describe(TypeBuilder&) { return Prim::string; }
};

template <>
struct Abi<std::string> : PairAbi<std::string, Abi<std::string>> {
  static std::string from(AbiContext& c, uint32_t address, uint32_t length) {
    return std::string(c.lift_string(address, length));
  }
  static AbiContext::Lowered into(AbiContext& c, const std::string& value) {
    return c.lower_text(Text::of(value));
  }
  static ValType describe(TypeBuilder&) { return Prim::string; }
};

template <>
struct Abi<std::span<const uint8_t>>
    : PairAbi<std::span<const uint8_t>, Abi<std::span<const uint8_t>>> {
  static std::span<const uint8_t> from(AbiContext& c, uint32_t address, uint32_t length) {
    const uint8_t* bytes = c.lift_list(address, length, 1, 1);
    return {bytes, bytes ? length : 0};
  }
  static AbiContext::Lowered into(AbiContext& c, std::span<const uint8_t> value) {
    return c.lower_bytes(value);
  }
  static ValType describe(TypeBuilder& b) { return b.list(Prim::u8); }
};

template <>
struct Abi<Bytes> : PairAbi<Bytes, Abi<Bytes>> {
  static Bytes from(AbiContext& c, uint32_t address, uint32_t length) {
    const uint8_t* bytes = c.lift_list(address, length, 1, 1);
    return Bytes::copy(std::span<const uint8_t>(bytes, bytes ? length : 0));
  }
  static AbiContext::Lowered into(AbiContext& c, const Bytes& value) {
    return c.lower_bytes(value.span());
  }
  static ValType describe(TypeBuilder& b) { return b.list(Prim::u8); }
};

template <class T>
struct Abi<std::vector<T>> : PairAbi<std::vector<T>, Abi<std::vector<T>>> {
  static std::vector<T> from(AbiContext& c, uint32_t address, uint32_t length) {
    std::vector<T> list;
    const uint8_t* at = c.lift_list(address, length, Abi<T>::size, Abi<T>::align);
    if (!at || !c.charge(uint64_t{length} * sizeof(T))) return list;
    list.reserve(length);
    for (uint32_t i = 0; i < length && c.ok(); ++i, at += Abi<T>::size) {
      list.push_back(Abi<T>::lift(c, at));
    }
    return list;
  }
  static AbiContext::Lowered into(AbiContext& c, std::vector<T>& list) {
    AbiContext::Lowered lowered;
    uint8_t* at = c.lower_list(list.size(), Abi<T>::size, Abi<T>::align, lowered);
    if (!at) return {};
    for (size_t i = 0; i < list.size() && c.ok(); ++i, at += Abi<T>::size) {
      if constexpr (std::is_same_v<T, bool>) {
        *at = list[i];
      } else {
        Abi<T>::lower(c, list[i], at);
      }
    }
    return lowered;
  }
  static ValType describe(TypeBuilder& b) { return b.list(Abi<T>::describe(b)); }
};

// Handles.
template <class R>
struct Abi<std::unique_ptr<R>> {
  static constexpr uint32_t size = 4, align = 4, flat_count = 1;
  static std::unique_ptr<R> take(AbiContext& c, uint32_t index) {
    return std::unique_ptr<R>(static_cast<R*>(c.lift_own(index, resource_key<R>()).release()));
  }
  static uint32_t give(AbiContext& c, std::unique_ptr<R>& value) {
    return c.lower_own(std::unique_ptr<HostResource>(value.release()), resource_key<R>());
  }
  static std::unique_ptr<R> lift(AbiContext& c, const uint8_t* at) {
    return take(c, load<uint32_t>(at));
  }
  static std::unique_ptr<R> lift_flat(AbiContext& c, const Raw*& flat) {
    return take(c, flat++->u32);
  }
  static void lower(AbiContext& c, std::unique_ptr<R>& value, uint8_t* at) {
    store<uint32_t>(at, give(c, value));
  }
  static void lower_flat(AbiContext& c, std::unique_ptr<R>& value, Raw*& flat) {
    flat++->u64 = give(c, value);
  }
  static ValType describe(TypeBuilder& b) { return b.own(resource_key<R>()); }
};

// Borrows: null only where the context has failed.
template <class R>
struct Abi<R*> {
  static constexpr uint32_t size = 4, align = 4, flat_count = 1;
  static R* lift(AbiContext& c, const uint8_t* at) {
    return static_cast<R*>(c.lift_borrow(load<uint32_t>(at), resource_key<R>()));
  }
  static R* lift_flat(AbiContext& c, const Raw*& flat) {
    return static_cast<R*>(c.lift_borrow(flat++->u32, resource_key<R>()));
  }
  static void lower(AbiContext& c, R* value, uint8_t* at) {
    store<uint32_t>(at, c.lower_borrow(*value, resource_key<R>()));
  }
  static void lower_flat(AbiContext& c, R* value, Raw*& flat) {
    flat++->u64 = c.lower_borrow(*value, resource_key<R>());
  }
  static ValType describe(TypeBuilder& b) { return b.borrow(resource_key<R>()); }
};

// The payload of a case without one.
template <>
struct Abi<NoPayload> {
  static constexpr uint32_t size = 0, align = 1, flat_count = 0;
  static NoPayload lift(AbiContext&, const uint8_t*) { return {}; }
  static NoPayload lift_flat(AbiContext&, const Raw*&) { return {}; }
  static void lower(AbiContext&, const NoPayload&, uint8_t*) {}
  static void lower_flat(AbiContext&, const NoPayload&, Raw*&) {}
};

template <class T>
std::optional<ValType> describe_payload(TypeBuilder& b) {
  if constexpr (std::is_same_v<T, NoPayload> || std::is_void_v<T>) {
    return std::nullopt;
  } else {
    return Abi<T>::describe(b);
  }
}

// Where the members of a record or tuple lie.
template <size_t N>
struct RecordLayout {
  std::array<uint32_t, N> offsets{};
  uint32_t size = 0;
  uint32_t align = 1;

  constexpr RecordLayout(std::array<uint32_t, N> sizes, std::array<uint32_t, N> aligns) {
    for (size_t i = 0; i < N; ++i) {
      offsets[i] = abi_align_to(size, aligns[i]);
      size = offsets[i] + sizes[i];
      align = std::max(align, aligns[i]);
    }
    size = abi_align_to(size, align);
  }
};

template <class M>
struct MemberType;
template <class C, class M>
struct MemberType<M C::*> {
  using type = M;
};

template <class T, class Sequence>
struct RecordAbi;
template <class T, size_t... I>
struct RecordAbi<T, std::index_sequence<I...>> {
  using Members = std::remove_const_t<decltype(RecordOf<T>::members)>;
  template <size_t K>
  using Member = typename MemberType<std::tuple_element_t<K, Members>>::type;

  static constexpr RecordLayout<sizeof...(I)> layout{{Abi<Member<I>>::size...},
                                                     {Abi<Member<I>>::align...}};
  static constexpr uint32_t size = layout.size;
  static constexpr uint32_t align = layout.align;
  static constexpr uint32_t flat_count = (Abi<Member<I>>::flat_count + ... + 0);

  static T lift(AbiContext& c, const uint8_t* at) {
    return T{Abi<Member<I>>::lift(c, at + layout.offsets[I])...};
  }
  static T lift_flat(AbiContext& c, const Raw*& flat) {
    return T{Abi<Member<I>>::lift_flat(c, flat)...};
  }
  static void lower(AbiContext& c, T& value, uint8_t* at) {
    (Abi<Member<I>>::lower(c, value.*std::get<I>(RecordOf<T>::members), at + layout.offsets[I]),
     ...);
  }
  static void lower_flat(AbiContext& c, T& value, Raw*& flat) {
    (Abi<Member<I>>::lower_flat(c, value.*std::get<I>(RecordOf<T>::members), flat), ...);
  }
  static ValType describe(TypeBuilder& b) {
    std::array<ValType, sizeof...(I)> types = {Abi<Member<I>>::describe(b)...};
    return b.record(RecordOf<T>::names, types);
  }
};
template <class T>
  requires requires { RecordOf<T>::members; }
struct Abi<T>
    : RecordAbi<T, std::make_index_sequence<std::tuple_size_v<decltype(RecordOf<T>::members)>>> {};

template <class T, class Sequence>
struct TupleAbi;
template <class... A, size_t... I>
struct TupleAbi<std::tuple<A...>, std::index_sequence<I...>> {
  using T = std::tuple<A...>;
  static constexpr RecordLayout<sizeof...(A)> layout{{Abi<A>::size...}, {Abi<A>::align...}};
  static constexpr uint32_t size = layout.size;
  static constexpr uint32_t align = layout.align;
  static constexpr uint32_t flat_count = (Abi<A>::flat_count + ... + 0);

  static T lift(AbiContext& c, const uint8_t* at) {
    return T{Abi<A>::lift(c, at + layout.offsets[I])...};
  }
  static T lift_flat(AbiContext& c, const Raw*& flat) { return T{Abi<A>::lift_flat(c, flat)...}; }
  static void lower(AbiContext& c, T& value, uint8_t* at) {
    (Abi<A>::lower(c, std::get<I>(value), at + layout.offsets[I]), ...);
  }
  static void lower_flat(AbiContext& c, T& value, Raw*& flat) {
    (Abi<A>::lower_flat(c, std::get<I>(value), flat), ...);
  }
  static ValType describe(TypeBuilder& b) {
    std::array<ValType, sizeof...(A)> types = {Abi<A>::describe(b)...};
    return b.tuple(types);
  }
};
template <class... A>
struct Abi<std::tuple<A...>> : TupleAbi<std::tuple<A...>, std::index_sequence_for<A...>> {};

// The discriminant and where the payload lies, of variants of every kind.
struct VariantLayout {
  uint32_t discriminant = 1;
  uint32_t payload = 0;
  uint32_t size = 0;
  uint32_t align = 1;
  uint32_t flat_count = 1;

  template <size_t N>
  constexpr VariantLayout(uint32_t cases, std::array<uint32_t, N> sizes,
                          std::array<uint32_t, N> aligns, std::array<uint32_t, N> flats)
      : discriminant(cases <= 0x100     ? 1
                     : cases <= 0x10000 ? 2
                                        : 4) {
    uint32_t payload_size = 0, payload_align = 1, payload_flats = 0;
    for (size_t i = 0; i < N; ++i) {
      payload_size = std::max(payload_size, sizes[i]);
      payload_align = std::max(payload_align, aligns[i]);
      payload_flats = std::max(payload_flats, flats[i]);
    }
    payload = abi_align_to(discriminant, payload_align);
    align = std::max(discriminant, payload_align);
    size = abi_align_to(payload + payload_size, align);
    flat_count = 1 + payload_flats;
  }
};

inline uint32_t load_discriminant(const uint8_t* at, uint32_t size) {
  return size == 1 ? *at : size == 2 ? load<uint16_t>(at) : load<uint32_t>(at);
}
inline void store_discriminant(uint8_t* at, uint32_t size, uint32_t value) {
  if (size == 1) {
    *at = static_cast<uint8_t>(value);
  } else if (size == 2) {
    store<uint16_t>(at, static_cast<uint16_t>(value));
  } else {
    store<uint32_t>(at, value);
  }
}
// Zeroes the core values that a case leaves unused.
inline void pad_flat(Raw*& flat, Raw* end) {
  while (flat != end) flat++->u64 = 0;
}

template <class T, class Value, class Sequence>
struct VariantAbi;
template <class T, class... P, size_t... I>
struct VariantAbi<T, std::variant<P...>, std::index_sequence<I...>> {
  using Value = std::variant<P...>;
  static constexpr uint32_t cases = sizeof...(P);
  static constexpr VariantLayout layout{cases, std::array{Abi<P>::size...},
                                        std::array{Abi<P>::align...},
                                        std::array{Abi<P>::flat_count...}};
  static constexpr uint32_t size = layout.size;
  static constexpr uint32_t align = layout.align;
  static constexpr uint32_t flat_count = layout.flat_count;

  template <size_t K>
  using Payload = std::variant_alternative_t<K, Value>;
  template <size_t K>
  static T lift_case(AbiContext& c, const uint8_t* at) {
    return T{Value(std::in_place_index<K>, Abi<Payload<K>>::lift(c, at))};
  }
  template <size_t K>
  static T lift_case_flat(AbiContext& c, const Raw* flat) {
    return T{Value(std::in_place_index<K>, Abi<Payload<K>>::lift_flat(c, flat))};
  }
  template <size_t K>
  static void lower_case(AbiContext& c, Value& value, uint8_t* at) {
    Abi<Payload<K>>::lower(c, *std::get_if<K>(&value), at);
  }
  template <size_t K>
  static void lower_case_flat(AbiContext& c, Value& value, Raw*& flat) {
    Abi<Payload<K>>::lower_flat(c, *std::get_if<K>(&value), flat);
  }

  static T lift(AbiContext& c, const uint8_t* at) {
    static constexpr T (*table[])(AbiContext&, const uint8_t*) = {&lift_case<I>...};
    uint32_t index = c.lift_case(load_discriminant(at, layout.discriminant), cases);
    return table[index](c, at + layout.payload);
  }
  static T lift_flat(AbiContext& c, const Raw*& flat) {
    static constexpr T (*table[])(AbiContext&, const Raw*) = {&lift_case_flat<I>...};
    const Raw* first = flat;
    flat += flat_count;
    return table[c.lift_case(first->u32, cases)](c, first + 1);
  }
  static void lower(AbiContext& c, T& value, uint8_t* at) {
    static constexpr void (*table[])(AbiContext&, Value&, uint8_t*) = {&lower_case<I>...};
    uint32_t index = static_cast<uint32_t>(value.value.index());
    store_discriminant(at, layout.discriminant, index);
    table[index](c, value.value, at + layout.payload);
  }
  static void lower_flat(AbiContext& c, T& value, Raw*& flat) {
    static constexpr void (*table[])(AbiContext&, Value&, Raw*&) = {&lower_case_flat<I>...};
    Raw* end = flat + flat_count;
    uint32_t index = static_cast<uint32_t>(value.value.index());
    flat++->u64 = index;
    table[index](c, value.value, flat);
    pad_flat(flat, end);
  }
  static ValType describe(TypeBuilder& b) {
    std::array<std::optional<ValType>, cases> types = {describe_payload<P>(b)...};
    return b.variant(VariantOf<T>::names, types);
  }
};
template <class T>
  requires requires { VariantOf<T>::names; }
struct Abi<T> : VariantAbi<T, typename T::Value,
                           std::make_index_sequence<std::variant_size_v<typename T::Value>>> {};

template <class T>
struct Abi<std::optional<T>> {
  static constexpr VariantLayout layout{2, std::array{Abi<T>::size}, std::array{Abi<T>::align},
                                        std::array{Abi<T>::flat_count}};
  static constexpr uint32_t size = layout.size;
  static constexpr uint32_t align = layout.align;
  static constexpr uint32_t flat_count = layout.flat_count;

  static std::optional<T> lift(AbiContext& c, const uint8_t* at) {
    if (c.lift_case(*at, 2) == 0) return std::nullopt;
    return Abi<T>::lift(c, at + layout.payload);
  }
  static std::optional<T> lift_flat(AbiContext& c, const Raw*& flat) {
    const Raw* first = flat;
    flat += flat_count;
    if (c.lift_case(first->u32, 2) == 0) return std::nullopt;
    return Abi<T>::lift_flat(c, ++first);
  }
  static void lower(AbiContext& c, std::optional<T>& value, uint8_t* at) {
    *at = value.has_value();
    if (value) Abi<T>::lower(c, *value, at + layout.payload);
  }
  static void lower_flat(AbiContext& c, std::optional<T>& value, Raw*& flat) {
    Raw* end = flat + flat_count;
    flat++->u64 = value.has_value();
    if (value) Abi<T>::lower_flat(c, *value, flat);
    pad_flat(flat, end);
  }
  static ValType describe(TypeBuilder& b) { return b.option(Abi<T>::describe(b)); }
};

template <class T, class E>
struct Abi<Result<T, E>> {
  using Value = typename Result<T, E>::Value;
  static constexpr VariantLayout layout{2, std::array{Abi<Value>::size, Abi<E>::size},
                                        std::array{Abi<Value>::align, Abi<E>::align},
                                        std::array{Abi<Value>::flat_count, Abi<E>::flat_count}};
  static constexpr uint32_t size = layout.size;
  static constexpr uint32_t align = layout.align;
  static constexpr uint32_t flat_count = layout.flat_count;

  static Result<T, E> ok(Value&& value) {
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return Result<T, E>(std::move(value));
    }
  }
  static Result<T, E> lift(AbiContext& c, const uint8_t* at) {
    if (c.lift_case(*at, 2) == 0) return ok(Abi<Value>::lift(c, at + layout.payload));
    return ErrValue<E>{Abi<E>::lift(c, at + layout.payload)};
  }
  static Result<T, E> lift_flat(AbiContext& c, const Raw*& flat) {
    const Raw* payload = flat + 1;
    uint32_t index = c.lift_case(flat->u32, 2);
    flat += flat_count;
    if (index == 0) return ok(Abi<Value>::lift_flat(c, payload));
    return ErrValue<E>{Abi<E>::lift_flat(c, payload)};
  }
  static void lower(AbiContext& c, Result<T, E>& value, uint8_t* at) {
    *at = !value.ok();
    if (value.ok()) {
      Abi<Value>::lower(c, value.value(), at + layout.payload);
    } else {
      Abi<E>::lower(c, value.error(), at + layout.payload);
    }
  }
  static void lower_flat(AbiContext& c, Result<T, E>& value, Raw*& flat) {
    Raw* end = flat + flat_count;
    flat++->u64 = !value.ok();
    if (value.ok()) {
      Abi<Value>::lower_flat(c, value.value(), flat);
    } else {
      Abi<E>::lower_flat(c, value.error(), flat);
    }
    pad_flat(flat, end);
  }
  static ValType describe(TypeBuilder& b) {
    std::optional<ValType> ok = describe_payload<T>(b);
    return b.result(ok, describe_payload<E>(b));
  }
};

template <class T>
  requires requires { EnumOf<T>::count; }
struct Abi<T> {
  static constexpr uint32_t count = EnumOf<T>::count;
  static constexpr uint32_t size = sizeof(T), align = sizeof(T), flat_count = 1;
  static T lift(AbiContext& c, const uint8_t* at) {
    return static_cast<T>(c.lift_case(load_discriminant(at, size), count));
  }
  static T lift_flat(AbiContext& c, const Raw*& flat) {
    return static_cast<T>(c.lift_case(flat++->u32, count));
  }
  static void lower(AbiContext&, const T& value, uint8_t* at) { store<T>(at, value); }
  static void lower_flat(AbiContext&, const T& value, Raw*& flat) {
    flat++->u64 = static_cast<std::underlying_type_t<T>>(value);
  }
  static ValType describe(TypeBuilder& b) { return b.enumeration(EnumOf<T>::names); }
};

// Bits beyond the last flag are ignored.
template <class T>
  requires requires { FlagsOf<T>::count; }
struct Abi<T> {
  static constexpr uint32_t count = FlagsOf<T>::count;
  static constexpr uint32_t size = count <= 8 ? 1 : count <= 16 ? 2 : 4;
  static constexpr uint32_t align = size, flat_count = 1;
  static constexpr uint32_t mask = count >= 32 ? ~0u : (1u << count) - 1;
  static T lift(AbiContext&, const uint8_t* at) { return {load_discriminant(at, size) & mask}; }
  static T lift_flat(AbiContext&, const Raw*& flat) { return {flat++->u32 & mask}; }
  static void lower(AbiContext&, const T& value, uint8_t* at) {
    store_discriminant(at, size, value.bits & mask);
  }
  static void lower_flat(AbiContext&, const T& value, Raw*& flat) {
    flat++->u64 = value.bits & mask;
  }
  static ValType describe(TypeBuilder& b) { return b.flags(FlagsOf<T>::names); }
};

// What a parameter is kept in while the function runs: a reference as a pointer.
template <class P>
struct ParamOf {
  using Stored = P;
  static P&& pass(P& stored) { return std::move(stored); }
};
template <class R>
struct ParamOf<R&> {
  using Stored = R*;
  static R& pass(R* stored) { return *stored; }
};

// Parameters together: as the elements of a tuple.
template <class... P>
inline constexpr uint32_t flat_params = (Abi<P>::flat_count + ... + 0);

template <class T>
inline constexpr uint32_t flat_result = Abi<T>::flat_count;
template <>
inline constexpr uint32_t flat_result<void> = 0;

inline constexpr uint32_t kMaxFlatParams = wit::kMaxFlatParams;
inline constexpr uint32_t kMaxFlatAsyncParams = wit::kMaxFlatAsyncParams;
inline constexpr uint32_t kMaxFlatResults = wit::kMaxFlatResults;

}  // namespace weir::component
