#include "component/host/type_builder.h"

namespace weir::component {
namespace {

std::vector<std::string> strings(std::span<const std::string_view> names) {
  return {names.begin(), names.end()};
}

}  // namespace

ValType TypeBuilder::tuple(std::span<const ValType> types) {
  return types_.intern(Tuple{{types.begin(), types.end()}});
}

ValType TypeBuilder::record(std::span<const std::string_view> names,
                            std::span<const ValType> types) {
  Record record;
  for (size_t i = 0; i < names.size(); ++i) {
    record.fields.push_back({std::string(names[i]), types[i]});
  }
  return types_.intern(std::move(record));
}

ValType TypeBuilder::variant(std::span<const std::string_view> names,
                             std::span<const std::optional<ValType>> types) {
  Variant variant;
  for (size_t i = 0; i < names.size(); ++i) {
    variant.cases.push_back({std::string(names[i]), types[i]});
  }
  return types_.intern(std::move(variant));
}

ValType TypeBuilder::enumeration(std::span<const std::string_view> names) {
  return types_.intern(Enum{strings(names)});
}

ValType TypeBuilder::flags(std::span<const std::string_view> names) {
  return types_.intern(Flags{strings(names)});
}

ValType TypeBuilder::stream(DescribeElement describe) {
  std::optional<ValType> element = describe(*this);
  learn(describe, element);
  return types_.intern(Stream{element});
}

ValType TypeBuilder::future(DescribeElement describe) {
  std::optional<ValType> value = describe(*this);
  learn(describe, value);
  return types_.intern(Future{value});
}

void TypeBuilder::learn(DescribeElement, std::optional<ValType>) {}

FuncTypeId TypeBuilder::func(std::span<const ValType> params, std::optional<ValType> result,
                             bool async) {
  FuncType type;
  type.async = async;
  for (ValType param : params) type.params.push_back({"", param});
  type.result = result;
  return types_.intern(std::move(type));
}

}  // namespace weir::component
