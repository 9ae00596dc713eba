#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "component/host/resource.h"
#include "component/types.h"

namespace weir::component {

// Builds component types from C++ ones, canonical in `types`, so that equal ones have equal ids.
class TypeBuilder {
 public:
  explicit TypeBuilder(Types& types) : types_(types) {}

  // What the resource of the host is called in `types`.
  virtual ResourceId resource(ResourceKey key) = 0;

  ValType own(ResourceKey key) { return types_.intern(Own{resource(key)}); }
  ValType borrow(ResourceKey key) { return types_.intern(Borrow{resource(key)}); }
  ValType list(ValType element) { return types_.intern(List{element}); }
  ValType option(ValType value) { return types_.intern(Option{value}); }
  ValType result(std::optional<ValType> ok, std::optional<ValType> err) {
    return types_.intern(ResultType{ok, err});
  }
  ValType tuple(std::span<const ValType> types);
  ValType record(std::span<const std::string_view> names, std::span<const ValType> types);
  ValType variant(std::span<const std::string_view> names,
                  std::span<const std::optional<ValType>> types);
  ValType enumeration(std::span<const std::string_view> names);
  ValType flags(std::span<const std::string_view> names);
  // Parameters have no names: compare without them.
  FuncTypeId func(std::span<const ValType> params, std::optional<ValType> result);

  Types& types() { return types_; }

 protected:
  ~TypeBuilder() = default;

 private:
  Types& types_;
};

}  // namespace weir::component
