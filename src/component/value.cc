#include "component/value.h"

#include "component/async/copy_end.h"
#include "component/cases.h"
#include "component/host/abi.h"
#include "component/instance.h"

namespace weir::component {
namespace {

Value scalar(uint64_t bits) {
  Value value;
  value.bits = bits;
  return value;
}

bool is_sequence(const Shape& shape) {
  return std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape);
}

Value lift_number(AbiContext& c, Prim prim, uint64_t raw) {
  switch (prim) {
    case Prim::boolean:
      return scalar((raw & 0xffff'ffff) != 0);
    case Prim::u8:
      return scalar(static_cast<uint8_t>(raw));
    case Prim::s8:
      return scalar(static_cast<uint64_t>(static_cast<int64_t>(static_cast<int8_t>(raw))));
    case Prim::u16:
      return scalar(static_cast<uint16_t>(raw));
    case Prim::s16:
      return scalar(static_cast<uint64_t>(static_cast<int64_t>(static_cast<int16_t>(raw))));
    case Prim::s32:
      return scalar(static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(raw))));
    case Prim::u32:
    case Prim::f32:
      return scalar(static_cast<uint32_t>(raw));
    case Prim::u64:
    case Prim::s64:
    case Prim::f64:
      return scalar(raw);
    case Prim::character:
      return scalar(c.lift_char(static_cast<uint32_t>(raw)));
    case Prim::string:
    case Prim::error_context:
      break;
  }
  c.fail("an error-context cannot be passed on");
  return {};
}

uint64_t load_size(const uint8_t* at, uint64_t size) {
  uint64_t value = 0;
  std::memcpy(&value, at, size);
  return value;
}

// As a core value: numbers of up to 32 bits are an i32, zero-extended.
uint64_t core_bits(Prim prim, uint64_t bits) {
  bool wide = prim == Prim::u64 || prim == Prim::s64 || prim == Prim::f64;
  return wide ? bits : static_cast<uint32_t>(bits);
}

}  // namespace

bool is_number(ValType type) {
  return type.is_prim() && type.prim() != Prim::boolean && type.prim() != Prim::character &&
         type.prim() != Prim::string && type.prim() != Prim::error_context;
}

bool operator==(const Value& a, const Value& b) {
  return a.bits == b.bits && a.count == b.count && a.text == b.text && a.parts == b.parts &&
         a.object.host == b.object.host && a.object.rep == b.object.rep;
}

Value ValueAbi::lift_text(AbiContext& c, uint32_t address, uint32_t length) const {
  Text text = c.lift_text(address, length);
  Value value;
  value.text = text.utf8;
  value.source = text.source;
  value.count = text.code_units;
  return value;
}

Value ValueAbi::lift_list(AbiContext& c, ValType element, uint32_t address, uint32_t count) const {
  Value value;
  const wit::Layout& layout = types_.abi(element).layout;
  const uint8_t* at = c.lift_list(address, count, layout.size, layout.align);
  if (!at) return value;
  value.count = count;
  if (is_number(element)) {
    value.text.assign(reinterpret_cast<const char*>(at), count * layout.size);
    return value;
  }
  if (!c.charge(count * sizeof(Value))) return value;
  value.parts.reserve(count);
  for (uint32_t i = 0; i < count && c.ok(); ++i, at += layout.size) {
    value.parts.push_back(lift(c, element, at));
  }
  return value;
}

Value ValueAbi::lift_pairs(AbiContext& c, const Map& map, uint32_t address, uint32_t count) const {
  Value value;
  wit::RecordShape pair;
  pair.add(types_.abi(map.key));
  uint64_t offset = pair.add(types_.abi(map.value));
  wit::Layout layout = pair.finish().layout;
  const uint8_t* at = c.lift_list(address, count, layout.size, layout.align);
  if (!at || !c.charge(3 * count * sizeof(Value))) return value;
  value.count = count;
  value.parts.reserve(count);
  for (uint32_t i = 0; i < count && c.ok(); ++i, at += layout.size) {
    Value& part = value.parts.emplace_back();
    part.parts.push_back(lift(c, map.key, at));
    part.parts.push_back(lift(c, map.value, at + offset));
  }
  return value;
}

Value ValueAbi::lift_sequence(AbiContext& c, ValType type, uint32_t address, uint32_t count) const {
  if (type.is_prim()) return lift_text(c, address, count);
  if (const auto* list = types_.get<List>(type)) return lift_list(c, list->element, address, count);
  return lift_pairs(c, *types_.get<Map>(type), address, count);
}

Value ValueAbi::lift_handle(AbiContext& c, ResourceId resource, bool own, uint32_t index) const {
  Value value;
  if (!instance_) {
    c.fail("a handle where there are no instances");
    return value;
  }
  ResourceKey key = instance_->key(resource);
  std::optional<Object> object = own ? c.take_object(index, key) : c.borrow_object(index, key);
  if (!object) return value;
  value.object = *object;
  if (own) value.owned.reset(object->host);
  return value;
}

Value ValueAbi::lift_channel(AbiContext& c, const Shape& shape, uint32_t index) const {
  Value value;
  if (!instance_) {
    c.fail("a handle where there are no instances");
    return value;
  }
  const auto* stream = std::get_if<Stream>(&shape);
  value.channel = component::lift_channel(
      c, !stream, stream ? stream->element : std::get<Future>(shape).value, index);
  return value;
}

Value ValueAbi::lift(AbiContext& c, ValType type, const uint8_t* at) const {
  if (type.is_prim()) {
    if (type.is(Prim::string)) return lift_text(c, load<uint32_t>(at), load<uint32_t>(at + 4));
    return lift_number(c, type.prim(), load_size(at, types_.abi(type).layout.size));
  }
  const Shape& shape = types_.shape(type.id());
  if (is_sequence(shape)) {
    return lift_sequence(c, type, load<uint32_t>(at), load<uint32_t>(at + 4));
  }
  std::span<const uint32_t> offsets = types_.offsets(type.id());
  Value value;
  if (const auto* record = std::get_if<Record>(&shape)) {
    if (!c.charge(record->fields.size() * sizeof(Value))) return value;
    for (size_t i = 0; i < record->fields.size() && c.ok(); ++i) {
      value.parts.push_back(lift(c, record->fields[i].type, at + offsets[i]));
    }
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    if (!c.charge(tuple->types.size() * sizeof(Value))) return value;
    for (size_t i = 0; i < tuple->types.size() && c.ok(); ++i) {
      value.parts.push_back(lift(c, tuple->types[i], at + offsets[i]));
    }
  } else if (const auto* list = std::get_if<FixedList>(&shape)) {
    if (!c.charge(list->length * sizeof(Value))) return value;
    uint64_t size = types_.abi(list->element).layout.size;
    for (uint32_t i = 0; i < list->length && c.ok(); ++i) {
      value.parts.push_back(lift(c, list->element, at + i * size));
    }
  } else if (const auto* flags = std::get_if<Flags>(&shape)) {
    value.bits = load_size(at, types_.abi(type).layout.size) & flags_mask(*flags);
  } else if (const auto* own = std::get_if<Own>(&shape)) {
    return lift_handle(c, own->resource, true, load<uint32_t>(at));
  } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    return lift_handle(c, borrow->resource, false, load<uint32_t>(at));
  } else if (uint32_t cases = case_count(shape)) {
    value.bits = c.lift_case(load_discriminant(at, wit::discriminant_size(cases)), cases);
    std::optional<ValType> payload = payload_of(shape, value.bits);
    if (payload && c.charge(sizeof(Value))) {
      value.parts.push_back(lift(c, *payload, at + offsets[0]));
    }
  } else {
    return lift_channel(c, shape, load<uint32_t>(at));
  }
  return value;
}

Value ValueAbi::lift_flat(AbiContext& c, ValType type, const Raw*& flat) const {
  if (type.is_prim()) {
    if (!type.is(Prim::string)) return lift_number(c, type.prim(), flat++->u64);
    flat += 2;
    return lift_text(c, flat[-2].u32, flat[-1].u32);
  }
  const Shape& shape = types_.shape(type.id());
  if (is_sequence(shape)) {
    flat += 2;
    return lift_sequence(c, type, flat[-2].u32, flat[-1].u32);
  }
  Value value;
  if (const auto* record = std::get_if<Record>(&shape)) {
    for (const Field& field : record->fields) value.parts.push_back(lift_flat(c, field.type, flat));
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (ValType part : tuple->types) value.parts.push_back(lift_flat(c, part, flat));
  } else if (const auto* list = std::get_if<FixedList>(&shape)) {
    for (uint32_t i = 0; i < list->length; ++i) {
      value.parts.push_back(lift_flat(c, list->element, flat));
    }
  } else if (const auto* flags = std::get_if<Flags>(&shape)) {
    value.bits = flat++->u32 & flags_mask(*flags);
  } else if (const auto* own = std::get_if<Own>(&shape)) {
    return lift_handle(c, own->resource, true, flat++->u32);
  } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    return lift_handle(c, borrow->resource, false, flat++->u32);
  } else if (uint32_t cases = case_count(shape)) {
    const Raw* payload_flat = flat + 1;
    value.bits = c.lift_case(flat->u32, cases);
    flat += types_.abi(type).flat.size();
    std::optional<ValType> payload = payload_of(shape, value.bits);
    if (payload) value.parts.push_back(lift_flat(c, *payload, payload_flat));
  } else {
    return lift_channel(c, shape, flat++->u32);
  }
  return value;
}

AbiContext::Lowered ValueAbi::lower_sequence(AbiContext& c, ValType type, Value& value) const {
  if (type.is_prim()) return c.lower_text({value.text, value.source, value.count});
  AbiContext::Lowered lowered;
  if (const auto* list = types_.get<List>(type)) {
    const wit::Layout& layout = types_.abi(list->element).layout;
    uint8_t* at = c.lower_list(value.count, layout.size, layout.align, lowered);
    if (!at) return {};
    if (is_number(list->element)) {
      if (!value.text.empty()) std::memcpy(at, value.text.data(), value.text.size());
      return lowered;
    }
    for (size_t i = 0; i < value.parts.size() && c.ok(); ++i, at += layout.size) {
      lower(c, list->element, value.parts[i], at);
    }
    return lowered;
  }
  const Map& map = *types_.get<Map>(type);
  wit::RecordShape pair;
  pair.add(types_.abi(map.key));
  uint64_t offset = pair.add(types_.abi(map.value));
  wit::Layout layout = pair.finish().layout;
  uint8_t* at = c.lower_list(value.count, layout.size, layout.align, lowered);
  if (!at) return {};
  for (size_t i = 0; i < value.parts.size() && c.ok(); ++i, at += layout.size) {
    lower(c, map.key, value.parts[i].parts[0], at);
    lower(c, map.value, value.parts[i].parts[1], at + offset);
  }
  return lowered;
}

uint32_t ValueAbi::lower_handle(AbiContext& c, ResourceId resource, bool own, Value& value) const {
  if (!instance_) {
    c.fail("a handle where there are no instances");
    return 0;
  }
  ResourceKey key = instance_->key(resource);
  if (own) {
    uint32_t index = c.lower_object(value.object, key, nullptr);
    if (index != 0) static_cast<void>(value.owned.release());
    return index;
  }
  const ResourceInfo& info = instance_->plan().resources[resource.index];
  // Who defined the resource gets what it chose to represent it.
  if (!info.host && info.definer.valid() && info.definer == c.instance().id) {
    return value.object.rep;
  }
  return c.lower_object(value.object, key, c.borrow_scope());
}

void ValueAbi::lower(AbiContext& c, ValType type, Value& value, uint8_t* at) const {
  if (type.is_prim() && !type.is(Prim::string)) {
    std::memcpy(at, &value.bits, types_.abi(type).layout.size);
    return;
  }
  if (type.is_prim() || is_sequence(types_.shape(type.id()))) {
    AbiContext::Lowered lowered = lower_sequence(c, type, value);
    store<uint32_t>(at, lowered.address);
    store<uint32_t>(at + 4, lowered.length);
    return;
  }
  const Shape& shape = types_.shape(type.id());
  std::span<const uint32_t> offsets = types_.offsets(type.id());
  if (const auto* record = std::get_if<Record>(&shape)) {
    for (size_t i = 0; i < record->fields.size(); ++i) {
      lower(c, record->fields[i].type, value.parts[i], at + offsets[i]);
    }
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      lower(c, tuple->types[i], value.parts[i], at + offsets[i]);
    }
  } else if (const auto* list = std::get_if<FixedList>(&shape)) {
    uint64_t size = types_.abi(list->element).layout.size;
    for (uint32_t i = 0; i < list->length; ++i) {
      lower(c, list->element, value.parts[i], at + i * size);
    }
  } else if (std::holds_alternative<Flags>(shape)) {
    std::memcpy(at, &value.bits, types_.abi(type).layout.size);
  } else if (const auto* own = std::get_if<Own>(&shape)) {
    store<uint32_t>(at, lower_handle(c, own->resource, true, value));
  } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    store<uint32_t>(at, lower_handle(c, borrow->resource, false, value));
  } else if (uint32_t cases = case_count(shape)) {
    store_discriminant(at, wit::discriminant_size(cases), static_cast<uint32_t>(value.bits));
    std::optional<ValType> payload = payload_of(shape, value.bits);
    if (payload) lower(c, *payload, value.parts[0], at + offsets[0]);
  } else {
    store<uint32_t>(at, lower_channel(c, std::move(value.channel)));
  }
}

void ValueAbi::lower_flat(AbiContext& c, ValType type, Value& value, Raw*& flat) const {
  if (type.is_prim() && !type.is(Prim::string)) {
    flat++->u64 = core_bits(type.prim(), value.bits);
    return;
  }
  if (type.is_prim() || is_sequence(types_.shape(type.id()))) {
    AbiContext::Lowered lowered = lower_sequence(c, type, value);
    flat++->u64 = lowered.address;
    flat++->u64 = lowered.length;
    return;
  }
  const Shape& shape = types_.shape(type.id());
  if (const auto* record = std::get_if<Record>(&shape)) {
    for (size_t i = 0; i < record->fields.size(); ++i) {
      lower_flat(c, record->fields[i].type, value.parts[i], flat);
    }
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (size_t i = 0; i < tuple->types.size(); ++i) {
      lower_flat(c, tuple->types[i], value.parts[i], flat);
    }
  } else if (const auto* list = std::get_if<FixedList>(&shape)) {
    for (uint32_t i = 0; i < list->length; ++i) lower_flat(c, list->element, value.parts[i], flat);
  } else if (std::holds_alternative<Flags>(shape)) {
    flat++->u64 = value.bits;
  } else if (const auto* own = std::get_if<Own>(&shape)) {
    flat++->u64 = lower_handle(c, own->resource, true, value);
  } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    flat++->u64 = lower_handle(c, borrow->resource, false, value);
  } else if (case_count(shape) != 0) {
    Raw* end = flat + types_.abi(type).flat.size();
    flat++->u64 = value.bits;
    std::optional<ValType> payload = payload_of(shape, value.bits);
    if (payload) lower_flat(c, *payload, value.parts[0], flat);
    pad_flat(flat, end);
  } else {
    flat++->u64 = lower_channel(c, std::move(value.channel));
  }
}

}  // namespace weir::component
