#pragma once

#include "util/result.h"

// What generated code says about the C++ types that stand for WIT types. Names are those of WIT.
namespace weir::component {

// `static constexpr auto members`: a tuple of pointers to members, in order;
// `static constexpr std::array<std::string_view, N> names`.
template <class T>
struct RecordOf;

// `names` of the cases. The type has `using Value = std::variant<...>` and a member `value` of it,
// one alternative a case, `NoPayload` where a case has none.
template <class T>
struct VariantOf;

// `static constexpr uint32_t count` and `names`.
template <class T>
struct EnumOf;

// `static constexpr uint32_t count` and `names`. The type has a member `uint32_t bits`.
template <class T>
struct FlagsOf;

using NoPayload = Unit;

}  // namespace weir::component
