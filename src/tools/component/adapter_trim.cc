#include "tools/component/adapter_trim.h"

#include <optional>
#include <unordered_map>

#include "tools/component/element_section.h"
#include "tools/component/function_body.h"
#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {
namespace {

using wasm::Reader;
using wasm::Writer;

constexpr uint32_t kLimit = 1'000'000;
// A page of memory holds the adapter's stack.
constexpr uint32_t kStackSize = 65536;

void s32(Writer& out, int32_t value) {
  for (;;) {
    uint8_t byte = value & 0x7f;
    value >>= 7;
    bool done = (value == 0 && !(byte & 0x40)) || (value == -1 && (byte & 0x40));
    out.byte(done ? byte : byte | 0x80);
    if (done) return;
  }
}

void constant(Writer& out, int32_t value) {
  out.byte(0x41);
  s32(out, value);
}

class AdapterTrimmer {
 public:
  AdapterTrimmer(std::span<const uint8_t> bytes,
                 const std::function<bool(std::string_view)>& wanted,
                 const std::string& main_realloc)
      : bytes_(bytes), wanted_(wanted), main_realloc_(main_realloc) {}

  Result<std::vector<uint8_t>> run() {
    WEIR_TRY(read());
    WEIR_TRY(find_live());
    return write();
  }

 private:
  struct Import {
    std::string module;
    std::string name;
    uint32_t type = 0;
  };
  struct Export {
    std::string name;
    uint8_t kind;
    uint32_t index;
  };

  Result<void> read() {
    Reader in(bytes_);
    in.bytes(8);
    while (in.ok() && !in.at_end()) {
      uint8_t id = in.byte();
      Reader section = in.sized();
      if (!in.ok()) break;
      size_t start = in.position() - section.remaining();
      auto content = bytes_.subspan(start, section.remaining());
      switch (id) {
        case 0: {
          std::string_view name = section.name();
          if (name == "name") {
            read_names(section);
          } else if (name.starts_with("component-type") || name == "producers") {
            customs_.push_back(content);
          }
          break;
        }
        case 1:
          type_count_ = section.count(kLimit, "types");
          types_ = content.subspan(section.position());
          break;
        case 2:
          read_imports(section);
          break;
        case 3:
          for (uint32_t n = section.count(kLimit, "functions"); n > 0 && section.ok(); --n) {
            function_types_.push_back(section.u32());
          }
          break;
        case 4:
          tables_ = content;
          for (uint32_t n = section.count(kLimit, "tables"); n > 0 && section.ok(); --n) {
            read_table(section);
          }
          break;
        case 9:
          elements_ = content;
          break;
        case 11:
          data_ = content;
          for (uint32_t n = section.count(kLimit, "data segments"); n > 0 && section.ok(); --n) {
            read_data(section);
          }
          break;
        case 12:
          data_count_ = content;
          break;
        case 6:
          globals_ = content;
          break;
        case 7:
          for (uint32_t n = section.count(kLimit, "exports"); n > 0 && section.ok(); --n) {
            std::string name(section.name());
            uint8_t kind = section.byte();
            exports_.push_back({std::move(name), kind, section.u32()});
          }
          break;
        case 10:
          for (uint32_t n = section.count(kLimit, "bodies"); n > 0 && section.ok(); --n) {
            uint32_t size = section.u32();
            bodies_.push_back(section.bytes(size));
          }
          break;
        default:
          section.fail("an adapter has no section " + std::to_string(id));
      }
      in.adopt(section);
    }
    if (in.ok() && bodies_.size() != function_types_.size()) {
      in.fail("functions and bodies differ in number");
    }
    if (!in.ok()) return Err(in.error());
    return {};
  }

  void read_table(Reader& in) {
    uint8_t code = in.byte();
    if (code == 0x40) in.fail("an adapter's tables have no initial values");
    if (code == 0x63 || code == 0x64) in.s33();
    uint8_t flags = in.byte();
    in.u64();
    if (flags & 1) in.u64();
  }

  void read_data(Reader& in) {
    // The memory is the module's, so nobody knows which part of it is free.
    if (in.u32() != 1) in.fail("an adapter's data segments are passive");
    in.bytes(in.u32());
  }

  void read_imports(Reader& in) {
    for (uint32_t n = in.count(kLimit, "imports"); n > 0 && in.ok(); --n) {
      std::string module(in.name());
      std::string name(in.name());
      uint8_t kind = in.byte();
      if (kind == 0) {
        uint32_t type = in.u32();
        imports_.push_back({std::move(module), std::move(name), type});
      } else if (kind == 2) {
        Writer memory;
        memory.name(module);
        memory.name(name);
        memory.byte(kind);
        uint8_t flags = in.byte();
        memory.byte(flags);
        memory.u32(in.u32());
        if (flags & 1) memory.u32(in.u32());
        if (flags > 1) in.fail("an adapter's memory is a plain one");
        memory_import_ = memory.take();
      } else {
        in.fail("an adapter imports functions and a memory");
      }
    }
  }

  void read_names(Reader& in) {
    while (in.ok() && !in.at_end()) {
      uint8_t id = in.byte();
      Reader part = in.sized();
      if (id != 7) continue;
      for (uint32_t n = part.count(kLimit, "names"); n > 0 && part.ok(); --n) {
        uint32_t index = part.u32();
        std::string_view name = part.name();
        if (name == "__stack_pointer") stack_pointer_ = index;
        if (name == "allocation_state") allocation_state_ = index;
      }
    }
  }

  bool is_realloc(const Import& import) const {
    return import.module == "__main_module__" &&
           (import.name == "cabi_realloc" || import.name == "canonical_abi_realloc");
  }

  Result<void> find_live() {
    live_.resize(imports_.size() + bodies_.size());
    std::vector<uint32_t> open;
    auto reach = [&](uint32_t function) {
      if (function >= live_.size() || live_[function]) return function < live_.size();
      live_[function] = true;
      open.push_back(function);
      return true;
    };
    bool ok = true;
    for (const Export& item : exports_) {
      if (item.kind == 0 && wanted_(item.name)) ok = reach(item.index) && ok;
    }
    auto keep = [&](uint32_t function) {
      ok = reach(function) && ok;
      return function;
    };
    bool elements = false;
    while (!open.empty() && ok) {
      uint32_t function = open.back();
      open.pop_back();
      if (function < imports_.size()) continue;
      WEIR_TRY(rewrite_body(bodies_[function - imports_.size()], {}, keep, uses_));
      if (!uses_.tables || elements || elements_.empty()) continue;
      // Any of them may be called.
      elements = true;
      WEIR_TRY(rewrite_elements(elements_, keep));
    }
    if (!ok) return Err("the adapter refers to a function that it does not have");
    return {};
  }

  // The type index of a function type; more types are added behind the adapter's own.
  uint32_t add_type(std::initializer_list<uint8_t> bytes) {
    more_types_.insert(more_types_.end(), bytes);
    return type_count_ + more_type_count_++;
  }

  // `cabi_realloc` for whole pages, by growing the memory.
  std::vector<uint8_t> grow_body() {
    Writer out;
    const uint8_t head[] = {1, 1, 0x7f};
    out.bytes(head);
    auto trap_unless = [&](uint32_t local, int32_t value) {
      constant(out, value);
      out.byte(0x20);
      out.u32(local);
      const uint8_t trap[] = {0x47, 0x04, 0x40, 0x00, 0x0b};
      out.bytes(trap);
    };
    trap_unless(0, 0);
    trap_unless(1, 0);
    trap_unless(3, kStackSize);
    constant(out, 1);
    const uint8_t grow[] = {0x40, 0x00, 0x22, 0x04};
    out.bytes(grow);
    constant(out, -1);
    const uint8_t rest[] = {0x46, 0x04, 0x40, 0x00, 0x0b, 0x20, 0x04};
    out.bytes(rest);
    constant(out, 16);
    const uint8_t end[] = {0x74, 0x0b};
    out.bytes(end);
    return out.take();
  }

  // Gives the adapter its stack; `once` where it may be called again.
  std::vector<uint8_t> stack_body(uint32_t realloc, bool once) {
    Writer out;
    out.u32(0);
    auto global = [&](uint8_t code, uint32_t index) {
      out.byte(code);
      out.u32(index);
    };
    if (once) {
      global(0x23, *allocation_state_);
      const uint8_t unless[] = {0x45, 0x04, 0x40};
      out.bytes(unless);
    }
    if (allocation_state_) {
      constant(out, 1);
      global(0x24, *allocation_state_);
    }
    constant(out, 0);
    constant(out, 0);
    constant(out, 8);
    constant(out, kStackSize);
    global(0x10, realloc);
    constant(out, kStackSize);
    out.byte(0x6a);
    global(0x24, *stack_pointer_);
    if (allocation_state_) {
      constant(out, 2);
      global(0x24, *allocation_state_);
    }
    if (once) out.byte(0x0b);
    out.byte(0x0b);
    return out.take();
  }

  Result<std::vector<uint8_t>> write() {
    Writer imports;
    uint32_t import_count = 0;
    if (!memory_import_.empty()) {
      imports.bytes(memory_import_);
      ++import_count;
    }
    uint32_t next = 0;
    std::unordered_map<uint32_t, uint32_t> map;
    std::optional<uint32_t> realloc;
    auto import = [&](const std::string& module, const std::string& name, uint32_t type) {
      imports.name(module);
      imports.name(name);
      imports.byte(0);
      imports.u32(type);
      ++import_count;
      return next++;
    };
    std::vector<uint32_t> grown;
    for (uint32_t i = 0; i < imports_.size(); ++i) {
      const Import& item = imports_[i];
      if (is_realloc(item) && main_realloc_.empty()) {
        grown.push_back(i);
      } else if (live_[i]) {
        map[i] = import(item.module, is_realloc(item) ? main_realloc_ : item.name, item.type);
        if (is_realloc(item)) realloc = map[i];
      }
    }
    bool any_body = false;
    for (size_t i = imports_.size(); i < live_.size(); ++i) any_body = any_body || live_[i];
    bool stack = stack_pointer_.has_value() && any_body;
    if (stack && !realloc && !main_realloc_.empty()) {
      uint32_t type = add_type({0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f});
      realloc = import("__main_module__", main_realloc_, type);
    }
    std::vector<uint32_t> types;
    std::vector<std::vector<uint8_t>> bodies;
    auto add = [&](uint32_t type, std::vector<uint8_t> body) {
      types.push_back(type);
      bodies.push_back(std::move(body));
      return next++;
    };
    // Those that are kept come first, in order; what they call may come later.
    for (uint32_t i = static_cast<uint32_t>(imports_.size()); i < live_.size(); ++i) {
      if (live_[i]) map[i] = add(function_types_[i - imports_.size()], {});
    }
    for (uint32_t i : grown) {
      if (live_[i] || (stack && !realloc)) {
        if (!realloc) realloc = add(imports_[i].type, grow_body());
        map[i] = *realloc;
      }
    }
    if (stack && !realloc) {
      realloc = add(add_type({0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f}), grow_body());
    }
    std::optional<uint32_t> start;
    std::optional<uint32_t> prefix;
    if (stack) {
      bool lazy = !main_realloc_.empty() && allocation_state_.has_value();
      uint32_t function = add(add_type({0x60, 0, 0}), stack_body(*realloc, lazy));
      (lazy ? prefix : start) = function;
    }
    std::vector<bool> exported(live_.size());
    for (const Export& item : exports_) {
      if (item.kind == 0 && wanted_(item.name)) exported[item.index] = true;
    }
    for (uint32_t i = static_cast<uint32_t>(imports_.size()); i < live_.size(); ++i) {
      if (!live_[i]) continue;
      bodies[map[i] - (next - static_cast<uint32_t>(bodies.size()))] = WEIR_TRY(rewrite_body(
          bodies_[i - imports_.size()], exported[i] ? prefix : std::nullopt,
          [&](uint32_t callee) { return map[callee]; }, uses_));
    }
    std::vector<uint8_t> elements;
    if (uses_.tables && !elements_.empty()) {
      elements =
          WEIR_TRY(rewrite_elements(elements_, [&](uint32_t function) { return map[function]; }));
    }

    Writer out;
    out.bytes(bytes_.subspan(0, 8));
    auto section = [&](uint8_t id, uint32_t count, std::span<const uint8_t> content) {
      if (count == 0) return;
      Writer whole;
      whole.u32(count);
      whole.bytes(content);
      out.section(id, whole.data());
    };
    Writer all_types;
    all_types.bytes(types_);
    all_types.bytes(more_types_);
    section(1, type_count_ + more_type_count_, all_types.data());
    section(2, import_count, imports.data());
    Writer functions;
    for (uint32_t type : types) functions.u32(type);
    section(3, static_cast<uint32_t>(types.size()), functions.data());
    if (uses_.tables && !tables_.empty()) out.section(4, tables_);
    if (!globals_.empty()) out.section(6, globals_);
    Writer exports;
    uint32_t export_count = 0;
    for (const Export& item : exports_) {
      if (item.kind != 0 || !wanted_(item.name)) continue;
      exports.name(item.name);
      exports.byte(0);
      exports.u32(map[item.index]);
      ++export_count;
    }
    section(7, export_count, exports.data());
    if (start) {
      Writer index;
      index.u32(*start);
      out.section(8, index.data());
    }
    if (!elements.empty()) out.section(9, elements);
    if (uses_.data && !data_count_.empty()) out.section(12, data_count_);
    Writer code;
    for (const auto& body : bodies) {
      code.u32(static_cast<uint32_t>(body.size()));
      code.bytes(body);
    }
    section(10, static_cast<uint32_t>(bodies.size()), code.data());
    if (uses_.data && !data_.empty()) out.section(11, data_);
    for (auto custom : customs_) out.section(0, custom);
    return out.take();
  }

  std::span<const uint8_t> bytes_;
  const std::function<bool(std::string_view)>& wanted_;
  const std::string& main_realloc_;
  uint32_t type_count_ = 0;
  std::span<const uint8_t> types_;
  std::vector<uint8_t> more_types_;
  uint32_t more_type_count_ = 0;
  std::vector<uint8_t> memory_import_;
  std::vector<Import> imports_;
  std::vector<uint32_t> function_types_;
  std::span<const uint8_t> globals_;
  std::span<const uint8_t> tables_;
  std::span<const uint8_t> elements_;
  std::span<const uint8_t> data_count_;
  std::span<const uint8_t> data_;
  // Of all bodies that are kept.
  BodyUses uses_;
  std::vector<Export> exports_;
  std::vector<std::span<const uint8_t>> bodies_;
  std::vector<std::span<const uint8_t>> customs_;
  std::optional<uint32_t> stack_pointer_;
  std::optional<uint32_t> allocation_state_;
  std::vector<bool> live_;
};

}  // namespace

Result<std::vector<uint8_t>> trim_adapter(std::span<const uint8_t> bytes,
                                          const std::function<bool(std::string_view)>& wanted,
                                          const std::string& main_realloc) {
  return AdapterTrimmer(bytes, wanted, main_realloc).run();
}

}  // namespace weir::tools
