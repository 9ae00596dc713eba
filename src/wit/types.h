#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "wit/ids.h"
#include "wit/span.h"
#include "wit/stability.h"

namespace weir::wit {

// The types that need no definition.
enum class Prim : uint8_t {
  boolean,
  s8,
  u8,
  s16,
  u16,
  s32,
  u32,
  s64,
  u64,
  f32,
  f64,
  character,
  string,
  error_context,
};

// How WIT writes it: `bool`, `u8`, `error-context`.
const char* name_of(Prim prim);

// A reference to a type: a primitive one, or a definition in a `TypeTable`. Four bytes.
class Type {
 public:
  constexpr Type(Prim prim) : bits_(kPrim | static_cast<uint32_t>(prim)) {}
  constexpr Type(TypeId id) : bits_(id.index) {}

  constexpr bool is_prim() const { return (bits_ & kPrim) != 0; }
  constexpr bool is(Prim prim) const { return bits_ == (kPrim | static_cast<uint32_t>(prim)); }
  // Only if `is_prim()`.
  constexpr Prim prim() const { return static_cast<Prim>(bits_ & 0xff); }
  // Only if not `is_prim()`.
  constexpr TypeId id() const { return TypeId{bits_}; }
  // Unique for each type of a table; a key for maps.
  constexpr uint32_t bits() const { return bits_; }

  friend constexpr bool operator==(Type, Type) = default;

 private:
  static constexpr uint32_t kPrim = 0x8000'0000;

  uint32_t bits_;
};

struct Field {
  std::string name;
  Type type;
  std::string docs;
  Span span;
};

struct Case {
  std::string name;
  std::optional<Type> type;
  std::string docs;
  Span span;
};

// A case of an enum, or a flag.
struct Label {
  std::string name;
  std::string docs;
  Span span;
};

// A second name for a type; also what `use` makes.
struct Alias {
  Type target;
};
struct Record {
  std::vector<Field> fields;
};
struct Variant {
  std::vector<Case> cases;
};
struct Enum {
  std::vector<Label> cases;
};
struct Flags {
  std::vector<Label> flags;
};
struct Tuple {
  std::vector<Type> types;
};
struct List {
  Type element;
};
struct FixedList {
  Type element;
  uint32_t length;
};
struct Map {
  Type key;
  Type value;
};
struct Option {
  Type value;
};
struct ResultType {
  std::optional<Type> ok;
  std::optional<Type> err;
};
struct Own {
  TypeId resource;
};
struct Borrow {
  TypeId resource;
};
struct Resource {};
struct Stream {
  std::optional<Type> element;
};
struct Future {
  std::optional<Type> value;
};

// What a definition is made of. The same in WIT text, in binary WIT and in components.
using Shape = std::variant<Alias, Record, Variant, Enum, Flags, Tuple, List, FixedList, Map, Option,
                           ResultType, Own, Borrow, Resource, Stream, Future>;

// Calls `f(Type)` for each type that a shape mentions, in order.
template <class F>
void for_each_reference(const Shape& shape, F&& f) {
  std::visit(
      [&](const auto& s) {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, Alias>) {
          f(s.target);
        } else if constexpr (std::is_same_v<S, Record>) {
          for (const Field& field : s.fields) f(field.type);
        } else if constexpr (std::is_same_v<S, Variant>) {
          for (const Case& c : s.cases) {
            if (c.type) f(*c.type);
          }
        } else if constexpr (std::is_same_v<S, Tuple>) {
          for (Type type : s.types) f(type);
        } else if constexpr (std::is_same_v<S, List> || std::is_same_v<S, FixedList>) {
          f(s.element);
        } else if constexpr (std::is_same_v<S, Map>) {
          f(s.key);
          f(s.value);
        } else if constexpr (std::is_same_v<S, Option>) {
          f(s.value);
        } else if constexpr (std::is_same_v<S, ResultType>) {
          if (s.ok) f(*s.ok);
          if (s.err) f(*s.err);
        } else if constexpr (std::is_same_v<S, Own> || std::is_same_v<S, Borrow>) {
          f(Type(s.resource));
        } else if constexpr (std::is_same_v<S, Stream>) {
          if (s.element) f(*s.element);
        } else if constexpr (std::is_same_v<S, Future>) {
          if (s.value) f(*s.value);
        }
      },
      shape);
}

// The same shape with each mentioned type replaced by `f(Type) -> Type`.
template <class F>
void map_references(Shape& shape, F&& f) {
  auto replace = [&](std::optional<Type>& type) {
    if (type) type = f(*type);
  };
  std::visit(
      [&](auto& s) {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, Alias>) {
          s.target = f(s.target);
        } else if constexpr (std::is_same_v<S, Record>) {
          for (Field& field : s.fields) field.type = f(field.type);
        } else if constexpr (std::is_same_v<S, Variant>) {
          for (Case& c : s.cases) replace(c.type);
        } else if constexpr (std::is_same_v<S, Tuple>) {
          for (Type& type : s.types) type = f(type);
        } else if constexpr (std::is_same_v<S, List> || std::is_same_v<S, FixedList>) {
          s.element = f(s.element);
        } else if constexpr (std::is_same_v<S, Map>) {
          s.key = f(s.key);
          s.value = f(s.value);
        } else if constexpr (std::is_same_v<S, Option>) {
          s.value = f(s.value);
        } else if constexpr (std::is_same_v<S, ResultType>) {
          replace(s.ok);
          replace(s.err);
        } else if constexpr (std::is_same_v<S, Own> || std::is_same_v<S, Borrow>) {
          s.resource = f(Type(s.resource)).id();
        } else if constexpr (std::is_same_v<S, Stream>) {
          replace(s.element);
        } else if constexpr (std::is_same_v<S, Future>) {
          replace(s.value);
        }
      },
      shape);
}

// Who a named type belongs to.
struct Owner {
  enum class Kind : uint8_t { none, interface, world };

  Kind kind = Kind::none;
  uint32_t index = 0;

  static Owner of(InterfaceId id) { return {Kind::interface, id.index}; }
  static Owner of(WorldId id) { return {Kind::world, id.index}; }
  // Only for the kind `interface`.
  InterfaceId interface() const { return {index}; }
  // Only for the kind `world`.
  WorldId world() const { return {index}; }

  friend bool operator==(Owner, Owner) = default;
};

// A type definition. Only the shape matters to layout and to the canonical ABI.
struct TypeDef {
  Shape shape;
  // Empty for an anonymous type such as the `list<u8>` of a parameter.
  std::string name;
  Owner owner;
  std::string docs;
  Stability stability;
  std::optional<std::string> external_id;
  Span span;
};

// An arena of type definitions in topological order: a definition mentions only earlier ones.
// So whatever walks all types is one loop, without recursion.
class TypeTable {
 public:
  // Everything that `def` mentions must be in the table already.
  TypeId add(TypeDef def);

  const TypeDef& operator[](TypeId id) const { return entries_[id.index].def; }
  // For names, docs and the like; the shape stays as it was added.
  TypeDef& edit(TypeId id) { return entries_[id.index].def; }
  uint32_t size() const { return static_cast<uint32_t>(entries_.size()); }
  // Makes room for `size` definitions altogether.
  void reserve(uint32_t size) { entries_.reserve(size); }

  // The type at the end of a chain of aliases.
  Type root(Type type) const { return type.is_prim() ? type : entries_[type.id().index].root; }
  // The shape at the end of a chain of aliases; null for a primitive type.
  const Shape* shape(Type type) const;
  // The shape `S` at the end of a chain of aliases, or null if it is another one.
  template <class S>
  const S* get(Type type) const {
    const Shape* found = shape(type);
    return found ? std::get_if<S>(found) : nullptr;
  }

  // Whether a value of this type can hold a borrowed handle.
  bool contains_borrow(Type type) const {
    return !type.is_prim() && (entries_[type.id().index].contains & kBorrow) != 0;
  }
  // Whether a value of this type can hold any handle, stream, future or error context.
  bool contains_handle(Type type) const {
    return type.is_prim() ? type.is(Prim::error_context)
                          : (entries_[type.id().index].contains & kHandle) != 0;
  }

 private:
  static constexpr uint8_t kBorrow = 1;
  static constexpr uint8_t kHandle = 2;

  struct Entry {
    TypeDef def;
    Type root;
    uint8_t contains;
  };

  std::vector<Entry> entries_;
};

}  // namespace weir::wit
