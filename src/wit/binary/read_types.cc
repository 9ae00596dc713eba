// Reads type definitions.
#include "wit/binary/codes.h"
#include "wit/binary/component_reader.h"
#include "wit/binary/declarations.h"
#include "wit/text/characters.h"

namespace weir::wit::binary {
namespace {

constexpr uint32_t kMaxItems = 1'000'000;
constexpr uint32_t kMaxNesting = 100;

std::optional<Prim> prim_of(uint8_t code) {
  if (code >= 0x73 && code <= 0x7f) return static_cast<Prim>(0x7f - code);
  if (code == 0x64) return Prim::error_context;
  return std::nullopt;
}

}  // namespace

std::string ComponentReader::label(Reader& r) {
  uint64_t offset = r.offset();
  std::string name(r.name());
  if (r.ok() && !is_kebab_case(name)) r.fail_at(offset, "a name is not in kebab case");
  return name;
}

Type ComponentReader::value_type(Reader& r, const Scope& s) {
  uint8_t first = r.peek();
  // One byte of a negative number is a primitive type.
  if (first >= 0x40 && first < 0x80) {
    r.byte();
    std::optional<Prim> prim = prim_of(first);
    if (!prim) r.fail("invalid leading byte for a value type");
    return prim.value_or(Prim::boolean);
  }
  int64_t index = r.s33();
  if (r.ok() && index < 0) r.fail("invalid leading byte for a value type");
  if (!r.ok()) return Prim::boolean;
  NodeId node = typed<Shape>(r, s, static_cast<uint32_t>(index), "a value type");
  return r.ok() ? Type(TypeId{node}) : Type(Prim::boolean);
}

std::optional<Type> ComponentReader::optional_value_type(Reader& r, const Scope& s) {
  uint8_t present = r.byte();
  if (present > 1) r.fail("invalid leading byte for an optional type");
  if (!r.ok() || present == 0) return std::nullopt;
  return value_type(r, s);
}

std::optional<Type> ComponentReader::result_list(Reader& r, const Scope& s) {
  uint8_t kind = r.byte();
  if (kind == 0) return value_type(r, s);
  if (kind != 1) r.fail("invalid leading byte for a result list");
  r.expect(0, "the count of named results");
  return std::nullopt;
}

TypeId ComponentReader::resource(Reader& r, const Scope& s) {
  return TypeId{typed<ResourceNode>(r, s, r.u32(), "a resource")};
}

void ComponentReader::type(Reader& r, Scope& s) {
  uint8_t code = r.byte();
  switch (code) {
    case kFunc:
    case kAsyncFunc:
      func_type(r, s, code == kAsyncFunc);
      return;
    case kComponent:
    case kInstance: {
      if (++nesting_ > kMaxNesting) r.fail("types nest too deep");
      Scope inner{.outer = &s, .begin = graph_.size()};
      declarations(r, inner, code == kComponent);
      --nesting_;
      if (code == kComponent) {
        s.types.push_back(add(
            r,
            {ComponentNode{std::move(inner.imports), std::move(inner.exports), inner.begin}, 0}));
      } else {
        s.types.push_back(add(r, {InstanceNode{std::move(inner.exports), inner.begin}, 0}));
      }
      return;
    }
    case 0x3f: {
      r.byte();
      if (r.byte() == 1) r.u32();
      s.types.push_back(add(r, {ResourceNode{}, 0}));
      return;
    }
    default:
      defined_type(r, s, code);
  }
}

void ComponentReader::defined_type(Reader& r, Scope& s, uint8_t code) {
  if (!r.ok()) return;
  auto count = [&](const char* what) { return r.count(kMaxItems, what); };
  auto labels = [&](const char* what) {
    std::vector<Label> labels;
    for (uint32_t i = count(what); i > 0 && r.ok(); --i) labels.push_back({label(r), "", {}});
    return labels;
  };
  Shape shape = Alias{Prim::boolean};
  switch (code) {
    case kRecord: {
      Record record;
      for (uint32_t i = count("fields of a record"); i > 0 && r.ok(); --i) {
        std::string name = label(r);
        record.fields.push_back({std::move(name), value_type(r, s), "", {}});
      }
      shape = std::move(record);
      break;
    }
    case kVariant: {
      Variant variant;
      for (uint32_t i = count("cases of a variant"); i > 0 && r.ok(); --i) {
        std::string name = label(r);
        variant.cases.push_back({std::move(name), optional_value_type(r, s), "", {}});
        r.expect(0, "the byte after a variant case");
      }
      shape = std::move(variant);
      break;
    }
    case kEnum:
      shape = Enum{labels("cases of an enum")};
      break;
    case kFlags:
      shape = Flags{labels("flags")};
      break;
    case kTuple: {
      Tuple tuple;
      for (uint32_t i = count("types of a tuple"); i > 0 && r.ok(); --i) {
        tuple.types.push_back(value_type(r, s));
      }
      shape = std::move(tuple);
      break;
    }
    case kList:
      shape = List{value_type(r, s)};
      break;
    case kFixedList: {
      Type element = value_type(r, s);
      shape = FixedList{element, r.u32()};
      if (r.ok() && std::get<FixedList>(shape).length == 0) {
        r.fail("a list of a fixed length must have an element");
      }
      break;
    }
    case kMap: {
      Type key = value_type(r, s);
      shape = Map{key, value_type(r, s)};
      break;
    }
    case kOption:
      shape = Option{value_type(r, s)};
      break;
    case kResult: {
      std::optional<Type> ok = optional_value_type(r, s);
      shape = ResultType{ok, optional_value_type(r, s)};
      break;
    }
    case kOwn:
      shape = Own{resource(r, s)};
      break;
    case kBorrow:
      shape = Borrow{resource(r, s)};
      break;
    case kStream:
      shape = Stream{optional_value_type(r, s)};
      break;
    case kFuture:
      shape = Future{optional_value_type(r, s)};
      break;
    default: {
      std::optional<Prim> prim = prim_of(code);
      if (!prim) r.fail("invalid leading byte for a type");
      shape = Alias{prim.value_or(Prim::boolean)};
    }
  }
  s.types.push_back(add(r, {std::move(shape), 0}));
}

void ComponentReader::func_type(Reader& r, Scope& s, bool async) {
  FuncNode func{.async = async, .params = {}, .result = {}};
  uint32_t count = r.count(kMaxItems, "parameters of a function");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    std::string name = label(r);
    func.params.push_back({std::move(name), value_type(r, s), {}});
  }
  func.result = result_list(r, s);
  s.types.push_back(add(r, {std::move(func), 0}));
}

void ComponentReader::declarations(Reader& r, Scope& s, bool component) {
  uint32_t count = r.count(kMaxItems, "declarations");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint8_t kind = r.byte();
    if (kind == kTypeDeclaration) {
      type(r, s);
    } else if (kind == kAliasDeclaration) {
      alias(r, s);
    } else if (kind == kExportDeclaration || (component && kind == kImportDeclaration)) {
      described_extern(r, s, kind == kImportDeclaration);
    } else {
      r.fail("a declaration of this kind is not supported");
    }
  }
}

}  // namespace weir::wit::binary
