#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wasm/writer.h"

namespace weir::tools {

// What stands behind a name in a core instance or an argument.
enum class CoreSort : uint8_t { func = 0, table = 1, memory = 2, global = 3 };
enum class ComponentSort : uint8_t { func = 1, type = 3, component = 4, instance = 5 };

struct CoreItem {
  std::string name;
  CoreSort sort;
  uint32_t index;
};
struct ComponentItem {
  std::string name;
  ComponentSort sort;
  uint32_t index;
};

// The canonical options of a function or built-in.
struct CanonOptions {
  uint8_t encoding = 0;
  std::optional<uint32_t> memory;
  std::optional<uint32_t> realloc;
  std::optional<uint32_t> post_return;
  bool async = false;
  std::optional<uint32_t> callback;

  void write(wasm::Writer& out) const;
};

// Writes a component definition by definition (Component Model, Binary.md), and keeps count of its
// index spaces: each function returns the index that it introduces. Neighbours of one kind share a
// section.
class ComponentWriter {
 public:
  ComponentWriter();

  uint32_t core_module(std::span<const uint8_t> bytes);
  // Arguments are core instances by name.
  uint32_t core_instance(uint32_t module,
                         const std::vector<std::pair<std::string, uint32_t>>& arguments);
  uint32_t core_bag(const std::vector<CoreItem>& items);
  uint32_t core_alias(uint32_t instance, CoreSort sort, std::string_view name);

  // `definition` is the whole type.
  uint32_t type(const wasm::Writer& definition);
  // The type of a resource that this component defines, with its destructor.
  uint32_t resource(std::optional<uint32_t> destructor);
  uint32_t alias_type(uint32_t instance, std::string_view name);
  uint32_t alias_outer_type(uint32_t index);

  uint32_t component(std::span<const uint8_t> bytes);
  uint32_t instance(uint32_t component, const std::vector<ComponentItem>& arguments);

  // `attributes` may be empty.
  uint32_t import_func(std::string_view name, std::span<const uint8_t> attributes, uint32_t type);
  uint32_t import_instance(std::string_view name, std::span<const uint8_t> attributes,
                           uint32_t type);
  // Equal to `equal`, or a resource.
  uint32_t import_type(std::string_view name, std::optional<uint32_t> equal);
  // A function may be given a type of its own.
  uint32_t export_item(std::string_view name, std::span<const uint8_t> attributes,
                       ComponentSort sort, uint32_t index, std::optional<uint32_t> type = {});

  uint32_t alias_func(uint32_t instance, std::string_view name);
  uint32_t lift(uint32_t core, const CanonOptions& options, uint32_t type);
  uint32_t lower(uint32_t func, const CanonOptions& options);
  // A built-in: `code` is all of it, with its immediates.
  uint32_t builtin(const wasm::Writer& code);

  void custom(std::string_view name, std::span<const uint8_t> content);
  std::vector<uint8_t> finish();

 private:
  wasm::Writer& in(uint8_t section);
  void flush();
  void name(wasm::Writer& out, std::string_view name, std::span<const uint8_t> attributes);

  wasm::Writer out_;
  wasm::Writer content_;
  uint8_t section_ = 0;
  uint32_t count_ = 0;
  uint32_t core_modules_ = 0;
  uint32_t core_instances_ = 0;
  uint32_t core_items_[4] = {};
  uint32_t types_ = 0;
  uint32_t components_ = 0;
  uint32_t instances_ = 0;
  uint32_t funcs_ = 0;
};

}  // namespace weir::tools
