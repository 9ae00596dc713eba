#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "wit/ids.h"
#include "wit/layout.h"
#include "wit/types.h"

// The value and function types of components. Shapes share `wit::Prim` and `wit/layout.h` with
// text WIT, not its arena: here types are structural and compared by identity of resources.
namespace weir::component {

using TypeId = wit::Id<struct ValueTypeTag>;
using FuncTypeId = wit::Id<struct FuncTypeTag>;
// In the types of a decoded component: an abstract resource. In those of a `Plan`: an index into
// `Plan::resources`.
using ResourceId = wit::Id<struct ResourceTag>;

using wit::Prim;

// A value type: a primitive one or a definition in `Types`. Four bytes.
class ValType {
 public:
  constexpr ValType(Prim prim) : bits_(kPrim | static_cast<uint32_t>(prim)) {}
  constexpr ValType(TypeId id) : bits_(id.index) {}

  constexpr bool is_prim() const { return (bits_ & kPrim) != 0; }
  constexpr bool is(Prim prim) const { return bits_ == (kPrim | static_cast<uint32_t>(prim)); }
  // Only if `is_prim()`.
  constexpr Prim prim() const { return static_cast<Prim>(bits_ & 0xff); }
  // Only if not `is_prim()`.
  constexpr TypeId id() const { return TypeId{bits_}; }
  constexpr uint32_t bits() const { return bits_; }

  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  static constexpr uint32_t kPrim = 0x8000'0000;

  uint32_t bits_;
};

struct Field {
  std::string name;
  ValType type;

  friend bool operator==(const Field&, const Field&) = default;
};
struct Case {
  std::string name;
  std::optional<ValType> type;

  friend bool operator==(const Case&, const Case&) = default;
};

struct Record {
  std::vector<Field> fields;
  friend bool operator==(const Record&, const Record&) = default;
};
struct Variant {
  std::vector<Case> cases;
  friend bool operator==(const Variant&, const Variant&) = default;
};
struct Enum {
  std::vector<std::string> names;
  friend bool operator==(const Enum&, const Enum&) = default;
};
struct Flags {
  std::vector<std::string> names;
  friend bool operator==(const Flags&, const Flags&) = default;
};
struct Tuple {
  std::vector<ValType> types;
  friend bool operator==(const Tuple&, const Tuple&) = default;
};
struct List {
  ValType element;
  friend bool operator==(const List&, const List&) = default;
};
struct FixedList {
  ValType element;
  uint32_t length;
  friend bool operator==(const FixedList&, const FixedList&) = default;
};
struct Map {
  ValType key;
  ValType value;
  friend bool operator==(const Map&, const Map&) = default;
};
struct Option {
  ValType value;
  friend bool operator==(const Option&, const Option&) = default;
};
struct ResultType {
  std::optional<ValType> ok;
  std::optional<ValType> err;
  friend bool operator==(const ResultType&, const ResultType&) = default;
};
struct Own {
  ResourceId resource;
  friend bool operator==(const Own&, const Own&) = default;
};
struct Borrow {
  ResourceId resource;
  friend bool operator==(const Borrow&, const Borrow&) = default;
};
struct Stream {
  std::optional<ValType> element;
  friend bool operator==(const Stream&, const Stream&) = default;
};
struct Future {
  std::optional<ValType> value;
  friend bool operator==(const Future&, const Future&) = default;
};

using Shape = std::variant<Record, Variant, Enum, Flags, Tuple, List, FixedList, Map, Option,
                           ResultType, Own, Borrow, Stream, Future>;

struct FuncType {
  bool async = false;
  std::vector<Field> params;
  std::optional<ValType> result;

  friend bool operator==(const FuncType&, const FuncType&) = default;
};

// What a type's values contain, at any depth.
struct Contents {
  bool borrow : 1 = false;
  // Any handle: own, borrow, stream, future, error-context.
  bool handle : 1 = false;
  // Whether it mentions a resource.
  bool resource : 1 = false;
  // Whether values outside memory point into it (strings and lists): they need `memory` to be
  // read and `realloc` to be written.
  bool pointer : 1 = false;

  Contents operator|(Contents o) const {
    return {borrow || o.borrow, handle || o.handle, resource || o.resource, pointer || o.pointer};
  }
};

// An arena of types. Each definition mentions only earlier ones. Every type has a canonical one;
// two types are equal (structurally, with equal resources) exactly if their canonical ids are.
// The types of a `Plan` are all canonical, so there ids compare.
class Types {
 public:
  // A type of its own, distinct from others by id alone.
  TypeId add(Shape shape);
  // The canonical type of this shape.
  TypeId intern(Shape shape);
  // A second name for a type: another id, the same canonical type.
  TypeId alias(TypeId type);
  // The function type with exactly these parts (names of parameters included).
  FuncTypeId intern(FuncType type);

  // A new resource, unequal to every other.
  ResourceId add_resource();
  // A second name for a resource.
  ResourceId alias(ResourceId resource);

  const Shape& shape(TypeId id) const { return types_[id.index].shape; }
  template <class S>
  const S* get(ValType type) const {
    return type.is_prim() ? nullptr : std::get_if<S>(&shape(type.id()));
  }
  const FuncType& func(FuncTypeId id) const { return funcs_[id.index].type; }

  TypeId canonical(TypeId id) const { return types_[id.index].canonical; }
  ValType canonical(ValType t) const { return t.is_prim() ? t : ValType(canonical(t.id())); }
  ResourceId canonical(ResourceId id) const { return resources_[id.index]; }
  bool equal(ValType a, ValType b) const { return canonical(a) == canonical(b); }
  // Compares parameters by type and, if wanted, by name.
  bool equal(FuncTypeId a, FuncTypeId b, bool names) const;

  // Layout in memory and flat types, computed once.
  const wit::AbiShape& abi(ValType type) const;
  // Where each field of a record or element of a tuple lies; where the payload of a variant,
  // option or result lies (one element). Empty for other types.
  std::span<const uint32_t> offsets(TypeId id) const;
  Contents contents(ValType type) const;
  Contents params_contents(FuncTypeId id) const { return funcs_[id.index].params; }
  Contents result_contents(FuncTypeId id) const { return funcs_[id.index].result; }
  // The size and alignment that it would have with 64-bit addresses; validation limits that.
  wit::Layout wide_layout(ValType type) const;
  // How many types deep it nests; 1 for a type of primitives.
  uint32_t depth(ValType type) const { return type.is_prim() ? 0 : types_[type.id().index].depth; }

  wit::FlatSignature signature(FuncTypeId id, wit::Direction direction, wit::CallAbi abi) const;

  uint32_t size() const { return static_cast<uint32_t>(types_.size()); }
  uint32_t resource_count() const { return static_cast<uint32_t>(resources_.size()); }

 private:
  struct Entry {
    Shape shape;
    TypeId canonical;
    wit::AbiShape abi;
    wit::Layout wide;
    std::vector<uint32_t> offsets;
    Contents contents;
    uint32_t depth = 0;
  };
  struct FuncEntry {
    FuncType type;
    Contents params;
    Contents result;
  };

  TypeId push(Shape shape, TypeId canonical);

  std::vector<Entry> types_;
  std::vector<FuncEntry> funcs_;
  std::vector<ResourceId> resources_;
  std::unordered_multimap<size_t, uint32_t> interned_;
  std::unordered_multimap<size_t, uint32_t> interned_funcs_;
};

// The type as WIT writes it, such as `result<list<u8>, error-code>`; names of records and the like
// are not known, so they are spelled out. Long texts are cut.
std::string to_string(const Types& types, ValType type);
std::string to_string(const Types& types, FuncTypeId type);

}  // namespace weir::component
