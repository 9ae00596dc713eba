#pragma once

#include <optional>

#include "component/types.h"

namespace weir::component {

// How many cases values of a variant, enum, option or result can be; 0 for other types.
inline uint32_t case_count(const Shape& shape) {
  if (const auto* variant = std::get_if<Variant>(&shape)) {
    return static_cast<uint32_t>(variant->cases.size());
  }
  if (const auto* e = std::get_if<Enum>(&shape)) return static_cast<uint32_t>(e->names.size());
  return std::holds_alternative<Option>(shape) || std::holds_alternative<ResultType>(shape) ? 2 : 0;
}

// What case `index` of such a type carries.
inline std::optional<ValType> payload_of(const Shape& shape, uint64_t index) {
  if (const auto* variant = std::get_if<Variant>(&shape)) {
    return index < variant->cases.size() ? variant->cases[index].type : std::nullopt;
  }
  if (const auto* option = std::get_if<Option>(&shape)) {
    return index == 1 ? std::optional(option->value) : std::nullopt;
  }
  if (const auto* result = std::get_if<ResultType>(&shape)) {
    return index == 0 ? result->ok : result->err;
  }
  return std::nullopt;
}

// The bits that the flags of a type use.
inline uint32_t flags_mask(const Flags& flags) {
  return flags.names.size() >= 32 ? ~0u : (1u << flags.names.size()) - 1;
}

}  // namespace weir::component
