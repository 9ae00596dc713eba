#include "wit/binary/decode.h"

#include <algorithm>
#include <string_view>

#include "wasm/reader.h"
#include "wit/binary/codes.h"
#include "wit/binary/component_reader.h"
#include "wit/binary/package_docs.h"
#include "wit/binary/wit_builder.h"

namespace weir::wit {
namespace {

using namespace binary;

const ComponentNode* component_of(const ComponentTypes& types, const Extern& e) {
  return e.sort == Sort::type ? types.graph.get<ComponentNode>(e.node) : nullptr;
}

// A package's exports are all component types, and it has no imports.
bool is_package(const ComponentTypes& types) {
  return types.imports.empty() && !types.exports.empty() &&
         std::ranges::all_of(types.exports,
                             [&](const Extern& e) { return component_of(types, e) != nullptr; });
}

const std::span<const uint8_t>* custom_section(const ComponentTypes& types, std::string_view name) {
  for (const auto& [each, content] : types.custom_sections) {
    if (each == name) return &content;
  }
  return nullptr;
}

// An interface or world that a package exports: a component type with the one export that it is.
std::string package_item(const ComponentTypes& types, const Extern& e, WitBuilder& builder) {
  const ComponentNode& component = *component_of(types, e);
  if (e.name.find('/') != std::string::npos) {
    builder.fail("the package is in an encoding of 2023; encode its text anew");
    return "";
  }
  if (component.exports.size() != 1) {
    builder.fail("`" + e.name + "` is not the type of an interface or world");
    return "";
  }
  const Extern& item = component.exports[0];
  for (const Extern& import : component.imports) {
    if (builder.ok()) builder.interface(import.name, import.node);
  }
  if (item.sort == Sort::instance) {
    if (builder.ok()) builder.interface(item.name, item.node);
  } else if (item.sort == Sort::component) {
    const auto& world = *types.graph.get<ComponentNode>(item.node);
    if (builder.ok()) builder.world(item.name, world.imports, world.exports);
  } else {
    builder.fail("`" + e.name + "` is not the type of an interface or world");
  }
  return item.name;
}

// `a:b@1.0.0` of `a:b/c@1.0.0`.
std::string package_of(std::string_view item) {
  size_t slash = item.find('/');
  size_t at = item.find('@');
  return std::string(item.substr(0, slash)) +
         std::string(at == std::string_view::npos ? "" : item.substr(at));
}

}  // namespace

bool is_wasm(std::span<const uint8_t> bytes) {
  constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
  return bytes.size() >= 4 && std::ranges::equal(bytes.first(4), kMagic);
}

Result<DecodedWit> decode_wit(std::span<const uint8_t> bytes) {
  if (bytes.size() >= 8 && is_wasm(bytes) && bytes[6] == 0) {
    return Err("this is a core WebAssembly module; only components and WIT packages have WIT");
  }
  ComponentTypes types = WEIR_TRY(ComponentReader(bytes).run());
  WitBuilder builder(types.graph);
  DecodedWit result;
  std::string main = "root:component";
  if (is_package(types)) {
    main.clear();
    for (const Extern& e : types.exports) {
      std::string name = package_of(package_item(types, e, builder));
      if (!builder.ok()) break;
      if (!main.empty() && name != main) {
        builder.fail("it holds items of two packages, `" + main + "` and `" + name + "`");
      }
      main = name;
    }
  } else {
    result.world = builder.world("root:component/root", types.imports, types.exports);
  }
  result.resolve = WEIR_TRY(builder.finish());
  result.main = result.resolve.package_names.at(main);
  const std::span<const uint8_t>* docs = custom_section(types, kPackageDocs);
  if (docs && !result.world.valid()) {
    if (docs->empty() || docs->front() > kPackageDocsVersion) {
      return Err("the section `package-docs` is of a version that is not known");
    }
    std::string_view json(reinterpret_cast<const char*>(docs->data()) + 1, docs->size() - 1);
    WEIR_TRY(apply_package_docs(result.resolve, result.main, json));
  }
  return result;
}

Result<DecodedWorld> decode_world(std::span<const uint8_t> bytes) {
  ComponentTypes types = WEIR_TRY(ComponentReader(bytes).run());
  const ComponentNode* wrapper = is_package(types) && types.exports.size() == 1
                                     ? component_of(types, types.exports[0])
                                     : nullptr;
  if (!wrapper || !wrapper->imports.empty() || wrapper->exports.size() != 1 ||
      wrapper->exports[0].sort != Sort::component) {
    return Err("this is not the type of one world");
  }
  const std::span<const uint8_t>* encoding = custom_section(types, kEncodingSection);
  if (!encoding || encoding->size() != 2 || (*encoding)[0] != kEncodingVersion ||
      (*encoding)[1] > 2) {
    return Err(
        "the section `wit-component-encoding`, which says how strings are encoded, is missing or "
        "of a version that is not known");
  }
  WitBuilder builder(types.graph);
  const Extern& item = wrapper->exports[0];
  const auto& world = *types.graph.get<ComponentNode>(item.node);
  DecodedWorld result;
  result.world = builder.world(item.name, world.imports, world.exports);
  result.resolve = WEIR_TRY(builder.finish());
  result.encoding = static_cast<StringEncoding>((*encoding)[1]);
  if (const auto* producers = custom_section(types, "producers")) {
    result.producers = WEIR_TRY(decode_producers(*producers));
  }
  return result;
}

Result<std::vector<Producer>> decode_producers(std::span<const uint8_t> bytes) {
  constexpr uint32_t kMax = 10'000;
  std::vector<Producer> result;
  wasm::Reader r(bytes);
  uint32_t fields = r.count(kMax, "fields of the section `producers`");
  for (uint32_t i = 0; i < fields && r.ok(); ++i) {
    std::string field(r.name());
    uint32_t values = r.count(kMax, "values of the section `producers`");
    for (uint32_t k = 0; k < values && r.ok(); ++k) {
      std::string name(r.name());
      result.push_back({field, std::move(name), std::string(r.name())});
    }
  }
  if (!r.ok()) return Err(r.error());
  return result;
}

}  // namespace weir::wit
