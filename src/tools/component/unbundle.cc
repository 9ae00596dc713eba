#include "tools/component/unbundle.h"

#include <algorithm>
#include <map>

#include "component/decode.h"
#include "tools/component/index_shift.h"
#include "tools/component/module_type.h"
#include "tools/wit/features.h"
#include "util/number.h"
#include "wasm/core_types.h"
#include "wasm/module.h"
#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {
namespace {

using wasm::Reader;
using wasm::Writer;

constexpr size_t kPreamble = 8;
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
  types = 7,
  imports = 10,
  exports = 11,
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
    // In front there is one core type, and one import, for each module.
    IndexShift copier(in, static_cast<uint32_t>(numbers_.size()), depth);
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
        copier.list([&] { copier.core_type(); });
        break;
      case types:
        copier.list([&] { copier.type(); });
        break;
      case imports:
        copier.list([&] { copier.import_item(); });
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
        copier.list([&] { copier.export_item(); });
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

constexpr std::string_view kName = "unbundled-module";

// The first number behind those of the modules that were taken out before.
uint64_t first_free(const component::DecodedComponent& component) {
  uint64_t first = 0;
  for (const component::Definition& definition : component.definitions) {
    const auto* import = std::get_if<component::ImportDefinition>(&definition);
    if (!import || !import->name.starts_with(kName)) continue;
    auto number = parse_decimal(std::string_view(import->name).substr(kName.size()), UINT32_MAX);
    if (number) first = std::max(first, *number + 1);
  }
  return first;
}

}  // namespace

Result<std::vector<BundledModule>> unbundle(std::span<const uint8_t> component,
                                            uint64_t threshold) {
  if (!component::is_component(component)) return Err("is not a component");
  auto decoded = WEIR_TRY(component::decode(component, features_of_tools()));
  std::vector<BundledModule> modules;
  uint64_t number = first_free(decoded.root());
  for (const component::DecodedModule& module : decoded.modules) {
    // One that the runtime added has no bytes, and is never more.
    if (module.size <= threshold) continue;
    modules.push_back({module.offset, component.subspan(module.offset, module.size),
                       std::string(kName) + std::to_string(number++)});
  }
  return modules;
}

Result<Unbundled> take_modules_out(std::span<const uint8_t> component, uint64_t threshold) {
  Unbundled result;
  std::map<uint64_t, uint32_t> numbers;
  Writer types, imports;
  for (const BundledModule& module : WEIR_TRY(unbundle(component, threshold))) {
    auto number = static_cast<uint32_t>(result.modules.size());
    numbers.emplace(module.offset, number);
    result.modules.push_back(module);
    wasm::CoreTypes core;
    auto read = WEIR_TRY(wasm::read_module(core, module.bytes, module.offset));
    auto written = write_module_type(core, read, types);
    if (!written.ok()) {
      return Err(Error{module.name + " cannot be imported: " + written.error().message});
    }
    imports.byte(0x00);
    imports.name(module.name);
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
  auto decoded = component::decode(result.component, features_of_tools());
  if (!decoded.ok()) {
    return Err(Error{"without its modules it is not valid: " + decoded.error().message});
  }
  return result;
}

}  // namespace weir::tools
