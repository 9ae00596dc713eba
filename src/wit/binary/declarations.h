#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wasm/writer.h"
#include "wit/types.h"

namespace weir::wit::binary {

// The name of an import or export with its attributes.
struct ExternName {
  std::string name;
  // The interface that a plain name stands for: `wasi:http/handler@0.3.0`; or empty.
  std::string implements;
  std::optional<std::string> external_id;
};

void write(wasm::Writer& out, const ExternName& name);
// A reference to a type: a primitive one, or an index.
class TypeRef {
 public:
  TypeRef(Prim prim) : prim_(prim) {}
  TypeRef(uint32_t index) : index_(index) {}

  bool is_prim() const { return prim_.has_value(); }
  Prim prim() const { return *prim_; }
  uint32_t index() const { return index_; }

 private:
  std::optional<Prim> prim_;
  uint32_t index_ = 0;
};
void write(wasm::Writer& out, TypeRef type);
void write(wasm::Writer& out, std::optional<TypeRef> type);
// The byte of a primitive type.
uint8_t code_of(Prim prim);

// The declarations of a component or instance type under construction, and how many types and
// instances they have put into its index spaces.
class Declarations {
 public:
  // Each returns the index that the declaration introduces, where it does.
  uint32_t type(const wasm::Writer& definition);
  uint32_t alias_export(uint32_t instance, std::string_view name);
  uint32_t alias_outer(uint32_t count, uint32_t index);
  // A type that is equal to the one at `index`, under a name.
  uint32_t named_type(bool import, const ExternName& name, uint32_t index);
  uint32_t resource(bool import, const ExternName& name);
  void func(bool import, const ExternName& name, uint32_t type);
  uint32_t instance(bool import, const ExternName& name, uint32_t type);
  void component(const ExternName& name, uint32_t type);

  // The type definition that these make: `code` is `kComponent` or `kInstance`.
  wasm::Writer definition(uint8_t code) const;

 private:
  void extern_name(bool import, const ExternName& name);

  wasm::Writer out_;
  uint32_t count_ = 0;
  uint32_t types_ = 0;
  uint32_t instances_ = 0;
};

}  // namespace weir::wit::binary
