#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "wit/binary/declarations.h"
#include "wit/resolve.h"

namespace weir::wit::binary {

// Puts interfaces, types and functions into one component type. Each type is defined once a scope;
// what belongs to another interface is aliased from that interface's instance.
class TypeEncoder {
 public:
  explicit TypeEncoder(const Resolve& resolve) : resolve_(resolve) {}

  // An interface as an import or export. All interfaces that it uses types from must have been
  // added. `types_only` leaves out its functions.
  void add_interface(bool import, const ExternName& name, InterfaceId id, bool types_only);
  // A function of a world.
  void add_function(bool import, const ExternName& name, const Function& function);
  // A type of a world, which is imported.
  void add_import_type(TypeId id);

  // The component type's definition.
  wasm::Writer finish() const;

 private:
  // One index space of types: the component type's or that of an instance type in it.
  struct Scope {
    Declarations declarations;
    std::unordered_map<TypeId, uint32_t> types;
    // Anonymous and function types by their bytes.
    std::map<std::vector<uint8_t>, uint32_t> interned;
  };

  Scope& scope() { return inner_ ? *inner_ : outer_; }
  ExternName name_of(TypeId id) const;
  TypeRef type(Type type);
  std::optional<TypeRef> type(std::optional<Type> type);
  TypeRef definition(TypeId id);
  TypeRef shape(const TypeDef& def);
  uint32_t foreign_type(InterfaceId owner, TypeId id);
  uint32_t function_type(const Function& function);
  uint32_t intern(const wasm::Writer& definition);

  const Resolve& resolve_;
  Scope outer_;
  Scope* inner_ = nullptr;
  // Whose types are being defined; not valid in a world.
  InterfaceId interface_;
  bool import_types_ = false;
  // The latest instance of each interface that its types come from, and the types that were aliased
  // out of it.
  std::unordered_map<InterfaceId, uint32_t> instances_;
  std::unordered_map<TypeId, uint32_t> aliased_;
};

}  // namespace weir::wit::binary
