#include "wast/literal.h"

#include <charconv>
#include <cstring>

#include "util/escape.h"

namespace weir::wast {
namespace {

using component::Prim;
using component::Types;
using component::ValType;
using component::Value;

struct Expected {
  const char* head;
  Prim prim;
};
constexpr Expected kNumbers[] = {
    {"u8.const", Prim::u8},   {"s8.const", Prim::s8},   {"u16.const", Prim::u16},
    {"s16.const", Prim::s16}, {"u32.const", Prim::u32}, {"s32.const", Prim::s32},
    {"u64.const", Prim::u64}, {"s64.const", Prim::s64}, {"f32.const", Prim::f32},
    {"f64.const", Prim::f64},
};

unsigned bits_of(Prim prim) {
  switch (prim) {
    case Prim::u8:
    case Prim::s8:
      return 8;
    case Prim::u16:
    case Prim::s16:
      return 16;
    case Prim::u32:
    case Prim::s32:
    case Prim::f32:
      return 32;
    default:
      return 64;
  }
}

bool is_signed(Prim prim) {
  return prim == Prim::s8 || prim == Prim::s16 || prim == Prim::s32 || prim == Prim::s64;
}

std::string without_underscores(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c != '_') result += c;
  }
  return result;
}

// Splits off a sign and `0x`; answers the base.
int base_of(std::string& digits, bool& negative) {
  negative = digits.starts_with("-");
  if (negative || digits.starts_with("+")) digits.erase(0, 1);
  if (!digits.starts_with("0x")) return 10;
  digits.erase(0, 2);
  return 16;
}

// Integers may be written signed or unsigned, whatever their type.
std::optional<uint64_t> integer(std::string_view text, Prim prim) {
  std::string digits = without_underscores(text);
  bool negative = false;
  int base = base_of(digits, negative);
  uint64_t magnitude = 0;
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), magnitude, base);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  unsigned bits = bits_of(prim);
  uint64_t most = bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  if (magnitude > most || (negative && magnitude > most / 2 + 1)) return std::nullopt;
  uint64_t value = negative ? 0 - magnitude : magnitude;
  value &= most;
  if (is_signed(prim) && bits < 64 && (value >> (bits - 1) & 1)) value |= ~most;
  return value;
}

template <class F, class U>
std::optional<uint64_t> floating(std::string_view text, U quiet, U infinity) {
  constexpr U sign = U{1} << (sizeof(U) * 8 - 1);
  std::string digits = without_underscores(text);
  if (std::string_view(digits)
          .substr(digits.starts_with("-") || digits.starts_with("+") ? 1 : 0)
          .starts_with("nan:0x")) {
    bool negative = digits.starts_with("-");
    std::string payload = digits.substr(digits.find("0x") + 2);
    U value = 0;
    auto [end, error] = std::from_chars(payload.data(), payload.data() + payload.size(), value, 16);
    if (error != std::errc() || end != payload.data() + payload.size()) return std::nullopt;
    return infinity | value | (negative ? sign : 0);
  }
  bool negative = false;
  int base = base_of(digits, negative);
  U bits = 0;
  if (digits == "inf") {
    bits = infinity;
  } else if (digits == "nan") {
    bits = quiet;
  } else {
    F value = 0;
    auto format = base == 16 ? std::chars_format::hex : std::chars_format::general;
    auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, format);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    std::memcpy(&bits, &value, sizeof bits);
  }
  return bits | (negative ? sign : 0);
}

std::optional<uint64_t> number(std::string_view text, Prim prim) {
  if (prim == Prim::f32) return floating<float, uint32_t>(text, 0x7fc00000u, 0x7f800000u);
  if (prim == Prim::f64) {
    return floating<double, uint64_t>(text, 0x7ff8000000000000u, 0x7ff0000000000000u);
  }
  return integer(text, prim);
}

std::optional<uint32_t> only_character(std::string_view text) {
  std::u32string points;
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t point = size == 1 ? lead : lead & (0xffu >> (size + 1));
    if (i + size > text.size()) return std::nullopt;
    for (size_t k = 1; k < size; ++k) {
      point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    }
    points += static_cast<char32_t>(point);
    i += size;
  }
  if (points.size() != 1) return std::nullopt;
  return static_cast<uint32_t>(points[0]);
}

// The case that a name stands for, and its payload's type.
struct FoundCase {
  uint32_t index;
  std::optional<ValType> payload;
};

std::optional<FoundCase> case_named(const component::Shape& shape, std::string_view name) {
  if (const auto* variant = std::get_if<component::Variant>(&shape)) {
    for (uint32_t i = 0; i < variant->cases.size(); ++i) {
      if (variant->cases[i].name == name) return FoundCase{i, variant->cases[i].type};
    }
  } else if (const auto* e = std::get_if<component::Enum>(&shape)) {
    for (uint32_t i = 0; i < e->names.size(); ++i) {
      if (e->names[i] == name) return FoundCase{i, std::nullopt};
    }
  } else if (const auto* option = std::get_if<component::Option>(&shape)) {
    if (name == "none") return FoundCase{0, std::nullopt};
    if (name == "some") return FoundCase{1, option->value};
  } else if (const auto* result = std::get_if<component::ResultType>(&shape)) {
    if (name == "ok") return FoundCase{0, result->ok};
    if (name == "err") return FoundCase{1, result->err};
  }
  return std::nullopt;
}

class Literals {
 public:
  explicit Literals(const Types& types) : types_(types) {}

  Result<Value> read(ValType type, const Sexpr& literal) const {
    if (literal.kind != Sexpr::Kind::list || literal.items.empty()) return bad(type, literal);
    const std::string& head = literal.items[0].text;
    std::span<const Sexpr> rest = std::span(literal.items).subspan(1);
    if (type.is_prim()) return primitive(type, head, rest, literal);
    const component::Shape& shape = types_.shape(type.id());
    if (const auto* list = std::get_if<component::List>(&shape)) {
      if (head != "list.const") return bad(type, literal);
      return sequence(list->element, rest);
    }
    if (const auto* list = std::get_if<component::FixedList>(&shape)) {
      if (head != "list.const" || rest.size() != list->length) return bad(type, literal);
      Value value;
      for (const Sexpr& item : rest) value.parts.push_back(WEIR_TRY(read(list->element, item)));
      return value;
    }
    if (const auto* map = std::get_if<component::Map>(&shape)) {
      return pairs(*map, head, rest, literal);
    }
    if (const auto* record = std::get_if<component::Record>(&shape)) {
      if (head != "record.const" || rest.size() != record->fields.size()) return bad(type, literal);
      Value value;
      for (size_t i = 0; i < rest.size(); ++i) {
        const Sexpr& field = rest[i];
        if (!field.is_list("field") || field.items.size() < 3 ||
            field.items[1].text != record->fields[i].name) {
          return bad(type, literal);
        }
        // `(field "a" (u32.const 1))`, or without the inner parentheses.
        Sexpr inner = field.items[2];
        if (field.items.size() > 3) {
          inner.kind = Sexpr::Kind::list;
          inner.items.assign(field.items.begin() + 2, field.items.end());
        }
        value.parts.push_back(WEIR_TRY(read(record->fields[i].type, inner)));
      }
      return value;
    }
    if (const auto* tuple = std::get_if<component::Tuple>(&shape)) {
      if (head != "tuple.const" || rest.size() != tuple->types.size()) return bad(type, literal);
      Value value;
      for (size_t i = 0; i < rest.size(); ++i) {
        value.parts.push_back(WEIR_TRY(read(tuple->types[i], rest[i])));
      }
      return value;
    }
    if (const auto* flags = std::get_if<component::Flags>(&shape)) {
      if (head != "flags.const") return bad(type, literal);
      Value value;
      for (const Sexpr& name : rest) {
        size_t i = 0;
        while (i < flags->names.size() && flags->names[i] != name.text) ++i;
        if (i == flags->names.size()) return bad(type, literal);
        value.bits |= uint64_t{1} << i;
      }
      return value;
    }
    return variant(type, shape, head, rest, literal);
  }

 private:
  ErrValue<Error> bad(ValType type, const Sexpr& literal) const {
    return Err(Error{"line " + std::to_string(literal.line) + ": this is no literal of the type `" +
                     to_string(types_, type) + "`"});
  }

  Result<Value> primitive(ValType type, const std::string& head, std::span<const Sexpr> rest,
                          const Sexpr& literal) const {
    Value value;
    if (rest.size() != 1) return bad(type, literal);
    const std::string& text = rest[0].text;
    if (type.is(Prim::boolean)) {
      if (head != "bool.const" || (text != "true" && text != "false")) return bad(type, literal);
      value.bits = text == "true";
      return value;
    }
    if (type.is(Prim::character)) {
      std::optional<uint32_t> point = only_character(text);
      if (head != "char.const" || !point) return bad(type, literal);
      value.bits = *point;
      return value;
    }
    if (type.is(Prim::string)) {
      if (head != "str.const") return bad(type, literal);
      value.text = text;
      value.count = static_cast<uint32_t>(text.size());
      return value;
    }
    for (const Expected& expected : kNumbers) {
      if (head != expected.head || !type.is(expected.prim)) continue;
      std::optional<uint64_t> bits = number(text, expected.prim);
      if (!bits) return bad(type, literal);
      value.bits = *bits;
      return value;
    }
    return bad(type, literal);
  }

  Result<Value> sequence(ValType element, std::span<const Sexpr> rest) const {
    Value value;
    value.count = static_cast<uint32_t>(rest.size());
    for (const Sexpr& item : rest) {
      Value part = WEIR_TRY(read(element, item));
      if (component::is_number(element)) {
        value.text.append(reinterpret_cast<const char*>(&part.bits),
                          types_.abi(element).layout.size);
      } else {
        value.parts.push_back(std::move(part));
      }
    }
    return value;
  }

  Result<Value> pairs(const component::Map& map, const std::string& head,
                      std::span<const Sexpr> rest, const Sexpr& literal) const {
    Value value;
    value.count = static_cast<uint32_t>(rest.size());
    for (const Sexpr& item : rest) {
      bool entry = item.is_list("entry") && item.items.size() == 3;
      if (head != "map.const" || !entry) return bad(map.key, literal);
      Value& part = value.parts.emplace_back();
      part.parts.push_back(WEIR_TRY(read(map.key, item.items[1])));
      part.parts.push_back(WEIR_TRY(read(map.value, item.items[2])));
    }
    return value;
  }

  Result<Value> variant(ValType type, const component::Shape& shape, const std::string& head,
                        std::span<const Sexpr> rest, const Sexpr& literal) const {
    std::optional<FoundCase> found;
    if (head == "variant.const" || head == "enum.const") {
      if (rest.empty()) return bad(type, literal);
      found = case_named(shape, rest[0].text);
      rest = rest.subspan(1);
    } else if (size_t dot = head.find('.'); dot != std::string::npos) {
      found = case_named(shape, std::string_view(head).substr(dot + 1));
    }
    if (!found || rest.size() != (found->payload ? 1u : 0u)) return bad(type, literal);
    Value value;
    value.bits = found->index;
    if (found->payload) value.parts.push_back(WEIR_TRY(read(*found->payload, rest[0])));
    return value;
  }

  const Types& types_;
};

// Equality of what both stand for; the encoding that a string came in does not matter.
bool same(const Value& a, const Value& b) {
  if (a.bits != b.bits || a.text != b.text || a.parts.size() != b.parts.size()) return false;
  for (size_t i = 0; i < a.parts.size(); ++i) {
    if (!same(a.parts[i], b.parts[i])) return false;
  }
  return true;
}

}  // namespace

Result<Value> value_of(const Types& types, ValType type, const Sexpr& literal) {
  return Literals(types).read(type, literal);
}

Result<bool> matches(const Types& types, ValType type, const Sexpr& literal, const Value& value) {
  bool pattern = literal.kind == Sexpr::Kind::list && literal.items.size() == 2 &&
                 literal.items[1].text.starts_with("nan:") &&
                 !literal.items[1].text.starts_with("nan:0x");
  if (pattern && (type.is(Prim::f32) || type.is(Prim::f64))) {
    bool narrow = type.is(Prim::f32);
    uint64_t quiet = narrow ? 0x7fc00000u : 0x7ff8000000000000u;
    uint64_t sign = narrow ? uint64_t{1} << 31 : uint64_t{1} << 63;
    if (literal.items[1].text == "nan:canonical") return (value.bits & ~sign) == quiet;
    return (value.bits & quiet) == quiet;
  }
  Value expected = WEIR_TRY(value_of(types, type, literal));
  return same(expected, value);
}

std::string to_string(const Types& types, ValType type, const Value& value) {
  constexpr size_t kMost = 200;
  if (type.is_prim()) {
    if (type.is(Prim::string)) return "\"" + escaped(value.text).substr(0, kMost) + "\"";
    if (is_signed(type.prim())) return std::to_string(static_cast<int64_t>(value.bits));
    if (type.is(Prim::f32)) {
      float number;
      std::memcpy(&number, &value.bits, sizeof number);
      return std::to_string(number);
    }
    if (type.is(Prim::f64)) {
      double number;
      std::memcpy(&number, &value.bits, sizeof number);
      return std::to_string(number);
    }
    return std::to_string(value.bits);
  }
  std::string text = "a value of `" + component::to_string(types, type) + "` with the bits " +
                     std::to_string(value.bits);
  if (!value.text.empty()) text += ", \"" + escaped(value.text) + "\"";
  if (!value.parts.empty()) text += ", " + std::to_string(value.parts.size()) + " parts";
  return text.substr(0, kMost);
}

}  // namespace weir::wast
