#include "tools/component/index_shift.h"

namespace weir::tools {
namespace {

constexpr uint8_t kCoreType = 0x10;
constexpr uint8_t kCoreModule = 0x11;

}  // namespace

uint8_t IndexShift::byte() {
  uint8_t value = in_.byte();
  out_.byte(value);
  return value;
}

uint32_t IndexShift::index() {
  uint32_t value = in_.u32();
  out_.u32(value);
  return value;
}

void IndexShift::leb() {
  while (in_.ok() && byte() >= 0x80) {
  }
}

void IndexShift::shifted_index() { outer_index(0, true); }

void IndexShift::outer_index(uint32_t count, bool shifted) {
  uint32_t value = in_.u32();
  out_.u32(shifted && count == depth_ ? value + shift_ : value);
}

bool IndexShift::sort() {
  if (byte() != 0x00) return false;
  uint8_t core = byte();
  return core == kCoreModule || core == kCoreType;
}

void IndexShift::sort_and_index() {
  if (sort()) {
    shifted_index();
  } else {
    index();
  }
}

void IndexShift::extern_name() {
  bool attributes = byte() == 0x02;
  name();
  if (!attributes) return;
  list([&] {
    byte();
    name();
  });
}

void IndexShift::extern_type() {
  switch (byte()) {
    case 0x00:
      byte();
      shifted_index();
      break;
    case 0x03:
      if (byte() == 0x00) index();
      break;
    default:
      index();
  }
}

void IndexShift::core_instance() {
  if (byte() == 0x00) shifted_index();
  list([&] {
    name();
    byte();
    index();
  });
}

void IndexShift::instance() {
  if (byte() == 0x00) {
    index();
    list([&] {
      name();
      sort_and_index();
    });
  } else {
    list([&] {
      extern_name();
      sort_and_index();
    });
  }
}

void IndexShift::alias() {
  bool shifted = sort();
  if (byte() == 0x02) {
    uint32_t count = index();
    outer_index(count, shifted);
  } else {
    index();
    name();
  }
}

void IndexShift::import_item() {
  extern_name();
  extern_type();
}

void IndexShift::export_item() {
  extern_name();
  sort_and_index();
  if (byte() == 0x01) extern_type();
}

void IndexShift::names() {
  while (in_.ok() && !in_.at_end()) {
    uint8_t id = byte();
    wasm::Reader part = in_.sized();
    IndexShift copier(part, shift_, depth_);
    if (id == 1) {
      bool shifted = copier.sort();
      copier.list([&] {
        shifted ? copier.shifted_index() : static_cast<void>(copier.index());
        copier.name();
      });
    } else {
      copier.rest();
    }
    in_.adopt(part);
    std::vector<uint8_t> content = copier.take();
    out_.u32(static_cast<uint32_t>(content.size()));
    out_.bytes(content);
  }
}

// ---- types

void IndexShift::optional_type() {
  if (byte() == 0x01) value_type();
}

void IndexShift::type() {
  uint8_t code = byte();
  switch (code) {
    case 0x72:  // record
      list([&] { name(), value_type(); });
      break;
    case 0x71:  // variant
      list([&] { name(), optional_type(), byte(); });
      break;
    case 0x70:  // list
    case 0x6b:  // option
      value_type();
      break;
    case 0x67:  // list of a fixed length
      value_type(), index();
      break;
    case 0x6f:  // tuple
      list([&] { value_type(); });
      break;
    case 0x6e:  // flags
    case 0x6d:  // enum
      list([&] { name(); });
      break;
    case 0x6a:  // result
      optional_type(), optional_type();
      break;
    case 0x69:  // own
    case 0x68:  // borrow
      index();
      break;
    case 0x66:  // stream
    case 0x65:  // future
      optional_type();
      break;
    case 0x63:  // map
      value_type(), value_type();
      break;
    case 0x43:  // functions
    case 0x40:
      list([&] { name(), value_type(); });
      byte() == 0x00 ? value_type() : static_cast<void>(byte());
      break;
    case 0x3f:  // resource
      byte();
      if (byte() == 0x01) index();
      break;
    case 0x42:  // instance
    case 0x41:  // component
      ++depth_;
      list([&] { declaration(); });
      --depth_;
      break;
    default:
      if (code != 0x64 && (code < 0x73 || code > 0x7f)) in_.fail("unknown type");
  }
}

void IndexShift::declaration() {
  switch (byte()) {
    case 0x00:
      return core_type();
    case 0x01:
      return type();
    case 0x02:
      return alias();
    case 0x03:
    case 0x04:
      return import_item();
    default:
      in_.fail("unknown declaration");
  }
}

// ---- core types

void IndexShift::core_type() {
  if (in_.peek() == 0x50) {
    byte();
    return list([&] { module_declaration(); });
  }
  // What tells a type that is open from a module type.
  if (in_.peek() == 0x00) byte();
  recursive_type(true);
}

void IndexShift::module_declaration() {
  switch (byte()) {
    case 0x00:
      name();
      name();
      return core_extern_type();
    case 0x01:
      return recursive_type(false);
    case 0x02: {
      byte();
      byte();
      // 0 is the module type itself.
      uint32_t count = index();
      return outer_index(count - 1, count > 0);
    }
    case 0x03:
      name();
      return core_extern_type();
    default:
      in_.fail("unknown declaration of a module type");
  }
}

void IndexShift::core_extern_type() {
  switch (byte()) {
    case 0x00:  // function
      index();
      break;
    case 0x01:  // table
      core_value_type(false);
      limits();
      break;
    case 0x02:  // memory
      limits();
      break;
    case 0x03:  // global
      core_value_type(false);
      byte();
      break;
    default:  // tag
      byte();
      index();
  }
}

void IndexShift::limits() {
  uint8_t flags = byte();
  leb();
  if (flags & 1) leb();
  if (flags & 8) leb();
}

void IndexShift::recursive_type(bool own) {
  if (in_.peek() != 0x4e) return sub_type(own);
  byte();
  list([&] { sub_type(own); });
}

void IndexShift::sub_type(bool own) {
  uint8_t code = byte();
  if (code == 0x50 || code == 0x4f) {
    list([&] { own ? shifted_index() : static_cast<void>(index()); });
    code = byte();
  }
  switch (code) {
    case 0x60:
      list([&] { core_value_type(own); });
      list([&] { core_value_type(own); });
      break;
    case 0x5f:
      list([&] { field_type(own); });
      break;
    case 0x5e:
      field_type(own);
      break;
    default:
      in_.fail("unknown core type");
  }
}

void IndexShift::field_type(bool own) {
  core_value_type(own);
  byte();
}

void IndexShift::core_value_type(bool own) {
  uint8_t code = byte();
  if (code == 0x63 || code == 0x64) core_type_index(own);
}

// A heap type: what is not negative is an index.
void IndexShift::core_type_index(bool own) {
  if (!own || (in_.peek() & 0xc0) == 0x40) return leb();
  uint32_t value = static_cast<uint32_t>(in_.s33());
  out_.s33(depth_ == 0 ? value + shift_ : value);
}

}  // namespace weir::tools
