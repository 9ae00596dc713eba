#include "wasm/module.h"

#include <gtest/gtest.h>

#include "wasm/start.h"
#include "wasm/stubs.h"

namespace weir::wasm {
namespace {

using Binary = std::vector<uint8_t>;

Binary module_of(std::initializer_list<Binary> sections) {
  Binary bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
  for (const Binary& section : sections) {
    bytes.push_back(section[0]);
    bytes.push_back(static_cast<uint8_t>(section.size() - 1));
    bytes.insert(bytes.end(), section.begin() + 1, section.end());
  }
  return bytes;
}

// (type (func)) (import "m" "f" (func)) (func) (export "g" (func 1)) (start 1)
const Binary kTypes = {1, 1, 0x60, 0, 0};
const Binary kImports = {2, 1, 1, 'm', 1, 'f', 0, 0};
const Binary kFunctions = {3, 1, 0};
const Binary kExports = {7, 1, 1, 'g', 0, 1};
const Binary kStart = {8, 1};
const Binary kCode = {10, 1, 2, 0, 0x0b};

TEST(CoreModule, KnowsItsImportsExportsAndStart) {
  CoreTypes types;
  Binary bytes = module_of({kTypes, kImports, kFunctions, kExports, kStart, kCode});
  Result<Module> module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok());
  ASSERT_EQ(module->imports.size(), 1u);
  EXPECT_EQ(module->imports[0].module, "m");
  EXPECT_EQ(module->imports[0].name, "f");
  ASSERT_NE(module->find_export("g"), nullptr);
  EXPECT_EQ(module->find_export("g")->index, 1u);
  EXPECT_EQ(module->start, 1u);
}

TEST(CoreModule, ExportsItsStartFunctionAfterTheOthers) {
  CoreTypes types;
  Binary bytes = module_of({kTypes, kImports, kFunctions, kExports, kStart, kCode});
  Result<Module> module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok());
  ExportedStart rewritten = export_start(*module, bytes);
  EXPECT_EQ(rewritten.name, "weir:start");
  Result<Module> again = read_module(types, rewritten.bytes, 0);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_FALSE(again->start.has_value());
  ASSERT_EQ(again->exports.size(), 2u);
  EXPECT_EQ(again->exports[1].name, "weir:start");
  EXPECT_EQ(again->exports[1].index, 1u);
  EXPECT_EQ(again->code_size, module->code_size);
}

TEST(CoreModule, ExportsItsStartFunctionWhereItHadNoExports) {
  CoreTypes types;
  Binary bytes = module_of({kTypes, kImports, kFunctions, kStart, kCode});
  Result<Module> module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok());
  Result<Module> again = read_module(types, export_start(*module, bytes).bytes, 0);
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->exports.size(), 1u);
}

TEST(CoreModule, TakesAnotherNameForItsStartWhereTheFirstIsTaken) {
  CoreTypes types;
  Binary exports = {7, 1, 10};
  for (char c : std::string("weir:start")) exports.push_back(static_cast<uint8_t>(c));
  exports.push_back(0);
  exports.push_back(1);
  Binary bytes = module_of({kTypes, kImports, kFunctions, exports, kStart, kCode});
  Result<Module> module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok());
  EXPECT_EQ(start_name(*module), "weir:start_");
}

TEST(CoreModule, RefusesSectionsOutOfOrder) {
  CoreTypes types;
  Result<Module> module = read_module(types, module_of({kTypes, kFunctions, kTypes}), 100);
  ASSERT_FALSE(module.ok());
  EXPECT_NE(module.error().message.find("at byte 118"), std::string::npos)
      << module.error().message;
}

TEST(CoreModule, RefusesTwoImportsOfOneName) {
  CoreTypes types;
  Binary imports = {2, 2, 1, 'm', 1, 'f', 0, 0, 1, 'm', 1, 'f', 0, 0};
  EXPECT_FALSE(read_module(types, module_of({kTypes, imports}), 0).ok());
}

TEST(CoreTypes, AreEqualAcrossModules) {
  CoreTypes types;
  Result<Module> a = read_module(types, module_of({kTypes}), 0);
  Binary two = {1, 2, 0x60, 1, 0x7f, 0, 0x60, 0, 0};
  Result<Module> b = read_module(types, module_of({two}), 0);
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->types[0], b->types[1]);
  EXPECT_NE(b->types[0], b->types[1]);
  EXPECT_EQ(types.intern({{kI32}, {}}), b->types[0]);
}

// (type (func (param i32))) (func) (table 2 2 funcref) (export "0" (func 0)), a stub to element 1.
TEST(Stubs, AreFunctionsThatOnlyForwardToATable) {
  CoreTypes types;
  Binary type = {1, 1, 0x60, 1, 0x7f, 0};
  Binary table = {4, 1, 0x70, 1, 2, 2};
  Binary exports = {7, 1, 1, '0', 0, 0};
  Binary stub = {10, 1, 9, 0, 0x20, 0, 0x41, 1, 0x11, 0, 0, 0x0b};
  Binary bytes = module_of({type, kFunctions, table, exports, stub});
  Result<Module> module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok()) << module.error().message;
  std::optional<StubModule> stubs = read_stubs(types, *module, bytes);
  ASSERT_TRUE(stubs.has_value());
  ASSERT_EQ(stubs->functions.size(), 1u);
  ASSERT_TRUE(stubs->functions[0].has_value());
  EXPECT_EQ(stubs->functions[0]->element, 1u);

  // One that stores its parameter elsewhere is not.
  Binary other = {10, 1, 9, 0, 0x20, 0, 0x41, 1, 0x26, 0, 0x01, 0x01, 0x0b};
  bytes = module_of({type, kFunctions, table, exports, other});
  module = read_module(types, bytes, 0);
  ASSERT_TRUE(module.ok());
  EXPECT_FALSE(read_stubs(types, *module, bytes).has_value());
}

}  // namespace
}  // namespace weir::wasm
