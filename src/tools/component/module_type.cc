#include "tools/component/module_type.h"

#include <unordered_map>

namespace weir::tools {
namespace {

using wasm::ExternKind;
using wasm::ExternType;
using wasm::ValueType;
using wasm::Writer;

void write_u64(Writer& out, uint64_t value) {
  while (value >= 0x80) {
    out.byte(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.byte(static_cast<uint8_t>(value));
}

class ModuleTypeWriter {
 public:
  explicit ModuleTypeWriter(const wasm::CoreTypes& types) : types_(types) {}

  Result<void> run(const wasm::Module& module, Writer& out) {
    for (const wasm::Import& import : module.imports) {
      Writer described;
      described.byte(0x00);
      described.name(import.module);
      described.name(import.name);
      WEIR_TRY(describe(import.type, described));
      add(described);
    }
    for (const wasm::Export& item : module.exports) {
      Writer described;
      described.byte(0x03);
      described.name(item.name);
      WEIR_TRY(describe(item.type, described));
      add(described);
    }
    out.byte(0x50);
    out.u32(count_);
    out.bytes(declarations_.data());
    return {};
  }

 private:
  void add(const Writer& declaration) {
    declarations_.bytes(declaration.data());
    ++count_;
  }

  Result<void> value(ValueType type, Writer& out) {
    if (type.concrete()) return Err("it mentions types that it defines itself");
    if (type.is_ref()) out.byte(type.nullable() ? 0x63 : 0x64);
    out.byte(type.code());
    return {};
  }

  // The index of a function type, which is declared first.
  Result<uint32_t> function(wasm::CoreTypeId id) {
    if (auto known = indices_.find(id); known != indices_.end()) return known->second;
    const wasm::CoreFunc* type = types_.func(id);
    if (!type) return Err("it mentions types that are not functions'");
    Writer declared;
    declared.byte(0x01);
    declared.byte(0x60);
    for (const auto* list : {&type->params, &type->results}) {
      declared.u32(static_cast<uint32_t>(list->size()));
      for (ValueType each : *list) WEIR_TRY(value(each, declared));
    }
    add(declared);
    auto index = static_cast<uint32_t>(indices_.size());
    indices_.emplace(id, index);
    return index;
  }

  void limits(const wasm::Limits& limits, Writer& out) {
    bool paged = limits.page_log2 != 16;
    out.byte(static_cast<uint8_t>((limits.max ? 1 : 0) | (limits.shared ? 2 : 0) |
                                  (limits.is64 ? 4 : 0) | (paged ? 8 : 0)));
    write_u64(out, limits.min);
    if (limits.max) write_u64(out, *limits.max);
    if (paged) out.u32(limits.page_log2);
  }

  Result<void> describe(const ExternType& type, Writer& out) {
    out.byte(static_cast<uint8_t>(type.kind));
    switch (type.kind) {
      case ExternKind::func:
        out.u32(WEIR_TRY(function(type.type)));
        break;
      case ExternKind::table:
        WEIR_TRY(value(type.value, out));
        limits(type.limits, out);
        break;
      case ExternKind::memory:
        limits(type.limits, out);
        break;
      case ExternKind::global:
        WEIR_TRY(value(type.value, out));
        out.byte(type.is_mutable ? 1 : 0);
        break;
      case ExternKind::tag:
        out.byte(0x00);
        out.u32(WEIR_TRY(function(type.type)));
        break;
    }
    return {};
  }

  const wasm::CoreTypes& types_;
  std::unordered_map<wasm::CoreTypeId, uint32_t> indices_;
  Writer declarations_;
  uint32_t count_ = 0;
};

}  // namespace

Result<void> write_module_type(const wasm::CoreTypes& types, const wasm::Module& module,
                               wasm::Writer& out) {
  return ModuleTypeWriter(types).run(module, out);
}

}  // namespace weir::tools
