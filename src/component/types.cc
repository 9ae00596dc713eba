#include "component/types.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "util/assert.h"
#include "wit/type_layout.h"

namespace weir::component {
namespace {

constexpr size_t kMaxTypeText = 2000;

void mix(size_t& hash, size_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
}
void mix(size_t& hash, ValType type) { mix(hash, type.bits()); }
void mix(size_t& hash, const std::optional<ValType>& type) {
  mix(hash, type ? type->bits() : 0x7fff'ffff);
}
void mix(size_t& hash, const std::string& text) { mix(hash, std::hash<std::string>()(text)); }

// Calls `f` for each reference to a type, `g` for each reference to a resource.
template <class S, class F, class G>
void for_each_reference(S& shape, F&& f, G&& g) {
  std::visit(
      [&](auto& s) {
        using T = std::remove_cvref_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Record>) {
          for (auto& field : s.fields) f(field.type);
        } else if constexpr (std::is_same_v<T, Variant>) {
          for (auto& c : s.cases) {
            if (c.type) f(*c.type);
          }
        } else if constexpr (std::is_same_v<T, Tuple>) {
          for (auto& type : s.types) f(type);
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, FixedList>) {
          f(s.element);
        } else if constexpr (std::is_same_v<T, Map>) {
          f(s.key);
          f(s.value);
        } else if constexpr (std::is_same_v<T, Option>) {
          f(s.value);
        } else if constexpr (std::is_same_v<T, ResultType>) {
          if (s.ok) f(*s.ok);
          if (s.err) f(*s.err);
        } else if constexpr (std::is_same_v<T, Own> || std::is_same_v<T, Borrow>) {
          g(s.resource);
        } else if constexpr (std::is_same_v<T, Stream>) {
          if (s.element) f(*s.element);
        } else if constexpr (std::is_same_v<T, Future>) {
          if (s.value) f(*s.value);
        }
      },
      shape);
}

size_t hash_of(const Shape& shape) {
  size_t hash = shape.index();
  if (auto* record = std::get_if<Record>(&shape)) {
    for (const Field& field : record->fields) mix(hash, field.name);
  } else if (auto* variant = std::get_if<Variant>(&shape)) {
    for (const Case& c : variant->cases) mix(hash, c.name);
  } else if (auto* names = std::get_if<Enum>(&shape)) {
    for (const std::string& name : names->names) mix(hash, name);
  } else if (auto* flags = std::get_if<Flags>(&shape)) {
    for (const std::string& name : flags->names) mix(hash, name);
  } else if (auto* list = std::get_if<FixedList>(&shape)) {
    mix(hash, list->length);
  } else if (auto* result = std::get_if<ResultType>(&shape)) {
    mix(hash, size_t{result->ok.has_value()});
  }
  for_each_reference(
      shape, [&](ValType type) { mix(hash, type); },
      [&](ResourceId id) { mix(hash, size_t{id.index}); });
  return hash;
}

size_t hash_of(const FuncType& type) {
  size_t hash = type.async;
  for (const Field& param : type.params) {
    mix(hash, param.name);
    mix(hash, param.type);
  }
  mix(hash, type.result);
  return hash;
}

bool is_string(ValType type) { return type.is(Prim::string); }

}  // namespace

Contents Types::contents(ValType type) const {
  if (!type.is_prim()) return types_[type.id().index].contents;
  Contents contents;
  contents.pointer = is_string(type);
  contents.handle = type.is(Prim::error_context);
  return contents;
}

const wit::AbiShape& Types::abi(ValType type) const {
  if (!type.is_prim()) return types_[type.id().index].abi;
  static const std::vector<wit::AbiShape> kPrims = [] {
    std::vector<wit::AbiShape> shapes;
    for (int i = 0; i <= static_cast<int>(Prim::error_context); ++i) {
      shapes.push_back(wit::shape_of(static_cast<Prim>(i)));
    }
    return shapes;
  }();
  return kPrims[static_cast<size_t>(type.prim())];
}

wit::Layout Types::wide_layout(ValType type) const {
  if (!type.is_prim()) return types_[type.id().index].wide;
  return is_string(type) ? wit::Layout{16, 8} : abi(type).layout;
}

std::span<const uint32_t> Types::offsets(TypeId id) const { return types_[id.index].offsets; }

TypeId Types::push(Shape shape, TypeId canonical) {
  Entry entry;
  for_each_reference(
      shape,
      [&](ValType type) {
        WEIR_ASSERT(type.is_prim() || type.id().index < types_.size());
        entry.contents = entry.contents | contents(type);
        entry.depth = std::max(entry.depth, depth(type));
      },
      [&](ResourceId) {});
  ++entry.depth;

  auto offset = [&](uint64_t at) {
    entry.offsets.push_back(static_cast<uint32_t>(std::min<uint64_t>(at, UINT32_MAX)));
  };
  // The wide layouts go through the same builders, which need no flat types for that.
  auto wide = [&](ValType type) { return wit::AbiShape{wide_layout(type), {}}; };
  auto variant = [&](size_t cases, std::initializer_list<const std::optional<ValType>*> payloads) {
    wit::VariantShape builder(cases);
    wit::VariantShape wide_builder(cases);
    for (const auto* payload : payloads) {
      if (*payload) builder.add(abi(**payload));
      if (*payload) wide_builder.add(wide(**payload));
    }
    entry.wide = wide_builder.finish().layout;
    offset(builder.payload_offset());
    return builder.finish();
  };
  std::visit(
      [&](const auto& s) {
        using T = std::remove_cvref_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Record>) {
          wit::RecordShape builder;
          for (const Field& field : s.fields) offset(builder.add(abi(field.type)));
          entry.abi = builder.finish();
          wit::RecordShape wide_builder;
          for (const Field& field : s.fields) wide_builder.add(wide(field.type));
          entry.wide = wide_builder.finish().layout;
        } else if constexpr (std::is_same_v<T, Tuple>) {
          wit::RecordShape builder;
          for (ValType type : s.types) offset(builder.add(abi(type)));
          entry.abi = builder.finish();
          wit::RecordShape wide_builder;
          for (ValType type : s.types) wide_builder.add(wide(type));
          entry.wide = wide_builder.finish().layout;
        } else if constexpr (std::is_same_v<T, Variant>) {
          wit::VariantShape builder(s.cases.size());
          for (const Case& c : s.cases) {
            if (c.type) builder.add(abi(*c.type));
          }
          offset(builder.payload_offset());
          entry.abi = builder.finish();
          wit::VariantShape wide_builder(s.cases.size());
          for (const Case& c : s.cases) {
            if (c.type) wide_builder.add(wide(*c.type));
          }
          entry.wide = wide_builder.finish().layout;
        } else if constexpr (std::is_same_v<T, Enum>) {
          entry.abi = wit::VariantShape(s.names.size()).finish();
        } else if constexpr (std::is_same_v<T, Option>) {
          std::optional<ValType> value = s.value;
          entry.abi = variant(2, {&value});
        } else if constexpr (std::is_same_v<T, ResultType>) {
          entry.abi = variant(2, {&s.ok, &s.err});
        } else if constexpr (std::is_same_v<T, Flags>) {
          entry.abi = wit::flags_shape(s.names.size());
        } else if constexpr (std::is_same_v<T, List> || std::is_same_v<T, Map>) {
          entry.abi = wit::list_shape();
          entry.wide = {16, 8};
          entry.contents.pointer = true;
        } else if constexpr (std::is_same_v<T, FixedList>) {
          entry.abi = wit::fixed_list_shape(abi(s.element), s.length);
          entry.wide = wide_layout(s.element);
          entry.wide.size = wit::saturating_multiply(entry.wide.size, s.length);
        } else {
          entry.abi = wit::handle_shape();
          entry.contents.handle = true;
          if constexpr (std::is_same_v<T, Stream> || std::is_same_v<T, Future>) {
            // What it carries does not lie in the memory of the value itself.
            entry.contents.pointer = false;
          } else {
            entry.contents.resource = true;
            entry.contents.borrow = std::is_same_v<T, Borrow>;
          }
        }
      },
      shape);

  if (entry.wide.size == 0) entry.wide = entry.abi.layout;
  entry.shape = std::move(shape);
  TypeId id{static_cast<uint32_t>(types_.size())};
  entry.canonical = canonical.valid() ? canonical : id;
  types_.push_back(std::move(entry));
  return id;
}

TypeId Types::intern(Shape shape) {
  for_each_reference(
      shape, [&](ValType& type) { type = canonical(type); },
      [&](ResourceId& id) { id = canonical(id); });
  size_t hash = hash_of(shape);
  auto [begin, end] = interned_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (types_[it->second].shape == shape) return TypeId{it->second};
  }
  TypeId id = push(std::move(shape), {});
  interned_.emplace(hash, id.index);
  return id;
}

TypeId Types::add(Shape shape) {
  TypeId canonical = intern(shape);
  return push(std::move(shape), canonical);
}

TypeId Types::alias(TypeId type) {
  Entry copy = types_[type.index];
  types_.push_back(std::move(copy));
  return TypeId{static_cast<uint32_t>(types_.size() - 1)};
}

FuncTypeId Types::intern(FuncType type) {
  size_t hash = hash_of(type);
  auto [begin, end] = interned_funcs_.equal_range(hash);
  for (auto it = begin; it != end; ++it) {
    if (funcs_[it->second].type == type) return FuncTypeId{it->second};
  }
  FuncEntry entry;
  for (const Field& param : type.params) entry.params = entry.params | contents(param.type);
  if (type.result) entry.result = contents(*type.result);
  entry.type = std::move(type);
  FuncTypeId id{static_cast<uint32_t>(funcs_.size())};
  funcs_.push_back(std::move(entry));
  interned_funcs_.emplace(hash, id.index);
  return id;
}

ResourceId Types::add_resource() {
  ResourceId id{static_cast<uint32_t>(resources_.size())};
  resources_.push_back(id);
  return id;
}

ResourceId Types::alias(ResourceId resource) {
  resources_.push_back(canonical(resource));
  return ResourceId{static_cast<uint32_t>(resources_.size() - 1)};
}

bool Types::equal(FuncTypeId a, FuncTypeId b, bool names) const {
  if (a == b) return true;
  const FuncType& x = func(a);
  const FuncType& y = func(b);
  if (x.async != y.async || x.params.size() != y.params.size() ||
      x.result.has_value() != y.result.has_value()) {
    return false;
  }
  for (size_t i = 0; i < x.params.size(); ++i) {
    if (!equal(x.params[i].type, y.params[i].type)) return false;
    if (names && x.params[i].name != y.params[i].name) return false;
  }
  return !x.result || equal(*x.result, *y.result);
}

wit::FlatSignature Types::signature(FuncTypeId id, wit::Direction direction,
                                    wit::CallAbi call) const {
  const FuncType& type = func(id);
  wit::FlatTypes params;
  for (const Field& param : type.params) params.append(abi(param.type).flat);
  wit::FlatTypes result;
  if (type.result) result = abi(*type.result).flat;
  return wit::flatten_function(params, result, direction, call);
}

namespace {

class Printer {
 public:
  explicit Printer(const Types& types) : types_(types) {}

  void print(ValType type) {
    if (full()) return;
    if (type.is_prim()) {
      text_ += wit::name_of(type.prim());
      return;
    }
    std::visit([&](const auto& shape) { print(shape); }, types_.shape(type.id()));
  }
  void print(const FuncType& type) {
    text_ += type.async ? "async func(" : "func(";
    for (size_t i = 0; i < type.params.size(); ++i) {
      if (i) text_ += ", ";
      if (!type.params[i].name.empty()) text_ += type.params[i].name + ": ";
      print(type.params[i].type);
    }
    text_ += ")";
    if (type.result) {
      text_ += " -> ";
      print(*type.result);
    }
  }
  std::string take() {
    if (full()) text_.replace(kMaxTypeText, std::string::npos, "...");
    return std::move(text_);
  }

 private:
  bool full() const { return text_.size() > kMaxTypeText; }

  void print(const Record& s) {
    text_ += "record { ";
    for (size_t i = 0; i < s.fields.size() && !full(); ++i) {
      if (i) text_ += ", ";
      text_ += s.fields[i].name + ": ";
      print(s.fields[i].type);
    }
    text_ += " }";
  }
  void print(const Variant& s) {
    text_ += "variant { ";
    for (size_t i = 0; i < s.cases.size() && !full(); ++i) {
      if (i) text_ += ", ";
      text_ += s.cases[i].name;
      if (s.cases[i].type) wrap("", *s.cases[i].type, "(", ")");
    }
    text_ += " }";
  }
  void names(const char* kind, const std::vector<std::string>& names) {
    text_ += kind;
    text_ += " { ";
    for (size_t i = 0; i < names.size() && !full(); ++i) text_ += (i ? ", " : "") + names[i];
    text_ += " }";
  }
  void print(const Enum& s) { names("enum", s.names); }
  void print(const Flags& s) { names("flags", s.names); }
  void print(const Tuple& s) {
    text_ += "tuple<";
    for (size_t i = 0; i < s.types.size() && !full(); ++i) {
      if (i) text_ += ", ";
      print(s.types[i]);
    }
    text_ += ">";
  }
  void wrap(const char* name, ValType type, const char* open = "<", const char* close = ">") {
    text_ += name;
    text_ += open;
    print(type);
    text_ += close;
  }
  void print(const List& s) { wrap("list", s.element); }
  void print(const FixedList& s) {
    text_ += "list<";
    print(s.element);
    text_ += ", " + std::to_string(s.length) + ">";
  }
  void print(const Map& s) {
    text_ += "map<";
    print(s.key);
    text_ += ", ";
    print(s.value);
    text_ += ">";
  }
  void print(const Option& s) { wrap("option", s.value); }
  void print(const ResultType& s) {
    text_ += "result";
    if (!s.ok && !s.err) return;
    text_ += "<";
    s.ok ? print(*s.ok) : void(text_ += "_");
    if (s.err) {
      text_ += ", ";
      print(*s.err);
    }
    text_ += ">";
  }
  void handle(const char* name, ResourceId id) {
    text_ += std::string(name) + "<resource " + std::to_string(types_.canonical(id).index) + ">";
  }
  void print(const Own& s) { handle("own", s.resource); }
  void print(const Borrow& s) { handle("borrow", s.resource); }
  void print(const Stream& s) { s.element ? wrap("stream", *s.element) : void(text_ += "stream"); }
  void print(const Future& s) { s.value ? wrap("future", *s.value) : void(text_ += "future"); }

  const Types& types_;
  std::string text_;
};

}  // namespace

std::string to_string(const Types& types, ValType type) {
  Printer printer(types);
  printer.print(type);
  return printer.take();
}

std::string to_string(const Types& types, FuncTypeId type) {
  Printer printer(types);
  printer.print(types.func(type));
  return printer.take();
}

}  // namespace weir::component
