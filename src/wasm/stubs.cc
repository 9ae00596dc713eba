#include "wasm/stubs.h"

namespace weir::wasm {
namespace {

constexpr uint32_t kMaxItems = 100'000;

std::span<const uint8_t> content(const Section& section, std::span<const uint8_t> bytes) {
  return bytes.subspan(section.begin, section.end - section.begin);
}

// `i32.const n end`.
std::optional<uint32_t> constant(Reader& r) {
  if (r.byte() != 0x41) return std::nullopt;
  int32_t value = r.s32();
  if (r.byte() != 0x0b || !r.ok()) return std::nullopt;
  return static_cast<uint32_t>(value);
}

// Skips the locals that a function body begins with; false if there are too many to be simple.
bool skip_locals(Reader& body) {
  uint32_t groups = body.u32();
  if (groups > 100) return false;
  for (uint32_t i = 0; i < groups && body.ok(); ++i) {
    body.u32();
    uint8_t type = body.byte();
    if (type == 0x63 || type == 0x64) body.s33();
  }
  return body.ok();
}

// A body that passes its parameters to what one cell holds.
std::optional<FunctionCell> read_stub(Reader body, size_t params, CoreTypeId own_type,
                                      const Module& module) {
  if (body.u32() != 0) return std::nullopt;
  for (size_t i = 0; i < params; ++i) {
    if (body.byte() != 0x20 || body.u32() != i) return std::nullopt;
  }
  FunctionCell cell;
  uint32_t type = 0;
  uint8_t op = body.byte();
  if (op == 0x23) {
    cell.kind = FunctionCell::Kind::global;
    cell.index = body.u32();
    if (cell.index >= module.globals.size()) return std::nullopt;
    uint8_t call_op = body.byte();
    if (call_op != 0x14 && call_op != 0x15) return std::nullopt;
    type = body.u32();
  } else if (op == 0x41) {
    cell.element = static_cast<uint32_t>(body.s32());
    op = body.byte();
    if (op == 0x11 || op == 0x13) {
      type = body.u32();
      cell.index = body.u32();
    } else if (op == 0x25) {
      cell.index = body.u32();
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
    if (cell.index >= module.tables.size()) return std::nullopt;
  } else {
    return std::nullopt;
  }
  if (type >= module.types.size() || module.types[type] != own_type) return std::nullopt;
  uint8_t end = body.byte();
  if (end == 0x0f) end = body.byte();
  if (end != 0x0b || !body.at_end() || !body.ok()) return std::nullopt;
  return cell;
}

// A body without branches that changes no cell by itself; what it calls is another matter.
bool leaves_cells_alone(Reader body, const Module& module) {
  if (!skip_locals(body)) return false;
  while (!body.at_end() && body.ok()) {
    switch (body.byte()) {
      case 0x00:  // unreachable
      case 0x01:  // nop
      case 0x0b:  // end
      case 0x0f:  // return
      case 0x1a:  // drop
      case 0x1b:  // select
        break;
      case 0x10:  // call
      case 0x20:  // local.get
      case 0x21:  // local.set
      case 0x22:  // local.tee
      case 0x23:  // global.get
        body.u32();
        break;
      case 0x24: {  // global.set
        uint32_t global = body.u32();
        if (global >= module.globals.size() || module.globals[global].value.is_ref()) return false;
        break;
      }
      case 0x41:  // i32.const
        body.s32();
        break;
      case 0x42:  // i64.const
        body.s64();
        break;
      default:
        return false;
    }
  }
  return body.ok();
}

// A start function that is nothing but cells filled, then calls.
std::optional<StartActions> read_start(Reader body, const CoreTypes& types, const Module& module) {
  if (body.u32() != 0) return std::nullopt;
  StartActions actions;
  while (body.ok()) {
    uint8_t op = body.byte();
    if (op == 0xd2) {
      uint32_t function = body.u32();
      if (body.byte() != 0x24 || !actions.calls.empty()) return std::nullopt;
      FunctionCell cell{FunctionCell::Kind::global, body.u32(), 0};
      if (cell.index >= module.globals.size()) return std::nullopt;
      actions.writes.push_back({cell, {function}});
    } else if (op == 0x10) {
      uint32_t function = body.u32();
      if (function >= module.funcs.size()) return std::nullopt;
      const CoreFunc* type = types.func(module.funcs[function]);
      if (!type || !type->params.empty() || !type->results.empty()) return std::nullopt;
      actions.calls.push_back(function);
    } else {
      if (op != 0x0b || !body.at_end() || !body.ok()) return std::nullopt;
      return actions;
    }
  }
  return std::nullopt;
}

// What the active segments of an element section write.
bool read_elements(Reader r, const Module& module, std::vector<CellWrite>& writes) {
  uint32_t count = r.count(kMaxItems, "element segments");
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    uint32_t flags = r.u32();
    if (flags > 7) return false;
    bool active = (flags & 1) == 0;
    bool expressions = (flags & 4) != 0;
    CellWrite write;
    if (active && (flags & 2) != 0) write.first.index = r.u32();
    if (active) {
      std::optional<uint32_t> offset = constant(r);
      if (!offset) return false;
      write.first.element = *offset;
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
    // A passive or declared segment does nothing where no code can use it.
    if (!active) continue;
    if (write.first.index >= module.tables.size()) return false;
    writes.push_back(std::move(write));
  }
  return r.ok() && r.at_end();
}

bool has_active_data(const Module& module, std::span<const uint8_t> bytes) {
  const Section* data = module.find_section(11);
  if (!data) return false;
  Reader r(content(*data, bytes));
  uint32_t count = r.u32();
  // Passive segments alone are told apart from their first flags on.
  for (uint32_t i = 0; i < count && r.ok(); ++i) {
    if (r.u32() != 1) return true;
    r.sized();
  }
  return !r.ok();
}

}  // namespace

std::optional<StubModule> read_stubs(const CoreTypes& types, const Module& module,
                                     std::span<const uint8_t> bytes) {
  StubModule result;
  // Data would be written to memories, and initialised tables would hold functions.
  if (const Section* data = module.find_section(11)) {
    Reader r(content(*data, bytes));
    if (r.u32() != 0) return std::nullopt;
  }
  if (const Section* tables = module.find_section(4)) {
    Reader r(content(*tables, bytes));
    r.u32();
    if (r.peek() == 0x40) return std::nullopt;
  }
  if (const Section* elements = module.find_section(9)) {
    if (!read_elements(Reader(content(*elements, bytes)), module, result.writes)) {
      return std::nullopt;
    }
  }
  uint32_t imported = module.imported(ExternKind::func);
  const Section* code = module.find_section(10);
  if (!code) {
    if (module.funcs.size() != imported) return std::nullopt;
    return result;
  }
  Reader r(content(*code, bytes));
  uint32_t count = r.count(kMaxItems, "functions");
  if (imported + count != module.funcs.size()) return std::nullopt;
  for (uint32_t i = 0; i < count; ++i) {
    CoreTypeId type = module.funcs[imported + i];
    const CoreFunc* func = types.func(type);
    Reader body = r.sized();
    if (!func || !r.ok()) return std::nullopt;
    std::optional<FunctionCell> stub = read_stub(body, func->params.size(), type, module);
    if (!stub && module.start == imported + i) result.start = read_start(body, types, module);
    if (!stub && !leaves_cells_alone(body, module) &&
        !(module.start == imported + i && result.start)) {
      return std::nullopt;
    }
    result.functions.push_back(stub);
  }
  return result;
}

bool has_effects(const Module& module, std::span<const uint8_t> bytes) {
  if (has_active_data(module, bytes)) return true;
  const Section* elements = module.find_section(9);
  if (!elements) return false;
  std::vector<CellWrite> writes;
  if (!read_elements(Reader(content(*elements, bytes)), module, writes)) return true;
  for (const CellWrite& write : writes) {
    if (write.first.index < module.imported(ExternKind::table)) return true;
  }
  return false;
}

}  // namespace weir::wasm
