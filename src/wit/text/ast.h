#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "wit/accessor.h"
#include "wit/span.h"
#include "wit/stability.h"
#include "wit/version.h"

// What a WIT file says, before any name means anything. Names are views of the file's text.
namespace weir::wit::ast {

// An identifier without its `%`.
struct Id {
  std::string_view name;
  Span span;
};

// The comments before an item.
struct Docs {
  // The file's text from the first to the end of the last; empty if there are none.
  std::string_view comments;
  Span span;
};

// The attributes before an item.
struct Attributes {
  Stability stability;
  std::optional<std::string> external_id;
  // Known if there is at least one.
  Span span;
};

// `wasi:http@0.2.12`
struct PackageName {
  Id space;
  Id name;
  std::optional<Version> version;
  Span span;
};

// `types` or `wasi:http/types@0.2.12`
struct UsePath {
  std::optional<PackageName> package;
  Id name;
};

struct Type {
  enum class Kind : uint8_t {
    prim,
    name,
    list,
    fixed_list,
    map,
    tuple,
    option,
    result,
    own,
    borrow,
    stream,
    future,
  };

  Kind kind;
  Span span;
  // The `Prim` of a primitive type, or the length of a fixed-length list.
  uint32_t number = 0;
  // The name, or the resource of `own` and `borrow`.
  Id name;
  // The parameters of a generic type, in order. Those of a result are the ones that are there.
  std::vector<Type> args;
  bool has_ok = false;
  bool has_err = false;
};

struct Param {
  Id name;
  Type type;
};

struct Func {
  Span span;
  bool async = false;
  Accessor accessor = Accessor::none;
  std::vector<Param> params;
  std::optional<Type> result;
};

struct NamedFunc {
  enum class Kind : uint8_t { freestanding, method, static_, constructor };

  Kind kind = Kind::freestanding;
  Docs docs;
  Attributes attributes;
  Id name;
  Func func;
};

// A field, a case or a flag.
struct Member {
  Docs docs;
  Id name;
  std::optional<Type> type;
};

struct TypeDef {
  enum class Kind : uint8_t { alias, record, variant, enum_, flags, resource };

  Kind kind = Kind::alias;
  Docs docs;
  Attributes attributes;
  Id name;
  std::optional<Type> alias;
  std::vector<Member> members;
  std::vector<NamedFunc> funcs;
};

// `a as b`, in `use` and in `include ... with`
struct Rename {
  Id name;
  std::optional<Id> as;

  const Id& local() const { return as ? *as : name; }
};

struct Use {
  Attributes attributes;
  UsePath from;
  std::vector<Rename> names;
};

using InterfaceItem = std::variant<Use, TypeDef, NamedFunc>;

struct Interface {
  Docs docs;
  Attributes attributes;
  Id name;
  std::vector<InterfaceItem> items;
};

struct Include {
  Attributes attributes;
  UsePath from;
  std::vector<Rename> names;
};

// An import or export.
struct Extern {
  // `a;`, `ns:pkg/a;`
  struct Path {
    UsePath path;
  };
  // `label: ns:pkg/a;`
  struct NamedPath {
    Id name;
    UsePath path;
  };
  // `name: func();`
  struct Function {
    Id name;
    Func func;
  };
  // `name: interface { ... }`
  struct Inline {
    Id name;
    std::vector<InterfaceItem> items;
  };

  bool import = true;
  Docs docs;
  Attributes attributes;
  std::variant<Path, NamedPath, Function, Inline> kind;
};

using WorldItem = std::variant<Use, TypeDef, Extern, Include>;

struct World {
  Docs docs;
  Attributes attributes;
  Id name;
  std::vector<WorldItem> items;
};

// `use ns:pkg/a as b;` at the top of a file
struct TopUse {
  UsePath path;
  std::optional<Id> as;

  const Id& local() const { return as ? *as : path.name; }
};

using TopItem = std::variant<TopUse, Interface, World>;

// `package ns:name { ... }`
struct NestedPackage {
  Docs docs;
  PackageName name;
  std::vector<TopItem> items;
};

struct File {
  // Where the file begins.
  Span start;
  Docs package_docs;
  std::optional<PackageName> package;
  std::vector<TopItem> items;
  std::vector<NestedPackage> nested;
};

}  // namespace weir::wit::ast
