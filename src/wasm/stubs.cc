#include "wasm/stubs.h"

namespace weir::wasm {
namespace {

constexpr uint32_t kMaxItems = 100'000;

// `i32.const n end`.
std::optional<uint32_t> constant(Reader& r) {
  if (r.byte() != 0x41) return std::nullopt;
  int32_t value = r.s32();
  if (r.byte() != 0x0b || !r.ok()) return std::nullopt;
  return static_cast<uint32_t>(value);
}

std::optional<TableCall> read_stub(Reader body, size_t params, CoreTypeId own_type,
                                   const Module& module) {
  if (body.u32() != 0) return std::nullopt;
  for (size_t i = 0; i < params; ++i) {
    if (body.byte() != 0x20 || body.u32() != i) return std::nullopt;
  }
  if (body.byte() != 0x41) return std::nullopt;
  TableCall call{0, static_cast<uint32_t>(body.s32())};
  uint8_t op = body.byte();
  uint32_t type = 0;
  if (op == 0x11 || op == 0x13) {
    type = body.u32();
    call.table = body.u32();
  } else if (op == 0x25) {
    call.table = body.u32();
    // A cast to the type of the call, then the call.
    if (body.byte() != 0xfb) return std::nullopt;
    uint32_t cast = body.u32();
    if (cast != 22 && cast != 23) return std::nullopt;
    int64_t target = body.s33();
    uint8_t call_op = body.byte();
    if (call_op != 0x14 && call_op != 0x15) return std::nullopt;
    type = body.u32();
    if (target != static_cast<int64_t>(type)) return std::nullopt;
  } else {
    return std::nullopt;
  }
  if (type >= module.types.size() || module.types[type] != own_type ||
      call.table >= module.tables.size()) {
    return std::nullopt;
  }
  uint8_t end = body.byte();
  if (end == 0x0f) end = body.byte();
  if (end != 0x0b || !body.at_end() || !body.ok()) return std::nullopt;
  return call;
}

bool read_elements(Reader r, const Module& module, StubModule& result) {
  uint32_t count = r.count(kMaxItems, "element segments");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint32_t flags = r.u32();
    if (flags > 7) return false;
    bool active = (flags & 1) == 0;
    bool expressions = (flags & 4) != 0;
    TableWrite write{0, 0, {}};
    if (active && (flags & 2) != 0) write.table = r.u32();
    if (active) {
      std::optional<uint32_t> offset = constant(r);
      if (!offset) return false;
      write.offset = *offset;
    }
    if ((flags & 3) != 0) {
      if (!expressions) {
        if (r.byte() != 0) return false;
      } else if (uint8_t code = r.byte(); code != 0x70) {
        if (code != 0x63 && code != 0x64) return false;
        r.s33();
      }
    }
    uint32_t items = r.count(kMaxItems, "elements");
    for (uint32_t k = 0; k < items && r.ok(); ++k) {
      if (!expressions) {
        write.functions.push_back(r.u32());
        continue;
      }
      uint8_t op = r.byte();
      if (op == 0xd2) {
        write.functions.push_back(r.u32());
      } else if (op == 0xd0) {
        r.s33();
        write.functions.push_back(kNullElement);
      } else {
        return false;
      }
      if (r.byte() != 0x0b) return false;
    }
    // A passive segment does nothing where no code can use it.
    if (!active) continue;
    if (write.table >= module.tables.size()) return false;
    result.writes.push_back(std::move(write));
  }
  return r.ok() && r.at_end();
}

}  // namespace

std::optional<StubModule> read_stubs(const CoreTypes& types, const Module& module,
                                     std::span<const uint8_t> bytes) {
  StubModule result;
  // Data would be written to memories, and initialised tables would hold functions.
  if (const Section* data = module.find_section(11)) {
    Reader r(bytes.subspan(data->begin, data->end - data->begin));
    if (r.u32() != 0) return std::nullopt;
  }
  if (const Section* tables = module.find_section(4)) {
    Reader r(bytes.subspan(tables->begin, tables->end - tables->begin));
    r.u32();
    if (r.peek() == 0x40) return std::nullopt;
  }
  if (const Section* elements = module.find_section(9)) {
    Reader r(bytes.subspan(elements->begin, elements->end - elements->begin));
    if (!read_elements(r, module, result)) return std::nullopt;
  }
  uint32_t imported = module.imported(ExternKind::func);
  const Section* code = module.find_section(10);
  if (!code) {
    if (module.funcs.size() != imported) return std::nullopt;
    return result;
  }
  Reader r(bytes.subspan(code->begin, code->end - code->begin));
  uint32_t count = r.count(kMaxItems, "functions");
  if (imported + count != module.funcs.size()) return std::nullopt;
  for (uint32_t i = 0; i < count; ++i) {
    CoreTypeId type = module.funcs[imported + i];
    const CoreFunc* func = types.func(type);
    std::optional<TableCall> stub;
    if (func) stub = read_stub(r.sized(), func->params.size(), type, module);
    if (!stub || !r.ok()) return std::nullopt;
    result.functions.push_back(*stub);
  }
  return result;
}

}  // namespace weir::wasm
