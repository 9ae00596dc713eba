#include "wasm/core_types.h"

namespace weir::wasm {
namespace {

// While a group is read, references into it are written with this offset instead of an id.
constexpr uint32_t kRelative = 0x8000'0000;

void put(std::u32string& key, uint64_t bits) {
  key.push_back(static_cast<char32_t>(bits));
  key.push_back(static_cast<char32_t>(bits >> 32));
}

const char* heap_name(uint8_t code) {
  switch (code) {
    case 0x74:
      return "noexn";
    case 0x73:
      return "nofunc";
    case 0x72:
      return "noextern";
    case 0x71:
      return "none";
    case 0x70:
      return "func";
    case 0x6f:
      return "extern";
    case 0x6e:
      return "any";
    case 0x6d:
      return "eq";
    case 0x6c:
      return "i31";
    case 0x6b:
      return "struct";
    case 0x6a:
      return "array";
    case 0x69:
      return "exn";
    default:
      return nullptr;
  }
}

}  // namespace

std::string to_string(ValueType type) {
  if (type == kI32) return "i32";
  if (type == kI64) return "i64";
  if (type == kF32) return "f32";
  if (type == kF64) return "f64";
  if (type == kV128) return "v128";
  if (type == kFuncRef) return "funcref";
  if (type == kExternRef) return "externref";
  std::string text = "(ref ";
  if (type.nullable()) text += "null ";
  const char* name = type.concrete() ? nullptr : heap_name(type.code());
  return text + (name ? std::string(name) : "type " + std::to_string(type.canonical())) + ")";
}

std::string to_string(const CoreFunc& type) {
  std::string text = "(";
  for (size_t i = 0; i < type.params.size(); ++i) {
    text += (i ? " " : "") + to_string(type.params[i]);
  }
  text += ") -> (";
  for (size_t i = 0; i < type.results.size(); ++i) {
    text += (i ? " " : "") + to_string(type.results[i]);
  }
  return text + ")";
}

CoreTypeId CoreTypes::intern(const CoreFunc& type) {
  std::u32string key;
  put(key, 0x60);
  put(key, kNoCoreType);
  put(key, type.params.size());
  for (ValueType t : type.params) put(key, t.bits());
  put(key, type.results.size());
  for (ValueType t : type.results) put(key, t.bits());
  key.insert(0, 1, char32_t{1});
  auto [found, added] = groups_.try_emplace(std::move(key), entries_.size());
  if (added) entries_.push_back({true, false, 0x60, type, kNoCoreType});
  return found->second;
}

ValueType CoreTypes::read_value_type(Reader& reader, const std::vector<CoreTypeId>& space,
                                     uint32_t group_start, uint32_t group_end) {
  uint64_t at = reader.offset();
  uint8_t code = reader.byte();
  if (code >= 0x7b && code <= 0x7f) return ValueType::number(code);
  if (heap_name(code)) return ValueType::abstract_ref(true, code);
  if (code != 0x63 && code != 0x64) {
    reader.fail_at(at, "invalid core value type " + std::to_string(code));
    return kI32;
  }
  bool nullable = code == 0x63;
  int64_t heap = reader.s33();
  if (heap < 0) {
    uint8_t abstract = static_cast<uint8_t>(heap & 0x7f);
    if (!heap_name(abstract)) reader.fail_at(at, "invalid heap type");
    return ValueType::abstract_ref(nullable, abstract);
  }
  uint64_t index = static_cast<uint64_t>(heap);
  if (index >= group_start && index < group_end) {
    return ValueType::ref(nullable, kRelative | static_cast<uint32_t>(index - group_start));
  }
  if (index >= space.size()) {
    reader.fail_at(at, "unknown type " + std::to_string(index));
    return kI32;
  }
  if (space[index] == kNoCoreType) {
    reader.fail_at(at, "type index " + std::to_string(index) + " is a module type");
    return kI32;
  }
  return ValueType::ref(nullable, space[index]);
}

void CoreTypes::read_group(Reader& reader, std::vector<CoreTypeId>& space) {
  read_group(reader, reader.byte(), space);
}

void CoreTypes::read_group(Reader& reader, uint8_t lead, std::vector<CoreTypeId>& space) {
  constexpr uint32_t kMaxGroup = 100'000;
  constexpr uint32_t kMaxParams = 1000;
  constexpr uint32_t kMaxFields = 10'000;

  bool group = lead == 0x4e;
  uint32_t count = group ? reader.count(kMaxGroup, "types of a recursion group") : 1;
  uint32_t start = static_cast<uint32_t>(space.size());
  // A type alone may refer to itself as well.
  uint32_t end = start + count;
  std::vector<Entry> entries;
  std::u32string key(1, static_cast<char32_t>(count));

  auto value = [&] {
    ValueType t = read_value_type(reader, space, start, end);
    put(key, t.bits());
    return t;
  };
  for (uint32_t i = 0; i < count && reader.ok(); ++i) {
    uint64_t at = reader.offset();
    uint8_t code = group ? reader.byte() : lead;
    Entry entry;
    if (code == 0x50 || code == 0x4f) {
      uint8_t sub = code;
      entry.open = sub == 0x50;
      uint32_t supers = reader.count(1, "supertypes");
      if (supers == 1) {
        uint32_t index = reader.u32();
        if (index >= start && index < end) {
          entry.super = kRelative | (index - start);
        } else if (index < space.size()) {
          entry.super = space[index];
          if (entry.super == kNoCoreType) {
            reader.fail_at(at, "type index " + std::to_string(index) + " is a module type");
          } else if (!entries_[entry.super].open) {
            reader.fail_at(at, "sub type cannot have a final super type");
          }
        } else {
          reader.fail_at(at, "unknown type " + std::to_string(index));
        }
      }
      // A final type without supertypes is the same as one that says neither.
      if (sub == 0x50 || supers == 1) put(key, sub);
      code = reader.byte();
    }
    put(key, code);
    put(key, entry.super);
    entry.kind = code;
    auto field = [&] {
      uint8_t next = reader.peek();
      if (next == 0x77 || next == 0x78) {
        put(key, reader.byte());
      } else {
        value();
      }
      uint8_t is_mutable = reader.byte();
      if (is_mutable > 1) reader.fail("invalid mutability");
      put(key, is_mutable);
    };
    switch (code) {
      case 0x60: {
        entry.is_func = true;
        uint32_t params = reader.count(kMaxParams, "parameters");
        put(key, params);
        for (uint32_t p = 0; p < params && reader.ok(); ++p) entry.func.params.push_back(value());
        uint32_t results = reader.count(kMaxParams, "results");
        put(key, results);
        for (uint32_t r = 0; r < results && reader.ok(); ++r) entry.func.results.push_back(value());
        break;
      }
      case 0x5f: {
        uint32_t fields = reader.count(kMaxFields, "fields");
        put(key, fields);
        for (uint32_t f = 0; f < fields && reader.ok(); ++f) field();
        break;
      }
      case 0x5e:
        field();
        break;
      default:
        reader.fail_at(at, "invalid leading byte " + std::to_string(code) + " for a core type");
    }
    entries.push_back(std::move(entry));
  }
  if (!reader.ok()) return;

  auto [found, added] =
      groups_.try_emplace(std::move(key), static_cast<CoreTypeId>(entries_.size()));
  CoreTypeId first = found->second;
  if (added) {
    auto absolute = [&](ValueType t) {
      if (!t.concrete() || (t.canonical() & kRelative) == 0) return t;
      return ValueType::ref(t.nullable(), first + (t.canonical() & ~kRelative));
    };
    for (Entry& entry : entries) {
      for (ValueType& t : entry.func.params) t = absolute(t);
      for (ValueType& t : entry.func.results) t = absolute(t);
      if (entry.super != kNoCoreType && (entry.super & kRelative) != 0) {
        entry.super = first + (entry.super & ~kRelative);
      }
      entries_.push_back(std::move(entry));
    }
  }
  for (uint32_t i = 0; i < count; ++i) space.push_back(first + i);
}

bool CoreTypes::subtype(CoreTypeId a, CoreTypeId b) const {
  // A chain of supertypes only goes back, except in hostile groups that never reach the engine.
  for (size_t steps = 0; a < entries_.size() && steps <= 64; ++steps) {
    if (a == b) return true;
    a = entries_[a].super;
  }
  return false;
}

bool CoreTypes::heap_subtype(ValueType a, ValueType b) const {
  if (a.concrete() && b.concrete()) return subtype(a.canonical(), b.canonical());
  uint8_t above = b.code();
  if (a.concrete()) {
    if (b.concrete() || a.canonical() >= entries_.size()) return false;
    switch (entries_[a.canonical()].kind) {
      case 0x60:
        return above == 0x70;
      case 0x5f:
        return above == 0x6b || above == 0x6d || above == 0x6e;
      default:
        return above == 0x6a || above == 0x6d || above == 0x6e;
    }
  }
  uint8_t below = a.code();
  if (b.concrete()) {
    if (b.canonical() >= entries_.size()) return false;
    return below == (entries_[b.canonical()].kind == 0x60 ? 0x73 : 0x71);
  }
  if (below == above) return true;
  switch (below) {
    case 0x73:
      return above == 0x70;
    case 0x72:
      return above == 0x6f;
    case 0x74:
      return above == 0x69;
    case 0x71:
      return above >= 0x6a && above <= 0x6e;
    case 0x6c:
    case 0x6b:
    case 0x6a:
      return above == 0x6d || above == 0x6e;
    case 0x6d:
      return above == 0x6e;
    default:
      return false;
  }
}

bool CoreTypes::subtype(ValueType a, ValueType b) const {
  if (a == b) return true;
  if (!a.is_ref() || !b.is_ref()) return false;
  return (!a.nullable() || b.nullable()) && heap_subtype(a, b);
}

}  // namespace weir::wasm
