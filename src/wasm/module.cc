#include "wasm/module.h"

#include <algorithm>
#include <unordered_set>

namespace weir::wasm {
namespace {

constexpr uint32_t kMaxTypes = 1'000'000;
constexpr uint32_t kMaxImports = 1'000'000;
constexpr uint32_t kMaxExports = 1'000'000;
constexpr uint32_t kMaxFunctions = 1'000'000;
constexpr uint32_t kMaxTables = 100'000;
constexpr uint32_t kMaxGlobals = 1'000'000;

// Skips a constant expression, its `end` included.
void skip_const_expr(Reader& reader, CoreTypes& types, const std::vector<CoreTypeId>& space) {
  (void)types;
  (void)space;
  while (reader.ok()) {
    uint64_t at = reader.offset();
    uint8_t op = reader.byte();
    switch (op) {
      case 0x0b:
        return;
      case 0x41:
        reader.s32();
        break;
      case 0x42:
        reader.s64();
        break;
      case 0x43:
        reader.bytes(4);
        break;
      case 0x44:
        reader.bytes(8);
        break;
      case 0x23:
      case 0xd2:
        reader.u32();
        break;
      case 0xd0:
        reader.s33();
        break;
      case 0x6a:
      case 0x6b:
      case 0x6c:
      case 0x7c:
      case 0x7d:
      case 0x7e:
        break;
      case 0xfb: {
        uint32_t sub = reader.u32();
        if (sub <= 1 || sub == 6 || sub == 7) {
          reader.u32();
        } else if (sub >= 8 && sub <= 10) {
          reader.u32();
          reader.u32();
        } else if (sub != 26 && sub != 27 && sub != 28) {
          reader.fail_at(at, "an instruction is not constant");
        }
        break;
      }
      case 0xfd:
        if (reader.u32() != 12) reader.fail_at(at, "an instruction is not constant");
        reader.bytes(16);
        break;
      default:
        reader.fail_at(at, "an instruction is not constant");
    }
  }
}

Limits read_limits(Reader& reader, bool memory) {
  uint64_t at = reader.offset();
  uint8_t flags = reader.byte();
  Limits limits;
  if (flags > (memory ? 0x0f : 0x07)) reader.fail_at(at, "invalid flags of limits");
  limits.shared = (flags & 2) != 0;
  limits.is64 = (flags & 4) != 0;
  limits.min = limits.is64 ? reader.u64() : reader.u32();
  if ((flags & 1) != 0) limits.max = limits.is64 ? reader.u64() : reader.u32();
  if ((flags & 8) != 0) limits.page_log2 = reader.u32();
  if (memory && !limits.is64 && limits.page_log2 == 16 &&
      (limits.min > 65536 || (limits.max && *limits.max > 65536))) {
    reader.fail_at(at, "memory size must be at most 65536 pages (4GiB)");
  }
  return limits;
}

ExternType read_table(Reader& reader, CoreTypes& types, const std::vector<CoreTypeId>& space) {
  ExternType type{.kind = ExternKind::table};
  type.value = types.read_value_type(reader, space);
  type.limits = read_limits(reader, false);
  return type;
}

ExternType read_global(Reader& reader, CoreTypes& types, const std::vector<CoreTypeId>& space) {
  ExternType type{.kind = ExternKind::global};
  type.value = types.read_value_type(reader, space);
  uint64_t at = reader.offset();
  uint8_t is_mutable = reader.byte();
  if (is_mutable > 1) reader.fail_at(at, "invalid mutability of a global");
  type.is_mutable = is_mutable == 1;
  return type;
}

CoreTypeId read_func_type_index(Reader& reader, const CoreTypes& types,
                                const std::vector<CoreTypeId>& space) {
  uint64_t at = reader.offset();
  uint32_t index = reader.u32();
  if (index >= space.size()) {
    reader.fail_at(at, "unknown type " + std::to_string(index) + ": type index out of bounds");
    return kNoCoreType;
  }
  if (!types.func(space[index])) reader.fail_at(at, "a function's type is not a function type");
  return space[index];
}

class ModuleReader {
 public:
  ModuleReader(CoreTypes& types, std::span<const uint8_t> bytes, uint64_t base)
      : types_(types), reader_(bytes, base) {}

  Result<Module> read() {
    std::span<const uint8_t> magic = reader_.bytes(8);
    static constexpr uint8_t kMagic[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    if (reader_.ok() && !std::equal(magic.begin(), magic.end(), kMagic)) {
      reader_.fail("this is no core module of version 1 (unknown binary version)");
    }
    int last = 0;
    while (reader_.ok() && !reader_.at_end()) {
      size_t header = reader_.position();
      uint64_t at = reader_.offset();
      uint8_t id = reader_.byte();
      uint32_t size = reader_.u32();
      size_t begin = reader_.position();
      Reader section = reader_.sub(size);
      if (!reader_.ok()) break;
      if (id == 0) continue;
      int rank = rank_of(id);
      if (rank == 0) {
        reader_.fail_at(at, "unknown section " + std::to_string(id) + " (malformed section id)");
        break;
      }
      if (rank <= last) {
        reader_.fail_at(at, "section " + std::to_string(id) + " is out of order");
        break;
      }
      last = rank;
      module_.sections.push_back({id, header, begin, begin + size});
      read_section(id, section);
      reader_.adopt(section);
      if (reader_.ok() && !section.at_end() && id != 9 && id != 10 && id != 11) {
        reader_.fail_at(section.offset(), "section " + std::to_string(id) +
                                              " is longer than what it holds (section size "
                                              "mismatch)");
      }
    }
    if (!reader_.ok()) return Err(reader_.error());
    return std::move(module_);
  }

 private:
  static int rank_of(uint8_t id) {
    switch (id) {
      case 1:
        return 1;
      case 2:
        return 2;
      case 3:
        return 3;
      case 4:
        return 4;
      case 5:
        return 5;
      case 13:
        return 6;
      case 6:
        return 7;
      case 7:
        return 8;
      case 8:
        return 9;
      case 9:
        return 10;
      case 12:
        return 11;
      case 10:
        return 12;
      case 11:
        return 13;
      default:
        return 0;
    }
  }

  void read_section(uint8_t id, Reader& r) {
    switch (id) {
      case 1: {
        uint32_t count = r.count(kMaxTypes, "types");
        for (uint32_t i = 0; i < count && r.ok(); ++i) types_.read_group(r, module_.types);
        break;
      }
      case 2: {
        uint32_t count = r.count(kMaxImports, "imports");
        std::unordered_set<std::string> seen;
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          uint64_t at = r.offset();
          std::string module(r.name());
          std::string name(r.name());
          ExternType type = read_extern_type(r, types_, module_.types);
          if (r.ok()) define(type);
          // Instantiation by two-level names cannot tell two of one name apart.
          if (!seen.insert(module + '\0' + name).second) {
            r.fail_at(at, "duplicate import name `" + module + ":" + name + "` already defined");
          }
          module_.imports.push_back({std::move(module), std::move(name), type});
        }
        break;
      }
      case 3: {
        uint32_t count = r.count(kMaxFunctions, "functions");
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          module_.funcs.push_back(read_func_type_index(r, types_, module_.types));
        }
        break;
      }
      case 4: {
        uint32_t count = r.count(kMaxTables, "tables");
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          bool initialised = r.peek() == 0x40;
          if (initialised) {
            r.byte();
            r.expect(0, "the byte after 0x40 of a table");
          }
          module_.tables.push_back(read_table(r, types_, module_.types));
          if (initialised) skip_const_expr(r, types_, module_.types);
        }
        break;
      }
      case 5: {
        uint32_t count = r.count(kMaxTables, "memories");
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          module_.memories.push_back({.kind = ExternKind::memory, .limits = read_limits(r, true)});
        }
        break;
      }
      case 13: {
        uint32_t count = r.count(kMaxTypes, "tags");
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          r.expect(0, "the attribute of a tag");
          module_.tags.push_back(read_func_type_index(r, types_, module_.types));
        }
        break;
      }
      case 6: {
        uint32_t count = r.count(kMaxGlobals, "globals");
        for (uint32_t i = 0; i < count && r.ok(); ++i) {
          module_.globals.push_back(read_global(r, types_, module_.types));
          skip_const_expr(r, types_, module_.types);
        }
        break;
      }
      case 7:
        read_exports(r);
        break;
      case 8: {
        uint64_t at = r.offset();
        module_.start = r.u32();
        if (r.ok() && *module_.start >= module_.funcs.size()) {
          r.fail_at(at, "unknown function " + std::to_string(*module_.start) + " as start");
        } else if (r.ok()) {
          const CoreFunc* type = types_.func(module_.funcs[*module_.start]);
          if (!type || !type->params.empty() || !type->results.empty()) {
            r.fail_at(at, "the start function has parameters or results");
          }
        }
        break;
      }
      case 10:
        module_.code_size = r.remaining();
        break;
      case 11:
        module_.data_size = r.remaining();
        break;
      case 12:
        r.u32();
        break;
      default:
        break;
    }
  }

  void read_exports(Reader& r) {
    uint32_t count = r.count(kMaxExports, "exports");
    module_.exports.reserve(count);
    module_.export_by_name.reserve(count);
    for (uint32_t i = 0; i < count && r.ok(); ++i) {
      uint64_t at = r.offset();
      std::string name(r.name());
      uint8_t kind = r.byte();
      uint32_t index = r.u32();
      if (!r.ok()) return;
      if (kind > 4) {
        r.fail_at(at, "invalid kind of an export");
        return;
      }
      Export e{std::move(name), static_cast<ExternKind>(kind), index, {}};
      if (!type_of(e.kind, index, e.type)) {
        r.fail_at(at, std::string("unknown ") + name_of(e.kind) + " " + std::to_string(index) +
                          " is exported");
        return;
      }
      if (!module_.export_by_name.try_emplace(e.name, i).second) {
        r.fail_at(at, "duplicate export name \"" + e.name + "\" already defined");
        return;
      }
      module_.exports.push_back(std::move(e));
    }
  }

  void define(const ExternType& type) {
    switch (type.kind) {
      case ExternKind::func:
        module_.funcs.push_back(type.type);
        break;
      case ExternKind::table:
        module_.tables.push_back(type);
        break;
      case ExternKind::memory:
        module_.memories.push_back(type);
        break;
      case ExternKind::global:
        module_.globals.push_back(type);
        break;
      case ExternKind::tag:
        module_.tags.push_back(type.type);
        break;
    }
  }

  bool type_of(ExternKind kind, uint32_t index, ExternType& type) const {
    auto pick = [&](const auto& space) {
      if (index >= space.size()) return false;
      if constexpr (std::is_same_v<std::decay_t<decltype(space[0])>, CoreTypeId>) {
        type = {.kind = kind, .type = space[index]};
      } else {
        type = space[index];
      }
      return true;
    };
    switch (kind) {
      case ExternKind::func:
        return pick(module_.funcs);
      case ExternKind::table:
        return pick(module_.tables);
      case ExternKind::memory:
        return pick(module_.memories);
      case ExternKind::global:
        return pick(module_.globals);
      case ExternKind::tag:
        return pick(module_.tags);
    }
    return false;
  }

  CoreTypes& types_;
  Reader reader_;
  Module module_;
};

}  // namespace

const char* name_of(ExternKind kind) {
  switch (kind) {
    case ExternKind::func:
      return "function";
    case ExternKind::table:
      return "table";
    case ExternKind::memory:
      return "memory";
    case ExternKind::global:
      return "global";
    case ExternKind::tag:
      return "tag";
  }
  return "?";
}

std::string to_string(const CoreTypes& types, const ExternType& type) {
  std::string text = name_of(type.kind);
  auto limits = [&] {
    text += " of at least " + std::to_string(type.limits.min);
    if (type.limits.max) text += " and at most " + std::to_string(*type.limits.max);
  };
  switch (type.kind) {
    case ExternKind::func:
    case ExternKind::tag:
      if (const CoreFunc* func = types.func(type.type)) text += " " + to_string(*func);
      break;
    case ExternKind::global:
      text += std::string(type.is_mutable ? " mut " : " ") + to_string(type.value);
      break;
    case ExternKind::table:
      text += " " + to_string(type.value);
      limits();
      break;
    case ExternKind::memory:
      limits();
      break;
  }
  return text;
}

bool matches(const CoreTypes& types, const ExternType& a, const ExternType& b) {
  if (a.kind != b.kind) return false;
  auto limits = [&] {
    if (a.limits.min < b.limits.min || a.limits.is64 != b.limits.is64 ||
        a.limits.shared != b.limits.shared || a.limits.page_log2 != b.limits.page_log2) {
      return false;
    }
    return !b.limits.max || (a.limits.max && *a.limits.max <= *b.limits.max);
  };
  switch (a.kind) {
    case ExternKind::func:
      return types.subtype(a.type, b.type);
    case ExternKind::tag:
      return a.type == b.type;
    case ExternKind::global:
      if (a.is_mutable != b.is_mutable) return false;
      return a.is_mutable ? a.value == b.value : types.subtype(a.value, b.value);
    case ExternKind::table:
      return a.value == b.value && limits();
    case ExternKind::memory:
      return limits();
  }
  return false;
}

uint32_t Module::imported(ExternKind kind) const {
  uint32_t count = 0;
  for (const Import& import : imports) count += import.type.kind == kind;
  return count;
}

const Export* Module::find_export(const std::string& name) const {
  auto found = export_by_name.find(name);
  return found == export_by_name.end() ? nullptr : &exports[found->second];
}

const Section* Module::find_section(uint8_t id) const {
  for (const Section& section : sections) {
    if (section.id == id) return &section;
  }
  return nullptr;
}

ExternType read_extern_type(Reader& reader, CoreTypes& types,
                            const std::vector<CoreTypeId>& space) {
  uint64_t at = reader.offset();
  uint8_t kind = reader.byte();
  switch (kind) {
    case 0x00:
      return {.kind = ExternKind::func, .type = read_func_type_index(reader, types, space)};
    case 0x01:
      return read_table(reader, types, space);
    case 0x02:
      return {.kind = ExternKind::memory, .limits = read_limits(reader, true)};
    case 0x03:
      return read_global(reader, types, space);
    case 0x04: {
      reader.expect(0, "the attribute of a tag");
      return {.kind = ExternKind::tag, .type = read_func_type_index(reader, types, space)};
    }
    default:
      reader.fail_at(at, "invalid kind " + std::to_string(kind) + " of a core import or export");
      return {};
  }
}

Result<Module> read_module(CoreTypes& types, std::span<const uint8_t> bytes, uint64_t base) {
  return ModuleReader(types, bytes, base).read();
}

}  // namespace weir::wasm
