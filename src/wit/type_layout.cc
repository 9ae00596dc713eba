#include "wit/type_layout.h"

#include <type_traits>

#include "util/assert.h"

namespace weir::wit {
namespace {

constexpr std::array<AbiShape, 14> kPrims = [] {
  std::array<AbiShape, 14> shapes;
  auto set = [&](Prim prim, AbiShape shape) { shapes[static_cast<size_t>(prim)] = shape; };
  set(Prim::boolean, integer_shape(1));
  set(Prim::s8, integer_shape(1));
  set(Prim::u8, integer_shape(1));
  set(Prim::s16, integer_shape(2));
  set(Prim::u16, integer_shape(2));
  set(Prim::s32, integer_shape(4));
  set(Prim::u32, integer_shape(4));
  set(Prim::s64, integer_shape(8));
  set(Prim::u64, integer_shape(8));
  set(Prim::f32, float_shape(4));
  set(Prim::f64, float_shape(8));
  set(Prim::character, integer_shape(4));
  set(Prim::string, list_shape());
  set(Prim::error_context, handle_shape());
  return shapes;
}();

// Puts together a variant-like shape; null if it is none.
template <class ShapeOf>
std::optional<VariantShape> variant_shape(const Shape& shape, ShapeOf&& shape_of) {
  auto add = [&](VariantShape& to, const std::optional<Type>& payload) {
    if (payload) to.add(shape_of(*payload));
  };
  if (const Variant* variant = std::get_if<Variant>(&shape)) {
    VariantShape built(variant->cases.size());
    for (const Case& c : variant->cases) add(built, c.type);
    return built;
  }
  if (const Enum* e = std::get_if<Enum>(&shape)) return VariantShape(e->cases.size());
  if (const Option* option = std::get_if<Option>(&shape)) {
    VariantShape built(2);
    built.add(shape_of(option->value));
    return built;
  }
  if (const ResultType* result = std::get_if<ResultType>(&shape)) {
    VariantShape built(2);
    add(built, result->ok);
    add(built, result->err);
    return built;
  }
  return std::nullopt;
}

}  // namespace

AbiShape shape_of(Prim prim) { return kPrims[static_cast<size_t>(prim)]; }

const AbiShape& TypeLayouts::of(Type type) {
  if (type.is_prim()) return kPrims[static_cast<size_t>(type.prim())];
  uint32_t index = type.id().index;
  if (index >= shapes_.size()) {
    shapes_.reserve(types_.size());
    while (shapes_.size() < types_.size()) {
      TypeId next{static_cast<uint32_t>(shapes_.size())};
      shapes_.push_back(compute(types_[next].shape));
    }
  }
  return shapes_[index];
}

std::vector<uint64_t> TypeLayouts::field_offsets(Type type) {
  std::vector<uint64_t> offsets;
  RecordShape record;
  if (const Record* r = types_.get<Record>(type)) {
    for (const Field& field : r->fields) offsets.push_back(record.add(of(field.type)));
    return offsets;
  }
  const Tuple* tuple = types_.get<Tuple>(type);
  WEIR_ASSERT(tuple != nullptr);
  for (Type element : tuple->types) offsets.push_back(record.add(of(element)));
  return offsets;
}

uint64_t TypeLayouts::payload_offset(Type type) {
  const Shape* shape = types_.shape(type);
  WEIR_ASSERT(shape != nullptr);
  auto variant = variant_shape(*shape, [&](Type t) { return of(t); });
  WEIR_ASSERT(variant.has_value());
  return variant->payload_offset();
}

FlatSignature TypeLayouts::signature(std::span<const Type> params, std::optional<Type> result,
                                     Direction direction, CallAbi abi) {
  FlatTypes flat_params;
  for (Type type : params) flat_params.append(of(type).flat);
  return flatten_function(flat_params, result ? of(*result).flat : FlatTypes(), direction, abi);
}

AbiShape TypeLayouts::compute(const Shape& shape) {
  if (auto variant = variant_shape(shape, [&](Type t) { return of(t); })) return variant->finish();
  return std::visit(
      [&](const auto& s) -> AbiShape {
        using S = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<S, Alias>) {
          return of(s.target);
        } else if constexpr (std::is_same_v<S, Record>) {
          RecordShape record;
          for (const Field& field : s.fields) record.add(of(field.type));
          return record.finish();
        } else if constexpr (std::is_same_v<S, Tuple>) {
          RecordShape record;
          for (Type type : s.types) record.add(of(type));
          return record.finish();
        } else if constexpr (std::is_same_v<S, Flags>) {
          return flags_shape(s.flags.size());
        } else if constexpr (std::is_same_v<S, List> || std::is_same_v<S, Map>) {
          return list_shape();
        } else if constexpr (std::is_same_v<S, FixedList>) {
          return fixed_list_shape(of(s.element), s.length);
        } else {
          return handle_shape();
        }
      },
      shape);
}

}  // namespace weir::wit
