#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "component/abi_context.h"
#include "component/types.h"

namespace weir::component {

class Channel;
class Instance;

// A value of any component type, on its way from one component instance to another. Which members
// count, the type says:
//   integers, char: `bits`, sign- or zero-extended; bool: 0 or 1; floats: their bits in `bits`
//   string: `text` (UTF-8) with the encoding it came in
//   list of numbers: their bytes in `text`, `count` of them; other lists: `parts`
//   records, tuples: `parts`
//   variants, options, results, enums: the case in `bits`, the payload, if any, in `parts`
//   flags: `bits`
//   own, borrow: `object`
//   stream, future: `channel`
struct Value {
  uint64_t bits = 0;
  uint32_t count = 0;
  Text::Source source = Text::Source::utf8;
  std::string text;
  std::vector<Value> parts;
  Object object;
  // Owns `object.host` where that is the host's and was lifted as `own`.
  std::unique_ptr<HostResource> owned;
  std::shared_ptr<Channel> channel;

  // Equality of what both hold; objects by identity.
  friend bool operator==(const Value& a, const Value& b);
};

// Lifts and lowers by a description of the type; the counterpart of `Abi<T>`, for calls between
// components. Error contexts fail.
class ValueAbi {
 public:
  // `instance` says which resources are meant; it may be null for types without handles.
  ValueAbi(const Types& types, Instance* instance) : types_(types), instance_(instance) {}

  Value lift(AbiContext& context, ValType type, const uint8_t* at) const;
  // Advances `flat`.
  Value lift_flat(AbiContext& context, ValType type, const Raw*& flat) const;
  void lower(AbiContext& context, ValType type, Value& value, uint8_t* at) const;
  void lower_flat(AbiContext& context, ValType type, Value& value, Raw*& flat) const;

 private:
  Value lift_text(AbiContext& context, uint32_t address, uint32_t length) const;
  Value lift_list(AbiContext& context, ValType element, uint32_t address, uint32_t count) const;
  Value lift_pairs(AbiContext& context, const Map& map, uint32_t address, uint32_t count) const;
  Value lift_handle(AbiContext& context, ResourceId resource, bool own, uint32_t index) const;
  // Streams and futures.
  Value lift_channel(AbiContext& context, const Shape& shape, uint32_t index) const;
  AbiContext::Lowered lower_sequence(AbiContext& context, ValType type, Value& value) const;
  uint32_t lower_handle(AbiContext& context, ResourceId resource, bool own, Value& value) const;
  Value lift_sequence(AbiContext& context, ValType type, uint32_t address, uint32_t count) const;

  const Types& types_;
  Instance* instance_;
};

// Whether values of the type are bytes that can be copied as they are: integers and floats.
bool is_number(ValType type);

}  // namespace weir::component
