#pragma once

#include <optional>
#include <span>
#include <vector>

#include "wit/layout.h"
#include "wit/types.h"

namespace weir::wit {

// The layout of a type that needs no definition.
AbiShape shape_of(Prim prim);

// The layout of the types of one table, computed once each, in the table's order.
// The table must outlive it and may grow: new types are picked up when first asked for.
class TypeLayouts {
 public:
  explicit TypeLayouts(const TypeTable& types) : types_(types) {}

  // Good until the table grows.
  const AbiShape& of(Type type);

  // Where each field of a record, or element of a tuple, lies. Asserts for other types.
  std::vector<uint64_t> field_offsets(Type type);
  // Where the payload of a variant, option or result lies. Asserts for other types.
  uint64_t payload_offset(Type type);

  FlatSignature signature(std::span<const Type> params, std::optional<Type> result,
                          Direction direction, CallAbi abi);

 private:
  AbiShape compute(const Shape& shape);

  const TypeTable& types_;
  std::vector<AbiShape> shapes_;
};

}  // namespace weir::wit
