#pragma once

#include <set>
#include <string>
#include <unordered_map>

#include "wit/resolve.h"

namespace weir::wit {

// How WIT types are spelled in the C++ of one interface.
class HostTypes {
 public:
  HostTypes(const Resolve& resolve, InterfaceId interface);

  // The C++ name of a type that the interface defines or uses, without a namespace.
  const std::string& name(TypeId id) const { return names_.at(id.index); }

  // As a member, an element or a result: owns what it holds.
  std::string value(Type type) const;
  // As a whole parameter: views and references where they save a copy.
  std::string parameter(Type type) const;

  // What the definition `type` is made of, whatever its name. Empty for what has no spelling
  // but its name.
  std::string shape(Type type) const;

  // Whether values of the type can be compared with `==`.
  bool comparable(Type type) const;
  // Whether the type holds something that the generator does not do; then its name, else empty.
  std::string unsupported(Type type) const;

  // The interface that a used type comes from, and its type there; the id itself if it is not
  // used from elsewhere.
  TypeId origin(TypeId id) const;

 private:
  const Resolve& resolve_;
  InterfaceId interface_;
  std::unordered_map<uint32_t, std::string> names_;
};

// `uint32_t`, `std::string` and so on.
std::string host_prim(Prim prim);

// The C++ name of a named type in the interface that defines it.
std::string host_type_name(const TypeDef& def);

}  // namespace weir::wit
