#include "wit/types.h"

#include <utility>

#include "util/assert.h"

namespace weir::wit {

const char* name_of(Prim prim) {
  switch (prim) {
    case Prim::boolean:
      return "bool";
    case Prim::s8:
      return "s8";
    case Prim::u8:
      return "u8";
    case Prim::s16:
      return "s16";
    case Prim::u16:
      return "u16";
    case Prim::s32:
      return "s32";
    case Prim::u32:
      return "u32";
    case Prim::s64:
      return "s64";
    case Prim::u64:
      return "u64";
    case Prim::f32:
      return "f32";
    case Prim::f64:
      return "f64";
    case Prim::character:
      return "char";
    case Prim::string:
      return "string";
    case Prim::error_context:
      return "error-context";
  }
  return "?";
}

TypeId TypeTable::add(TypeDef def) {
  TypeId id{size()};
  WEIR_ASSERT((id.index & 0x8000'0000) == 0);
  uint8_t contains = 0;
  for_each_reference(def.shape, [&](Type type) {
    if (type.is_prim()) {
      if (type.is(Prim::error_context)) contains |= kHandle;
      return;
    }
    WEIR_ASSERT(type.id().index < id.index);
    contains |= entries_[type.id().index].contains;
  });
  Type root = id;
  if (const Alias* alias = std::get_if<Alias>(&def.shape)) root = this->root(alias->target);
  if (std::holds_alternative<Borrow>(def.shape)) contains |= kBorrow | kHandle;
  if (std::holds_alternative<Own>(def.shape) || std::holds_alternative<Stream>(def.shape) ||
      std::holds_alternative<Future>(def.shape)) {
    contains |= kHandle;
  }
  entries_.push_back({std::move(def), root, contains});
  return id;
}

const Shape* TypeTable::shape(Type type) const {
  Type end = root(type);
  return end.is_prim() ? nullptr : &entries_[end.id().index].def.shape;
}

}  // namespace weir::wit
