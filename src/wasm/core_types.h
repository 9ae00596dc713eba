#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "wasm/reader.h"

namespace weir::wasm {

// The type of a core value. References to defined types hold the canonical id of `CoreTypes`, so
// that types of different modules compare.
class ValueType {
 public:
  constexpr ValueType() = default;
  static constexpr ValueType number(uint8_t code) { return ValueType(code); }
  // `heap` is a negative code of an abstract heap type.
  static constexpr ValueType abstract_ref(bool nullable, uint8_t heap) {
    return ValueType(kRef | (nullable ? kNullable : 0) | heap);
  }
  static constexpr ValueType ref(bool nullable, uint32_t canonical) {
    return ValueType(kRef | (nullable ? kNullable : 0) | kConcrete |
                     static_cast<uint64_t>(canonical) << 32);
  }

  constexpr bool is_ref() const { return (bits_ & kRef) != 0; }
  constexpr bool nullable() const { return (bits_ & kNullable) != 0; }
  constexpr bool concrete() const { return (bits_ & kConcrete) != 0; }
  // The code of a number type or of an abstract heap type.
  constexpr uint8_t code() const { return static_cast<uint8_t>(bits_); }
  constexpr uint32_t canonical() const { return static_cast<uint32_t>(bits_ >> 32); }
  constexpr uint64_t bits() const { return bits_; }

  friend constexpr bool operator==(ValueType, ValueType) = default;

 private:
  static constexpr uint64_t kRef = 0x100;
  static constexpr uint64_t kNullable = 0x200;
  static constexpr uint64_t kConcrete = 0x400;

  constexpr explicit ValueType(uint64_t bits) : bits_(bits) {}

  uint64_t bits_ = 0;
};

inline constexpr ValueType kI32 = ValueType::number(0x7f);
inline constexpr ValueType kI64 = ValueType::number(0x7e);
inline constexpr ValueType kF32 = ValueType::number(0x7d);
inline constexpr ValueType kF64 = ValueType::number(0x7c);
inline constexpr ValueType kV128 = ValueType::number(0x7b);
inline constexpr ValueType kFuncRef = ValueType::abstract_ref(true, 0x70);
inline constexpr ValueType kExternRef = ValueType::abstract_ref(true, 0x6f);

// The name as the text format writes it.
std::string to_string(ValueType type);

// A canonical id in `CoreTypes`.
using CoreTypeId = uint32_t;
inline constexpr CoreTypeId kNoCoreType = UINT32_MAX;

// A core function type; other composite types (struct, array) are kept only to be compared.
struct CoreFunc {
  std::vector<ValueType> params;
  std::vector<ValueType> results;

  friend bool operator==(const CoreFunc&, const CoreFunc&) = default;
};

std::string to_string(const CoreFunc& type);

// The core types of all modules of a component, each recursion group once: equal types of different
// modules have the same id.
class CoreTypes {
 public:
  // The id of this function type, alone in its group.
  CoreTypeId intern(const CoreFunc& type);
  // Reads one entry of a type section; `space` is the type index space so far and grows by the
  // types of the group.
  void read_group(Reader& reader, std::vector<CoreTypeId>& space);
  // The same with the leading byte taken already.
  void read_group(Reader& reader, uint8_t lead, std::vector<CoreTypeId>& space);
  // Reads a type of a value; indices refer to `space`.
  ValueType read_value_type(Reader& reader, const std::vector<CoreTypeId>& space) {
    return read_value_type(reader, space, 0, 0);
  }

  // Null for struct and array types.
  const CoreFunc* func(CoreTypeId id) const {
    return id < entries_.size() && entries_[id].is_func ? &entries_[id].func : nullptr;
  }
  bool subtype(CoreTypeId a, CoreTypeId b) const;
  bool subtype(ValueType a, ValueType b) const;

 private:
  struct Entry {
    bool is_func = false;
    // Not final: it may have subtypes.
    bool open = false;
    uint8_t kind = 0;
    CoreFunc func;
    CoreTypeId super = kNoCoreType;
  };

  // Within a group, indices from `group_start` to `group_end` refer to the group itself.
  ValueType read_value_type(Reader& reader, const std::vector<CoreTypeId>& space,
                            uint32_t group_start, uint32_t group_end);
  bool heap_subtype(ValueType a, ValueType b) const;

  std::vector<Entry> entries_;
  // By the group's content, with references inside the group relative: its first id.
  std::unordered_map<std::u32string, CoreTypeId> groups_;
};

}  // namespace weir::wasm
