#include "component/transfer.h"

#include "component/instance.h"

namespace weir::component {
namespace {

// Parameters as they lie in memory: a tuple.
struct ParamTuple {
  ParamTuple(const Types& types, const FuncType& type) {
    wit::RecordShape shape;
    offsets.reserve(type.params.size());
    for (const Field& param : type.params) offsets.push_back(shape.add(types.abi(param.type)));
    layout = shape.finish().layout;
  }
  std::vector<uint64_t> offsets;
  wit::Layout layout;
};

const Types& types_of(AbiContext& context) { return context.instance().root.plan().types; }

}  // namespace

Transfer::Transfer(Instance& root) : values_(root.plan().types, &root) {}

void Transfer::lift_params(AbiContext& from, const FuncType& type, bool indirect, const Raw* flat) {
  params_.reserve(type.params.size());
  if (!indirect) {
    for (const Field& param : type.params) {
      params_.push_back(values_.lift_flat(from, param.type, flat));
    }
    return;
  }
  ParamTuple tuple(types_of(from), type);
  const uint8_t* at = from.at(flat->u32, tuple.layout.size, tuple.layout.align);
  for (size_t i = 0; i < type.params.size() && from.ok(); ++i) {
    params_.push_back(values_.lift(from, type.params[i].type, at + tuple.offsets[i]));
  }
}

void Transfer::lower_params(AbiContext& to, const FuncType& type, bool indirect, Raw* flat) {
  if (!indirect) {
    for (size_t i = 0; i < type.params.size(); ++i) {
      values_.lower_flat(to, type.params[i].type, params_[i], flat);
    }
    return;
  }
  ParamTuple tuple(types_of(to), type);
  uint32_t address;
  uint8_t* at = to.allocate(tuple.layout.size, tuple.layout.align, address);
  for (size_t i = 0; i < type.params.size() && to.ok(); ++i) {
    values_.lower(to, type.params[i].type, params_[i], at + tuple.offsets[i]);
  }
  flat->u64 = address;
}

Value Transfer::lift_result(AbiContext& from, ValType type, bool indirect, const Raw* flat) {
  if (!indirect) return values_.lift_flat(from, type, flat);
  const wit::Layout& layout = types_of(from).abi(type).layout;
  const uint8_t* at = from.at(flat->u32, layout.size, layout.align);
  return at ? values_.lift(from, type, at) : Value();
}

void Transfer::lower_result(AbiContext& to, ValType type, Value& value, bool indirect, uint32_t out,
                            Raw* flat) {
  if (!indirect) {
    values_.lower_flat(to, type, value, flat);
    return;
  }
  const wit::Layout& layout = types_of(to).abi(type).layout;
  uint8_t* at = to.at(out, layout.size, layout.align);
  if (at) values_.lower(to, type, value, at);
}

}  // namespace weir::component
