#include "tools/component/unbundle.h"

#include <map>

#include "component/decode.h"
#include "tools/component/module_type.h"
#include "wasm/core_types.h"
#include "wasm/module.h"
#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {
namespace {

using wasm::Reader;
using wasm::Writer;

constexpr size_t kPreamble = 8;
constexpr uint32_t kMany = 1'000'000;
constexpr uint8_t kCoreModule = 0x11;

// The sections of a component (Component Model, Binary.md).
enum SectionId : uint8_t {
  custom = 0,
  core_module = 1,
  core_instances = 2,
  core_types = 3,
  nested_component = 4,
  instances = 5,
  aliases = 6,
  exports = 11,
};

// Copies definitions, and looks at each index of a core module of the outermost component: that
// grows by the number of modules that are imported in front.
class Copier {
 public:
  Copier(Reader& in, uint32_t shift, uint32_t depth) : in_(in), shift_(shift), depth_(depth) {}

  std::vector<uint8_t> take() { return out_.take(); }

  template <class F>
  void list(F&& each) {
    uint32_t count = in_.count(kMany, "definitions");
    out_.u32(count);
    for (uint32_t i = 0; i < count && in_.ok(); ++i) each();
  }

  void core_instance() {
    if (byte() == 0x00) {
      module_index();
      list([&] {
        name();
        byte();
        index();
      });
    } else {
      list([&] {
        name();
        byte();
        index();
      });
    }
  }

  void instance() {
    if (byte() == 0x00) {
      index();
      list([&] {
        name();
        sort_and_index();
      });
    } else {
      list([&] {
        extern_name();
        sort_and_index();
      });
    }
  }

  void alias() {
    bool module = sort();
    uint8_t target = byte();
    if (target == 0x02) {
      uint32_t count = index();
      uint32_t outer = in_.u32();
      out_.u32(module && count == depth_ ? outer + shift_ : outer);
    } else {
      index();
      name();
    }
  }

  void export_item() {
    extern_name();
    sort_and_index();
    if (byte() == 0x01) extern_type();
  }

  // The names of a component, whose core modules have other indices now.
  void names() {
    while (in_.ok() && !in_.at_end()) {
      uint8_t id = byte();
      Reader part = in_.sized();
      Copier copier(part, shift_, depth_);
      if (id == 1) {
        bool module = copier.sort();
        copier.list([&] {
          module ? copier.module_index() : static_cast<void>(copier.index());
          copier.name();
        });
      } else {
        copier.rest();
      }
      in_.adopt(part);
      std::vector<uint8_t> content = copier.take();
      out_.u32(static_cast<uint32_t>(content.size()));
      out_.bytes(content);
    }
  }

  void name() { out_.name(in_.name()); }
  void rest() { out_.bytes(in_.bytes(in_.remaining())); }

 private:
  uint8_t byte() {
    uint8_t value = in_.byte();
    out_.byte(value);
    return value;
  }
  uint32_t index() {
    uint32_t value = in_.u32();
    out_.u32(value);
    return value;
  }
  void module_index() {
    uint32_t value = in_.u32();
    out_.u32(depth_ == 0 ? value + shift_ : value);
  }
  // Whether it is that of core modules.
  bool sort() { return byte() == 0x00 && byte() == kCoreModule; }
  void sort_and_index() {
    if (sort()) {
      module_index();
    } else {
      index();
    }
  }
  void extern_name() {
    bool attributes = byte() == 0x02;
    name();
    if (!attributes) return;
    list([&] {
      byte();
      name();
    });
  }
  void extern_type() {
    switch (byte()) {
      case 0x00:
        in_.fail("the type of a core module is used, which unbundling cannot follow");
        break;
      case 0x03:
        if (byte() == 0x00) index();
        break;
      default:
        index();
    }
  }

  Reader& in_;
  const uint32_t shift_;
  const uint32_t depth_;
  Writer out_;
};

class Unbundler {
 public:
  // `numbers`: of the modules to take out, by where they lie in the file.
  Unbundler(const std::map<uint64_t, uint32_t>& numbers) : numbers_(numbers) {}

  Result<std::vector<uint8_t>> run(std::span<const uint8_t> component, const Writer& front) {
    Reader in(component);
    std::vector<uint8_t> out = rewrite(in, 0, front);
    if (!in.ok()) return Err(in.error());
    return out;
  }

 private:
  // Of a component, preamble included. The depth is limited: it was decoded before.
  std::vector<uint8_t> rewrite(Reader& in, uint32_t depth, const Writer& front) {
    Writer out;
    out.bytes(in.bytes(kPreamble));
    out.bytes(front.data());
    while (in.ok() && !in.at_end()) {
      uint8_t id = in.byte();
      Reader section = in.sized();
      section_of(id, section, depth, out);
      in.adopt(section);
    }
    return out.take();
  }

  void section_of(uint8_t id, Reader& in, uint32_t depth, Writer& out) {
    auto shift = static_cast<uint32_t>(numbers_.size());
    Copier copier(in, shift, depth);
    switch (id) {
      case core_module:
        if (auto found = numbers_.find(in.offset()); found != numbers_.end()) {
          in.bytes(in.remaining());
          Writer alias;
          alias.u32(1);
          const uint8_t outer[] = {0x00, kCoreModule, 0x02};
          alias.bytes(outer);
          alias.u32(depth);
          alias.u32(found->second);
          out.section(aliases, alias.data());
          return;
        }
        copier.rest();
        break;
      case nested_component:
        out.section(id, rewrite(in, depth + 1, {}));
        return;
      case core_types:
        if (depth == 0) {
          in.fail("the component defines core types of its own, which unbundling cannot follow");
        }
        copier.rest();
        break;
      case core_instances:
        copier.list([&] { copier.core_instance(); });
        break;
      case instances:
        copier.list([&] { copier.instance(); });
        break;
      case aliases:
        copier.list([&] { copier.alias(); });
        break;
      case exports:
        // Those of nested components do not touch what is outside.
        if (depth == 0) copier.list([&] { copier.export_item(); });
        if (depth > 0) copier.rest();
        break;
      case custom: {
        Reader ahead = in;
        if (depth == 0 && ahead.name() == "component-name") {
          copier.name();
          copier.names();
        } else {
          copier.rest();
        }
        break;
      }
      default:
        copier.rest();
    }
    out.section(id, copier.take());
  }

  const std::map<uint64_t, uint32_t>& numbers_;
};

}  // namespace

std::string unbundled_name(size_t i) { return "unbundled-module" + std::to_string(i); }

Result<std::vector<BundledModule>> unbundle(std::span<const uint8_t> component) {
  if (!component::is_component(component)) return Err("is not a component");
  auto decoded = WEIR_TRY(component::decode(component));
  std::vector<BundledModule> modules;
  for (const component::DecodedModule& module : decoded.modules) {
    // One that the runtime added.
    if (module.size == 0) continue;
    modules.push_back({module.offset, component.subspan(module.offset, module.size)});
  }
  return modules;
}

Result<Unbundled> take_modules_out(std::span<const uint8_t> component, uint64_t threshold) {
  Unbundled result;
  std::map<uint64_t, uint32_t> numbers;
  Writer types, imports;
  for (const BundledModule& module : WEIR_TRY(unbundle(component))) {
    if (module.bytes.size() <= threshold) continue;
    auto number = static_cast<uint32_t>(result.modules.size());
    numbers.emplace(module.offset, number);
    result.modules.push_back(module);
    wasm::CoreTypes core;
    auto read = WEIR_TRY(wasm::read_module(core, module.bytes, module.offset));
    auto written = write_module_type(core, read, types);
    if (!written.ok()) {
      return Err(Error{"core module " + std::to_string(number) +
                       " cannot be imported: " + written.error().message});
    }
    imports.byte(0x00);
    imports.name(unbundled_name(number));
    imports.byte(0x00);
    imports.byte(kCoreModule);
    imports.u32(number);
  }
  Writer front;
  if (!numbers.empty()) {
    for (auto [id, list] : {std::pair<uint8_t, const Writer*>{3, &types}, {10, &imports}}) {
      Writer counted;
      counted.u32(static_cast<uint32_t>(numbers.size()));
      counted.bytes(list->data());
      front.section(id, counted.data());
    }
  }
  result.component = WEIR_TRY(Unbundler(numbers).run(component, front));
  auto decoded = component::decode(result.component);
  if (!decoded.ok()) {
    return Err(Error{"without its modules it is not valid: " + decoded.error().message});
  }
  return result;
}

}  // namespace weir::tools
