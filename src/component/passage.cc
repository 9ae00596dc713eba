#include "component/passage.h"

#include "component/async/copy_end.h"
#include "component/cases.h"
#include "component/host/abi.h"
#include "component/instance.h"
#include "component/value.h"

namespace weir::component {
namespace {

// Bits of a number of `size` bytes, as a core value.
uint64_t core_value(Prim prim, const uint8_t* at) {
  switch (prim) {
    case Prim::boolean:
    case Prim::u8:
      return *at;
    case Prim::s8:
      return static_cast<uint32_t>(static_cast<int32_t>(static_cast<int8_t>(*at)));
    case Prim::u16:
      return load<uint16_t>(at);
    case Prim::s16:
      return static_cast<uint32_t>(static_cast<int32_t>(load<int16_t>(at)));
    case Prim::u32:
    case Prim::s32:
    case Prim::f32:
    case Prim::character:
      return load<uint32_t>(at);
    case Prim::u64:
    case Prim::s64:
    case Prim::f64:
      return load<uint64_t>(at);
    case Prim::string:
    case Prim::error_context:
      break;
  }
  return 0;
}

// The elements that a type lists in order, whether they have names or not.
template <class F>
bool for_each_part(const Shape& shape, F&& visit) {
  if (const auto* record = std::get_if<Record>(&shape)) {
    for (size_t i = 0; i < record->fields.size(); ++i) visit(i, record->fields[i].type);
  } else if (const auto* tuple = std::get_if<Tuple>(&shape)) {
    for (size_t i = 0; i < tuple->types.size(); ++i) visit(i, tuple->types[i]);
  } else {
    return false;
  }
  return true;
}

wit::Layout params_layout(const Types& types, const FuncType& type) {
  wit::RecordShape shape;
  for (const Field& param : type.params) shape.add(types.abi(param.type));
  return shape.finish().layout;
}

}  // namespace

Passage::Passage(Instance& root, AbiContext& from, AbiContext& to)
    : root_(root), types_(root.plan().types), from_(from), to_(to) {}

bool Passage::fits(const Types& types, const FuncType& type) {
  for (const Field& param : type.params) {
    if (types.abi(param.type).layout.size > kImageSize) return false;
  }
  return !type.result || types.abi(*type.result).layout.size <= kImageSize;
}

void Passage::params(const FuncType& type, bool in_indirect, const Raw* in, bool out_indirect,
                     Raw* out) {
  alignas(8) uint8_t image_in[kImageSize];
  alignas(8) uint8_t image_out[kImageSize];
  const uint8_t* from = nullptr;
  uint8_t* to = nullptr;
  if (in_indirect || out_indirect) {
    wit::Layout layout = params_layout(types_, type);
    if (in_indirect) from = from_.at(in->u32, layout.size, layout.align);
    if (out_indirect && ok()) {
      uint32_t address;
      to = to_.allocate(layout.size, layout.align, address);
      out->u64 = address;
    }
  }
  wit::RecordShape place;
  for (const Field& param : type.params) {
    if (!ok()) return;
    uint64_t offset = place.add(types_.abi(param.type));
    if (!from) spill(param.type, in, image_in);
    if (!ok()) return;
    move(param.type, from ? from + offset : image_in, to ? to + offset : image_out);
    if (!to && ok()) load_flat(param.type, image_out, out);
  }
}

void Passage::result(ValType type, bool in_indirect, const Raw* in, bool out_indirect,
                     uint32_t address, Raw* out) {
  alignas(8) uint8_t image_in[kImageSize];
  alignas(8) uint8_t image_out[kImageSize];
  const wit::Layout& layout = types_.abi(type).layout;
  const uint8_t* from = image_in;
  uint8_t* to = image_out;
  if (in_indirect) {
    from = from_.at(in->u32, layout.size, layout.align);
  } else {
    spill(type, in, image_in);
  }
  if (out_indirect && from) to = to_.at(address, layout.size, layout.align);
  if (!ok()) return;
  move(type, from, to);
  if (!out_indirect && ok()) load_flat(type, image_out, out);
}

void Passage::move_prim(Prim prim, const uint8_t* in, uint8_t* out) {
  switch (prim) {
    case Prim::boolean:
      *out = *in != 0;
      break;
    case Prim::u8:
    case Prim::s8:
      *out = *in;
      break;
    case Prim::u16:
    case Prim::s16:
      std::memcpy(out, in, 2);
      break;
    case Prim::u32:
    case Prim::s32:
    case Prim::f32:
      std::memcpy(out, in, 4);
      break;
    case Prim::u64:
    case Prim::s64:
    case Prim::f64:
      std::memcpy(out, in, 8);
      break;
    case Prim::character:
      store<uint32_t>(out, from_.lift_char(load<uint32_t>(in)));
      break;
    case Prim::string: {
      Text text = from_.lift_text(load<uint32_t>(in), load<uint32_t>(in + 4));
      if (!from_.ok()) return;
      AbiContext::Lowered lowered = to_.lower_text(text);
      store<uint32_t>(out, lowered.address);
      store<uint32_t>(out + 4, lowered.length);
      break;
    }
    case Prim::error_context:
      from_.fail("an error-context cannot be passed on");
      break;
  }
}

template <class Move>
void Passage::move_list(const wit::Layout& element, const uint8_t* in, uint8_t* out, Move&& move) {
  uint32_t count = load<uint32_t>(in + 4);
  const uint8_t* from = from_.lift_list(load<uint32_t>(in), count, element.size, element.align);
  if (!from) return;
  AbiContext::Lowered lowered;
  uint8_t* to = to_.lower_list(count, element.size, element.align, lowered);
  if (!to) return;
  move(count, from, to);
  store<uint32_t>(out, lowered.address);
  store<uint32_t>(out + 4, lowered.length);
}

void Passage::move_sequence(ValType element, const uint8_t* in, uint8_t* out) {
  const wit::Layout& layout = types_.abi(element).layout;
  move_list(layout, in, out, [&](uint32_t count, const uint8_t* from, uint8_t* to) {
    if (is_number(element)) {
      if (count != 0) std::memcpy(to, from, count * layout.size);
      return;
    }
    for (uint32_t i = 0; i < count && ok(); ++i, from += layout.size, to += layout.size) {
      move(element, from, to);
    }
  });
}

void Passage::move_pairs(const Map& map, const uint8_t* in, uint8_t* out) {
  wit::RecordShape pair;
  pair.add(types_.abi(map.key));
  uint64_t offset = pair.add(types_.abi(map.value));
  wit::Layout layout = pair.finish().layout;
  move_list(layout, in, out, [&](uint32_t count, const uint8_t* from, uint8_t* to) {
    for (uint32_t i = 0; i < count && ok(); ++i, from += layout.size, to += layout.size) {
      move(map.key, from, to);
      if (ok()) move(map.value, from + offset, to + offset);
    }
  });
}

void Passage::move_handle(ResourceId resource, bool own, const uint8_t* in, uint8_t* out) {
  ResourceKey key = root_.key(resource);
  uint32_t index = load<uint32_t>(in);
  std::optional<Object> object =
      own ? from_.take_object(index, key) : from_.borrow_object(index, key);
  if (!object) return;
  const ResourceInfo& info = root_.plan().resources[resource.index];
  uint32_t given;
  if (own) {
    given = to_.lower_object(*object, key, nullptr);
    if (given == 0) delete object->host;
  } else if (!info.host && info.definer.valid() && info.definer == to_.instance().id) {
    // Who defined the resource gets what it chose to represent it.
    given = object->rep;
  } else {
    given = to_.lower_object(*object, key, to_.borrow_scope());
  }
  store<uint32_t>(out, given);
}

void Passage::move_channel(bool future, const std::optional<ValType>& element, const uint8_t* in,
                           uint8_t* out) {
  std::shared_ptr<Channel> channel =
      component::lift_channel(from_, future, element, load<uint32_t>(in));
  store<uint32_t>(out, component::lower_channel(to_, std::move(channel)));
}

void Passage::move_case(ValType type, const Shape& shape, const uint8_t* in, uint8_t* out) {
  uint32_t cases = case_count(shape);
  uint32_t size = wit::discriminant_size(cases);
  uint32_t index = from_.lift_case(load_discriminant(in, size), cases);
  store_discriminant(out, size, index);
  if (!ok()) return;
  uint32_t offset = types_.offsets(type.id()).empty() ? 0 : types_.offsets(type.id())[0];
  if (std::optional<ValType> payload = payload_of(shape, index)) {
    move(*payload, in + offset, out + offset);
  }
}

void Passage::move(ValType type, const uint8_t* in, uint8_t* out) {
  if (type.is_prim()) return move_prim(type.prim(), in, out);
  const Shape& shape = types_.shape(type.id());
  std::span<const uint32_t> offsets = types_.offsets(type.id());
  bool parts = for_each_part(shape, [&](size_t i, ValType part) {
    if (ok()) move(part, in + offsets[i], out + offsets[i]);
  });
  if (parts) return;
  if (const auto* list = std::get_if<List>(&shape)) {
    move_sequence(list->element, in, out);
  } else if (const auto* map = std::get_if<Map>(&shape)) {
    move_pairs(*map, in, out);
  } else if (const auto* own = std::get_if<Own>(&shape)) {
    move_handle(own->resource, true, in, out);
  } else if (const auto* borrow = std::get_if<Borrow>(&shape)) {
    move_handle(borrow->resource, false, in, out);
  } else if (const auto* fixed = std::get_if<FixedList>(&shape)) {
    uint64_t size = types_.abi(fixed->element).layout.size;
    for (uint32_t i = 0; i < fixed->length && ok(); ++i) {
      move(fixed->element, in + i * size, out + i * size);
    }
  } else if (const auto* flags = std::get_if<Flags>(&shape)) {
    uint32_t size = static_cast<uint32_t>(types_.abi(type).layout.size);
    store_discriminant(out, size, load_discriminant(in, size) & flags_mask(*flags));
  } else if (const auto* stream = std::get_if<Stream>(&shape)) {
    move_channel(false, stream->element, in, out);
  } else if (const auto* future = std::get_if<Future>(&shape)) {
    move_channel(true, future->value, in, out);
  } else {
    move_case(type, shape, in, out);
  }
}

void Passage::spill(ValType type, const Raw*& flat, uint8_t* image) {
  if (type.is_prim()) {
    if (type.is(Prim::boolean)) {
      *image = flat++->u32 != 0;
    } else if (type.is(Prim::string)) {
      store<uint32_t>(image, flat[0].u32);
      store<uint32_t>(image + 4, flat[1].u32);
      flat += 2;
    } else {
      std::memcpy(image, flat++, types_.abi(type).layout.size);
    }
    return;
  }
  const Shape& shape = types_.shape(type.id());
  std::span<const uint32_t> offsets = types_.offsets(type.id());
  bool parts =
      for_each_part(shape, [&](size_t i, ValType part) { spill(part, flat, image + offsets[i]); });
  if (parts) return;
  if (std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape)) {
    store<uint32_t>(image, flat[0].u32);
    store<uint32_t>(image + 4, flat[1].u32);
    flat += 2;
  } else if (const auto* fixed = std::get_if<FixedList>(&shape)) {
    uint64_t size = types_.abi(fixed->element).layout.size;
    for (uint32_t i = 0; i < fixed->length; ++i) spill(fixed->element, flat, image + i * size);
  } else if (uint32_t cases = case_count(shape)) {
    const Raw* payload_flat = flat + 1;
    uint32_t index = from_.lift_case(flat->u32, cases);
    flat += types_.abi(type).flat.size();
    store_discriminant(image, wit::discriminant_size(cases), index);
    std::optional<ValType> payload = payload_of(shape, index);
    if (payload && from_.ok()) spill(*payload, payload_flat, image + offsets[0]);
  } else {
    // Flags and handles.
    std::memcpy(image, flat++, types_.abi(type).layout.size);
  }
}

void Passage::load_flat(ValType type, const uint8_t* image, Raw*& flat) {
  if (type.is_prim() && !type.is(Prim::string)) {
    flat++->u64 = core_value(type.prim(), image);
    return;
  }
  auto load_pair = [&] {
    flat++->u64 = load<uint32_t>(image);
    flat++->u64 = load<uint32_t>(image + 4);
  };
  if (type.is_prim()) return load_pair();
  const Shape& shape = types_.shape(type.id());
  std::span<const uint32_t> offsets = types_.offsets(type.id());
  bool parts = for_each_part(
      shape, [&](size_t i, ValType part) { load_flat(part, image + offsets[i], flat); });
  if (parts) return;
  if (std::holds_alternative<List>(shape) || std::holds_alternative<Map>(shape)) {
    load_pair();
  } else if (const auto* fixed = std::get_if<FixedList>(&shape)) {
    uint64_t size = types_.abi(fixed->element).layout.size;
    for (uint32_t i = 0; i < fixed->length; ++i) {
      load_flat(fixed->element, image + i * size, flat);
    }
  } else if (uint32_t cases = case_count(shape)) {
    Raw* end = flat + types_.abi(type).flat.size();
    uint32_t index = load_discriminant(image, wit::discriminant_size(cases));
    flat++->u64 = index;
    std::optional<ValType> payload = payload_of(shape, index);
    if (payload) load_flat(*payload, image + offsets[0], flat);
    pad_flat(flat, end);
  } else {
    uint32_t size = static_cast<uint32_t>(types_.abi(type).layout.size);
    flat++->u64 = size == 0 ? 0 : load_discriminant(image, size);
  }
}

}  // namespace weir::component
