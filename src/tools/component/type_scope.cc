#include "tools/component/type_scope.h"

#include <algorithm>

#include "wasm/reader.h"

namespace weir::tools {
namespace {

using wasm::Reader;

constexpr uint32_t kLimit = 1'000'000;
constexpr uint32_t kMaxDepth = 4;
// Whatever walks types may recurse so deep.
constexpr uint32_t kMaxTypeDepth = 200;

// Reads one type definition into a template.
class DefinitionReader {
 public:
  DefinitionReader(Reader& in, TypeEntry& entry) : in_(in), entry_(entry) {}

  // `code` has been read.
  void read(uint8_t code) {
    put(code);
    switch (code) {
      case 0x72:
        labeled([&] { value_type(); });
        return;
      case 0x71:
        labeled([&] {
          optional();
          put(in_.byte());
        });
        return;
      case 0x70:
      case 0x6b:
        value_type();
        return;
      case 0x67:
        value_type();
        number();
        return;
      case 0x6f:
        for (uint32_t i = count("types of a tuple"); i > 0 && in_.ok(); --i) value_type();
        return;
      case 0x6e:
      case 0x6d:
        labeled([] {});
        return;
      case 0x6a:
        optional();
        optional();
        return;
      case 0x69:
      case 0x68:
        hole(in_.u32(), false);
        return;
      case 0x66:
      case 0x65:
        optional();
        return;
      case 0x63:
        value_type();
        value_type();
        return;
      case 0x40:
      case 0x43:
        function(code == 0x43);
        return;
      default:
        if (code == 0x64 || (code >= 0x73 && code <= 0x7f)) return;
        in_.fail("type definition " + std::to_string(code) + " is not one of a world");
    }
  }

 private:
  void put(uint8_t byte) { out().bytes.push_back(byte); }
  TypeTemplate& out() { return target_ ? *target_ : entry_.definition; }
  void number() {
    wasm::Writer text;
    text.u32(in_.u32());
    out().bytes.insert(out().bytes.end(), text.data().begin(), text.data().end());
  }
  uint32_t count(const char* what) {
    uint32_t n = in_.count(kLimit, what);
    wasm::Writer text;
    text.u32(n);
    out().bytes.insert(out().bytes.end(), text.data().begin(), text.data().end());
    return n;
  }
  void name() {
    wasm::Writer text;
    text.name(in_.name());
    out().bytes.insert(out().bytes.end(), text.data().begin(), text.data().end());
  }
  void hole(uint32_t index, bool value) {
    out().holes.push_back({out().bytes.size(), index, value});
  }
  void value_type() {
    uint8_t next = in_.peek();
    if (next == 0x64 || (next >= 0x73 && next <= 0x7f)) {
      put(in_.byte());
      return;
    }
    int64_t index = in_.s33();
    if (index < 0) {
      in_.fail("unknown value type");
      return;
    }
    hole(static_cast<uint32_t>(index), true);
  }
  void optional() {
    uint8_t present = in_.byte();
    put(present);
    if (present > 1) in_.fail("neither a type nor none");
    if (present == 1) value_type();
  }
  template <class F>
  void labeled(F&& rest) {
    for (uint32_t i = count("labels"); i > 0 && in_.ok(); --i) {
      name();
      rest();
    }
  }
  void function(bool async) {
    labeled([&] { value_type(); });
    FunctionShape shape;
    shape.async = async;
    uint8_t form = in_.byte();
    put(form);
    if (form == 0) {
      shape.result.emplace();
      target_ = &*shape.result;
      value_type();
      target_ = nullptr;
      TypeTemplate& whole = entry_.definition;
      for (TypeTemplate::Hole part : shape.result->holes) {
        part.at += whole.bytes.size();
        whole.holes.push_back(part);
      }
      whole.bytes.insert(whole.bytes.end(), shape.result->bytes.begin(), shape.result->bytes.end());
    } else if (form == 1) {
      if (in_.byte() != 0) in_.fail("a function with named results");
      put(0);
    } else {
      in_.fail("unknown form of results");
    }
    entry_.function = std::move(shape);
  }

  Reader& in_;
  TypeEntry& entry_;
  TypeTemplate* target_ = nullptr;
};

class ScopeReader {
 public:
  explicit ScopeReader(Reader& in) : in_(in) {}

  // The declarations of an instance or component type, its code already read.
  std::unique_ptr<TypeScope> scope(TypeScope* parent, uint32_t depth) {
    auto made = std::make_unique<TypeScope>();
    made->parent = parent;
    if (depth > kMaxDepth) {
      in_.fail("types nest too deeply");
      return made;
    }
    for (uint32_t i = in_.count(kLimit, "declarations"); i > 0 && in_.ok(); --i) {
      declaration(*made, depth);
    }
    return made;
  }

 private:
  void declaration(TypeScope& scope, uint32_t depth) {
    switch (in_.byte()) {
      case 0x01:
        type(scope, depth);
        return;
      case 0x02:
        alias(scope);
        return;
      case 0x03:
        item(scope, true);
        return;
      case 0x04:
        item(scope, false);
        return;
      default:
        in_.fail("unknown declaration in a type");
    }
  }

  void type(TypeScope& scope, uint32_t depth) {
    TypeEntry entry;
    uint8_t code = in_.byte();
    if (code == 0x42 || code == 0x41) {
      entry.kind = TypeEntry::Kind::instance;
      entry.scope = this->scope(&scope, depth + 1);
    } else {
      DefinitionReader(in_, entry).read(code);
      for (const auto& hole : entry.definition.holes) check_type(scope, hole.index);
    }
    add(scope, std::move(entry));
  }

  void add(TypeScope& scope, TypeEntry entry) {
    if (!in_.ok()) return;
    auto over = [&](uint32_t depth) { entry.depth = std::max(entry.depth, depth + 1); };
    if (entry.kind == TypeEntry::Kind::outer) {
      over(scope.parent->types[entry.index].depth);
    } else if (entry.kind == TypeEntry::Kind::named) {
      over(scope.types[entry.index].depth);
    } else if (entry.kind == TypeEntry::Kind::exported) {
      const TypeScope& from = scope.instance_of(scope.items[scope.instances[entry.index]]);
      over(from.types[from.find(entry.name, ScopeItem::Sort::type)->type].depth);
    }
    for (const auto& hole : entry.definition.holes) over(scope.types[hole.index].depth);
    if (entry.depth > kMaxTypeDepth) in_.fail("types nest too deeply");
    scope.types.push_back(std::move(entry));
  }

  void alias(TypeScope& scope) {
    TypeEntry entry;
    if (in_.byte() != 0x03) in_.fail("an alias of something else than a type");
    uint8_t target = in_.byte();
    if (target == 0x00) {
      entry.kind = TypeEntry::Kind::exported;
      entry.index = in_.u32();
      entry.name = std::string(in_.name());
      if (in_.ok() && entry.index >= scope.instances.size()) in_.fail("unknown instance");
      if (in_.ok()) {
        const ScopeItem& item = scope.items[scope.instances[entry.index]];
        if (!scope.instance_of(item).find(entry.name, ScopeItem::Sort::type)) {
          in_.fail("the instance `" + item.name + "` has no type `" + entry.name + "`");
        }
      }
    } else if (target == 0x02) {
      entry.kind = TypeEntry::Kind::outer;
      uint32_t levels = in_.u32();
      entry.index = in_.u32();
      // From an instance type to its world, that is; the world itself has nothing around it.
      if (levels != 1 || !scope.parent || !scope.parent->parent) {
        in_.fail("an alias that reaches too far out");
      } else {
        check_type(*scope.parent, entry.index);
      }
    } else {
      in_.fail("unknown target of an alias");
    }
    add(scope, std::move(entry));
  }

  void check_type(const TypeScope& scope, uint32_t index) {
    if (in_.ok() && index >= scope.types.size()) in_.fail("unknown type");
  }

  void item(TypeScope& scope, bool import) {
    ScopeItem item;
    item.import = import;
    uint8_t form = in_.byte();
    item.name = std::string(in_.name());
    if (form == 0x02) {
      wasm::Writer attributes;
      uint32_t count = in_.count(8, "attributes");
      attributes.u32(count);
      for (; count > 0 && in_.ok(); --count) {
        attributes.byte(in_.byte());
        attributes.name(in_.name());
      }
      item.attributes = attributes.take();
    } else if (form > 0x02) {
      in_.fail("unknown form of a name");
    }
    uint8_t sort = in_.byte();
    if (sort == 0x03) {
      item.sort = ScopeItem::Sort::type;
      TypeEntry entry;
      entry.name = item.name;
      uint8_t bound = in_.byte();
      if (bound == 0x00) {
        entry.kind = TypeEntry::Kind::named;
        entry.index = in_.u32();
        check_type(scope, entry.index);
      } else if (bound == 0x01) {
        entry.kind = TypeEntry::Kind::resource;
      } else {
        in_.fail("unknown bound of a type");
      }
      item.type = static_cast<uint32_t>(scope.types.size());
      add(scope, std::move(entry));
    } else if (sort == 0x01 || sort == 0x05 || sort == 0x04) {
      item.sort = sort == 0x01 ? ScopeItem::Sort::func : ScopeItem::Sort::instance;
      item.type = in_.u32();
      check_type(scope, item.type);
      bool fits = in_.ok() && (sort == 0x01 ? scope.types[item.type].function.has_value()
                                            : scope.types[item.type].scope != nullptr);
      if (!fits) in_.fail("`" + item.name + "` has a type of another kind");
    } else {
      in_.fail("unknown sort of the item `" + item.name + "`");
    }
    if (!in_.ok()) return;
    uint32_t index = static_cast<uint32_t>(scope.items.size());
    if (sort == 0x05) scope.instances.push_back(index);
    // A world may import and export the same interface; then the import is found by name.
    scope.item_by_name.try_emplace(item.name, index);
    scope.items.push_back(std::move(item));
  }

  Reader& in_;
};

}  // namespace

void write_s33(wasm::Writer& out, uint32_t index) {
  uint64_t rest = index;
  while (rest >= 0x40) {
    out.byte(static_cast<uint8_t>(rest | 0x80));
    rest >>= 7;
  }
  out.byte(static_cast<uint8_t>(rest));
}

Result<WorldTypes> read_world(std::span<const uint8_t> bytes, uint64_t base) {
  Reader in(bytes, base);
  WorldTypes world;
  constexpr uint8_t kHeader[] = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  for (uint8_t byte : kHeader) in.expect(byte, "the header of a component");
  std::unique_ptr<TypeScope> wrapper;
  while (in.ok() && !in.at_end()) {
    uint8_t id = in.byte();
    Reader section = in.sized();
    if (id == 0) {
      if (section.name() == "wit-component-encoding") {
        section.byte();
        uint8_t encoding = section.byte();
        if (encoding > 2) section.fail("unknown string encoding");
        world.encoding = static_cast<StringEncoding>(encoding);
      }
    } else if (id == 7) {
      uint32_t count = section.u32();
      uint8_t code = section.byte();
      if (count != 1 || code != 0x41 || wrapper) section.fail("not the encoding of one world");
      if (section.ok()) wrapper = ScopeReader(section).scope(nullptr, 0);
    }
    in.adopt(section);
  }
  if (!in.ok()) return Err(in.error());
  if (!wrapper || wrapper->items.size() != 1 ||
      wrapper->items[0].sort != ScopeItem::Sort::instance) {
    return Err(Error{"the section component-type does not hold one world"});
  }
  world.name = wrapper->items[0].name;
  world.scope = std::move(wrapper->types[wrapper->items[0].type].scope);
  world.scope->parent = nullptr;
  return world;
}

}  // namespace weir::tools
