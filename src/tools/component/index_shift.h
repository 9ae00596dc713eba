#pragma once

#include <cstdint>
#include <vector>

#include "wasm/reader.h"
#include "wasm/writer.h"

namespace weir::tools {

// Copies definitions of a component that is valid (Component Model, Binary.md), where `shift` core
// types and as many core modules come to stand in front of those of the outermost component: each
// index of these grows. Errors are the reader's.
class IndexShift {
 public:
  // `depth`: how many components and types the definitions stand in, beside the outermost one.
  IndexShift(wasm::Reader& in, uint32_t shift, uint32_t depth)
      : in_(in), shift_(shift), depth_(depth) {}

  std::vector<uint8_t> take() { return out_.take(); }

  // So many definitions as the count in front says.
  template <class F>
  void list(F&& each) {
    constexpr uint32_t kMany = 1'000'000;
    uint32_t count = in_.count(kMany, "definitions");
    out_.u32(count);
    for (uint32_t i = 0; i < count && in_.ok(); ++i) each();
  }

  // One definition of a section.
  void core_instance();
  void core_type();
  void instance();
  void alias();
  void type();
  void import_item();
  void export_item();
  // The content of the custom section `component-name` behind its name.
  void names();

  void name() { out_.name(in_.name()); }
  void rest() { out_.bytes(in_.bytes(in_.remaining())); }

 private:
  uint8_t byte();
  uint32_t index();
  // Of a core module or a core type, in the scope that the definition stands in.
  void shifted_index();
  // The same `count` scopes further out.
  void outer_index(uint32_t count, bool shifted);
  // Whether it is that of core modules or core types.
  bool sort();
  void sort_and_index();
  void extern_name();
  void extern_type();
  // A number in LEB128 of any length.
  void leb();
  void value_type() { leb(); }
  void optional_type();
  void declaration();

  // Core types. `own` says that their indices are those of the definition's scope, and not of a
  // module type.
  void module_declaration();
  void core_extern_type();
  void recursive_type(bool own);
  void sub_type(bool own);
  void field_type(bool own);
  void core_value_type(bool own);
  void core_type_index(bool own);
  void limits();

  wasm::Reader& in_;
  const uint32_t shift_;
  uint32_t depth_;
  wasm::Writer out_;
};

}  // namespace weir::tools
