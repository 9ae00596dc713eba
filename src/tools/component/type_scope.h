#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "util/result.h"
#include "wasm/writer.h"

// The world of a `component-type` section, read as far as a component is made of it: its types stay
// bytes, with holes where they refer to others.
namespace weir::tools {

// A type index as a value type, which is a signed number in LEB128.
void write_s33(wasm::Writer& out, uint32_t index);

// A type definition's bytes, with the references left out.
struct TypeTemplate {
  struct Hole {
    // In `bytes`: where the reference belongs.
    size_t at;
    uint32_t index;
    // Whether it is written as a value type (a signed number); else as an index.
    bool value_type;
  };

  std::vector<uint8_t> bytes;
  std::vector<Hole> holes;

  // Writes the definition with each reference replaced by `f(index)`.
  template <class F>
  void write(wasm::Writer& out, F&& f) const {
    size_t at = 0;
    for (const Hole& hole : holes) {
      out.bytes(std::span(bytes).subspan(at, hole.at - at));
      at = hole.at;
      if (hole.value_type) {
        write_s33(out, f(hole.index));
      } else {
        out.u32(f(hole.index));
      }
    }
    out.bytes(std::span(bytes).subspan(at));
  }
};

struct TypeScope;

// A function type, as far as the encoder looks into it.
struct FunctionShape {
  bool async = false;
  // The result's bytes; empty if there is none.
  std::optional<TypeTemplate> result;
};

// One index of a type index space.
struct TypeEntry {
  enum class Kind : uint8_t {
    // A value or function type.
    definition,
    // An instance type: `scope` has what is in it.
    instance,
    // Type `index` of the scope around this one.
    outer,
    // The type `name` of the instance `index`.
    exported,
    // A new name for type `index`.
    named,
    // An abstract resource.
    resource,
  };

  Kind kind = Kind::definition;
  uint32_t index = 0;
  std::string name;
  TypeTemplate definition;
  std::optional<FunctionShape> function;
  std::unique_ptr<TypeScope> scope;
  // How many definitions deep it goes.
  uint32_t depth = 1;
};

// An import or export of a scope.
struct ScopeItem {
  enum class Sort : uint8_t { func, type, instance };

  bool import = false;
  Sort sort = Sort::func;
  std::string name;
  // Its attributes in the binary format; empty without any.
  std::vector<uint8_t> attributes;
  // The type of a function or instance; the index that a type introduces.
  uint32_t type = 0;
};

// The index spaces and items of an instance type or of a world.
struct TypeScope {
  TypeScope* parent = nullptr;
  std::vector<TypeEntry> types;
  std::vector<ScopeItem> items;
  // By instance index: its item.
  std::vector<uint32_t> instances;
  std::unordered_map<std::string, uint32_t> item_by_name;

  const ScopeItem* find(const std::string& name, ScopeItem::Sort sort) const {
    auto found = item_by_name.find(name);
    if (found == item_by_name.end()) return nullptr;
    const ScopeItem& item = items[found->second];
    return item.sort == sort ? &item : nullptr;
  }
  // The scope of the instance that an item is.
  const TypeScope& instance_of(const ScopeItem& item) const { return *types[item.type].scope; }
};

enum class StringEncoding : uint8_t { utf8, utf16, latin1_utf16 };

struct WorldTypes {
  // `wasi:http/proxy@0.2.12`
  std::string name;
  StringEncoding encoding = StringEncoding::utf8;
  std::unique_ptr<TypeScope> scope;
};

// Reads the content of a `component-type` section. `base` is where it lies in the file.
Result<WorldTypes> read_world(std::span<const uint8_t> bytes, uint64_t base);

}  // namespace weir::tools
