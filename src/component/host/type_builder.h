#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "component/host/resource.h"
#include "component/types.h"

namespace weir::component {

class TypeBuilder;
// Describes a C++ type that streams and futures of the host have as elements; empty for none. Its
// address stands for the type.
using DescribeElement = std::optional<ValType> (*)(TypeBuilder& builder);

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
  FuncTypeId func(std::span<const ValType> params, std::optional<ValType> result) {
    return func(params, result, false);
  }
  FuncTypeId async_func(std::span<const ValType> params, std::optional<ValType> result) {
    return func(params, result, true);
  }
  // Of what `describe` gives.
  ValType stream(DescribeElement describe);
  ValType future(DescribeElement describe);

  Types& types() { return types_; }

 protected:
  ~TypeBuilder() = default;
  // What `describe` gave for the elements of a stream or the value of a future.
  virtual void learn(DescribeElement describe, std::optional<ValType> element);

 private:
  FuncTypeId func(std::span<const ValType> params, std::optional<ValType> result, bool async);

  Types& types_;
};

}  // namespace weir::component
