#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <vector>

// Sizes, alignments and flat types of the canonical ABI (Component Model, CanonicalABI.md) for
// 32-bit memories, as combinators over plain structs: they know nothing of where types come from.
// Sizes saturate at `UINT64_MAX`, so hostile types cannot overflow them.
namespace weir::wit {

inline constexpr uint32_t kMaxFlatParams = 16;
inline constexpr uint32_t kMaxFlatResults = 1;
inline constexpr uint32_t kMaxFlatAsyncParams = 4;

// A value of more bytes than this is refused by validation.
inline constexpr uint64_t kMaxValueSize = (uint64_t{1} << 28) - 1;

struct Layout {
  uint64_t size = 0;
  uint32_t align = 1;

  friend bool operator==(const Layout&, const Layout&) = default;
};

enum class CoreType : uint8_t { i32, i64, f32, f64 };

// The type that can carry either of two in the payload of a variant.
constexpr CoreType join(CoreType a, CoreType b) {
  if (a == b) return a;
  bool both_32 =
      (a == CoreType::i32 || a == CoreType::f32) && (b == CoreType::i32 || b == CoreType::f32);
  return both_32 ? CoreType::i32 : CoreType::i64;
}

// The core values that stand for a value outside memory. More than `kMaxFlatParams` of them are
// never passed, so no more are kept: then `overflow` is set and the list means nothing.
class FlatTypes {
 public:
  constexpr FlatTypes() = default;
  constexpr FlatTypes(std::initializer_list<CoreType> types) {
    for (CoreType type : types) push(type);
  }

  constexpr void push(CoreType type) {
    if (count_ == types_.size()) {
      overflow_ = true;
    } else {
      types_[count_++] = type;
    }
  }
  constexpr void append(const FlatTypes& other) {
    overflow_ = overflow_ || other.overflow_;
    for (uint32_t i = 0; i < other.count_; ++i) push(other.types_[i]);
  }
  // Joins another case's values into those from `at` on.
  constexpr void join_at(uint32_t at, const FlatTypes& other) {
    overflow_ = overflow_ || other.overflow_;
    for (uint32_t i = 0; i < other.count_; ++i) {
      if (at + i < count_) {
        types_[at + i] = join(types_[at + i], other.types_[i]);
      } else {
        push(other.types_[i]);
      }
    }
  }

  constexpr bool overflow() const { return overflow_; }
  constexpr uint32_t size() const { return count_; }
  constexpr CoreType operator[](uint32_t i) const { return types_[i]; }
  constexpr std::span<const CoreType> types() const { return {types_.data(), count_}; }

  friend constexpr bool operator==(const FlatTypes& a, const FlatTypes& b) {
    return a.overflow_ == b.overflow_ && std::ranges::equal(a.types(), b.types());
  }

 private:
  std::array<CoreType, kMaxFlatParams> types_{};
  uint8_t count_ = 0;
  bool overflow_ = false;
};

// How a type lies in memory and how it is passed outside of it.
struct AbiShape {
  Layout layout;
  FlatTypes flat;

  friend bool operator==(const AbiShape&, const AbiShape&) = default;
};

constexpr uint64_t saturating_add(uint64_t a, uint64_t b) {
  return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

constexpr uint64_t saturating_multiply(uint64_t a, uint64_t b) {
  return b != 0 && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

// The least multiple of `align` (a power of two) that is at least `offset`; saturates.
constexpr uint64_t align_to(uint64_t offset, uint32_t align) {
  uint64_t mask = align - 1;
  return offset > UINT64_MAX - mask ? UINT64_MAX : (offset + mask) & ~mask;
}

// The bytes of the discriminant of a variant with so many cases: 1, 2 or 4.
constexpr uint32_t discriminant_size(size_t cases) {
  if (cases <= 0x100) return 1;
  if (cases <= 0x10000) return 2;
  return 4;
}

constexpr AbiShape integer_shape(uint32_t bytes) {
  return {{bytes, bytes}, {bytes == 8 ? CoreType::i64 : CoreType::i32}};
}
constexpr AbiShape float_shape(uint32_t bytes) {
  return {{bytes, bytes}, {bytes == 8 ? CoreType::f64 : CoreType::f32}};
}
// Handles of every kind: own, borrow, stream, future, error-context.
constexpr AbiShape handle_shape() { return integer_shape(4); }
// What is a pointer and a length: strings, lists, maps.
constexpr AbiShape list_shape() { return {{8, 4}, {CoreType::i32, CoreType::i32}}; }

// At most 32 flags are valid; more are given a size all the same.
constexpr AbiShape flags_shape(size_t count) {
  if (count <= 8) return integer_shape(1);
  if (count <= 16) return integer_shape(2);
  AbiShape shape;
  size_t words = (count + 31) / 32;
  shape.layout = {saturating_multiply(words, 4), 4};
  for (size_t i = 0; i < words && !shape.flat.overflow(); ++i) shape.flat.push(CoreType::i32);
  return shape;
}

// A list of a fixed length, which lies in place.
constexpr AbiShape fixed_list_shape(const AbiShape& element, uint32_t length) {
  AbiShape shape;
  shape.layout = {saturating_multiply(element.layout.size, length), element.layout.align};
  if (element.flat.size() == 0 && !element.flat.overflow()) return shape;
  for (uint32_t i = 0; i < length && !shape.flat.overflow(); ++i) shape.flat.append(element.flat);
  return shape;
}

// Builds a record or tuple, member by member.
class RecordShape {
 public:
  // Returns the offset of the member.
  constexpr uint64_t add(const AbiShape& member) {
    uint64_t offset = align_to(shape_.layout.size, member.layout.align);
    shape_.layout.size = saturating_add(offset, member.layout.size);
    shape_.layout.align = std::max(shape_.layout.align, member.layout.align);
    shape_.flat.append(member.flat);
    return offset;
  }
  constexpr AbiShape finish() const {
    AbiShape done = shape_;
    done.layout.size = align_to(done.layout.size, done.layout.align);
    return done;
  }

 private:
  AbiShape shape_;
};

// Builds a variant, enum, option or result: of so many cases, those with a payload are added.
class VariantShape {
 public:
  constexpr explicit VariantShape(size_t cases) : discriminant_(discriminant_size(cases)) {
    flat_.push(CoreType::i32);
  }

  constexpr void add(const AbiShape& payload) {
    payload_.size = std::max(payload_.size, payload.layout.size);
    payload_.align = std::max(payload_.align, payload.layout.align);
    flat_.join_at(1, payload.flat);
  }
  // Where the payload lies; right once all cases are added.
  constexpr uint64_t payload_offset() const { return align_to(discriminant_, payload_.align); }
  constexpr AbiShape finish() const {
    uint32_t align = std::max(discriminant_, payload_.align);
    uint64_t size = saturating_add(payload_offset(), payload_.size);
    return {{align_to(size, align), align}, flat_};
  }

 private:
  uint32_t discriminant_;
  Layout payload_;
  FlatTypes flat_;
};

enum class Direction : uint8_t {
  // A function of the guest that is made available to others (`canon lift`).
  lift,
  // A function that the guest's core code calls (`canon lower`).
  lower,
};

enum class CallAbi : uint8_t {
  sync,
  // `async` with a callback.
  async_callback,
  // `async` without one.
  async_stackful,
};

// How a function type looks to core code.
struct FlatSignature {
  std::vector<CoreType> params;
  std::vector<CoreType> results;
  // The parameters lie in memory, and one pointer to them is passed.
  bool indirect_params = false;
  // The result lies in memory: a pointer to it is returned (synchronous lift), given to
  // `task.return` (asynchronous lift) or is the last parameter (lower).
  bool indirect_result = false;
  // For an asynchronous lift: the parameters of `task.return`.
  std::vector<CoreType> task_return;
};

// `params` is the concatenation of the parameters' flat types; `result` is empty for no result.
FlatSignature flatten_function(const FlatTypes& params, const FlatTypes& result,
                               Direction direction, CallAbi abi);

}  // namespace weir::wit
