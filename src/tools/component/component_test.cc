#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "component/decode.h"
#include "engine/module.h"
#include "engine/text.h"
#include "tools/component/adapter_trim.h"
#include "tools/component/embed.h"
#include "tools/component/function_body.h"
#include "tools/component/glue_modules.h"
#include "tools/component/new_component.h"
#include "tools/component/preview1_adapters.h"
#include "tools/component/type_scope.h"
#include "tools/component/unbundle.h"
#include "wasm/module.h"

namespace weir::tools {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes seed(const std::string& name) {
  std::ifstream file(std::string(WEIR_SOURCE_DIR) + "/fuzz/corpus/component_encode/" + name,
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::set<std::string> exports_of(const Bytes& bytes) {
  wasm::CoreTypes types;
  auto module = wasm::read_module(types, bytes, 0);
  std::set<std::string> names;
  if (!module.ok()) return names;
  for (const wasm::Export& item : module->exports) names.insert(item.name);
  return names;
}

std::set<std::string> import_modules_of(const Bytes& bytes) {
  wasm::CoreTypes types;
  auto module = wasm::read_module(types, bytes, 0);
  std::set<std::string> names;
  if (!module.ok()) return names;
  for (const wasm::Import& item : module->imports) names.insert(item.module);
  return names;
}

TEST(RewriteBody, RenumbersCallsAndPutsOneInFront) {
  // No locals; local.get 0, call 3, i32.const 200, drop, call 200, end.
  const Bytes body = {0, 0x20, 0, 0x10, 3, 0x41, 0xc8, 1, 0x1a, 0x10, 0xc8, 1, 0x0b};
  BodyUses uses;
  auto made =
      rewrite_body(body, 9, [](uint32_t function) { return function == 3 ? 300u : 1u; }, uses);
  ASSERT_TRUE(made.ok());
  EXPECT_FALSE(uses.tables || uses.data);
  EXPECT_EQ(*made, (Bytes{0, 0x10, 9, 0x20, 0, 0x10, 0xac, 2, 0x41, 0xc8, 1, 0x1a, 0x10, 1, 0x0b}));
}

TEST(RewriteBody, RefusesInstructionsThatItDoesNotKnow) {
  BodyUses uses;
  auto made = rewrite_body(Bytes{0, 0xfd, 0x0c, 0x0b}, {}, [](uint32_t f) { return f; }, uses);
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("instruction 253"), std::string::npos);
}

TEST(TrimAdapter, KeepsWhatIsWantedAndWhatThatNeeds) {
  auto wanted = [](std::string_view name) { return name == "fd_write"; };
  auto made = trim_adapter(preview1_reactor_adapter(), wanted, "cabi_realloc");
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(exports_of(*made), std::set<std::string>{"fd_write"});
  auto modules = import_modules_of(*made);
  EXPECT_TRUE(modules.contains("wasi:io/streams@0.2.12"));
  EXPECT_FALSE(modules.contains("wasi:random/random@0.2.12"));
  EXPECT_FALSE(modules.contains("wasi:clocks/wall-clock@0.2.12"));
  EXPECT_LT(made->size(), preview1_reactor_adapter().size());
}

TEST(TrimAdapter, GrowsTheMemoryForAStackWhereTheModuleHasNoAllocator) {
  auto wanted = [](std::string_view name) { return name == "fd_write"; };
  auto made = trim_adapter(preview1_command_adapter(), wanted, "");
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_FALSE(import_modules_of(*made).contains("__main_module__"));
  wasm::CoreTypes types;
  auto module = wasm::read_module(types, *made, 0);
  ASSERT_TRUE(module.ok());
  EXPECT_TRUE(module->start.has_value());
}

constexpr std::string_view kOperations = R"((module
  (import "env" "memory" (memory 0))
  (import "a:b/log" "write" (func $write (param i32)))
  (type $operation (func (param i32) (result i32)))
  (table $operations 4 funcref)
  (table $more 2 funcref)
  (elem (i32.const 1) $twice $square)
  (elem $later funcref (ref.func $negate) (ref.null func))
  (elem declare func $one)
  (data $text "some text")
  (func $dead (result i32) (i32.const 77))
  (func $twice (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (func $square (param i32) (result i32) (i32.mul (local.get 0) (local.get 0)))
  (func $negate (param i32) (result i32) (i32.sub (i32.const 0) (local.get 0)))
  (func $one (param i32) (result i32) (i32.const 1))
  (func (export "apply") (param i32 i32) (result i32)
    (table.init $operations $later (i32.const 0) (i32.const 0) (i32.const 1))
    (table.set $operations (i32.const 3) (ref.func $one))
    (call_indirect $operations (type $operation) (local.get 1) (local.get 0)))
  (func (export "copy") (param i32)
    (memory.init $text (local.get 0) (i32.const 0) (i32.const 9))
    (data.drop $text))
  (func (export "plain") (result i32) (call $twice (i32.const 4)))
  (func (export "log") (call $write (call $dead)))))";

// The text of what is left of an adapter for one function.
std::string trimmed(std::string_view text, std::string_view function) {
  auto bytes = engine::assemble(text);
  EXPECT_TRUE(bytes.ok()) << (bytes.ok() ? "" : bytes.error().message);
  if (!bytes.ok()) return "";
  auto made = trim_adapter(bytes->span(), [&](auto name) { return name == function; }, "");
  if (!made.ok()) return made.error().message;
  std::string printed;
  EXPECT_TRUE(engine::print_text(*made, {}, [&](std::string_view piece) {
    printed += piece;
    return true;
  }));
  return printed;
}

TEST(TrimAdapter, KeepsTablesWithTheirElementsWhereTheyAreUsed) {
  std::string text = trimmed(kOperations, "apply");
  EXPECT_NE(text.find("(elem (;0;) (i32.const 1) func 0 1)"), std::string::npos) << text;
  EXPECT_NE(text.find("(elem (;1;) funcref (ref.func 2) (ref.null func))"), std::string::npos)
      << text;
  EXPECT_NE(text.find("(elem (;2;) declare func 3)"), std::string::npos) << text;
  EXPECT_EQ(text.find("i32.const 77"), std::string::npos) << text;
  EXPECT_EQ(text.find("a:b/log"), std::string::npos) << text;
  EXPECT_EQ(text.find("(data"), std::string::npos) << text;
  text = trimmed(kOperations, "plain");
  EXPECT_EQ(text.find("(elem"), std::string::npos) << text;
  EXPECT_EQ(text.find("(table"), std::string::npos) << text;
}

TEST(TrimAdapter, KeepsDataThatCodePutsIntoTheMemory) {
  std::string text = trimmed(kOperations, "copy");
  EXPECT_NE(text.find("(data (;0;) \"some text\")"), std::string::npos) << text;
  EXPECT_EQ(text.find("(elem"), std::string::npos) << text;
}

TEST(TrimAdapter, RefusesDataThatHasAPlaceInTheMemoryOfTheModule) {
  std::string text = trimmed(
      R"((module (import "env" "memory" (memory 0)) (data (i32.const 8) "x") (func (export "f"))))",
      "f");
  EXPECT_NE(text.find("an adapter's data segments are passive"), std::string::npos) << text;
}

TEST(TrimAdapter, RefusesWhatIsCutOff) {
  auto whole = preview1_reactor_adapter();
  for (size_t size = 9; size < whole.size() - 20'000; size += 1009) {
    EXPECT_FALSE(trim_adapter(whole.first(size), [](auto) { return true; }, "").ok()) << size;
  }
}

TEST(GlueModules, AreModules) {
  wasm::CoreFunc function{{wasm::kI32, wasm::kF64}, {wasm::kI64}};
  std::vector<wasm::CoreFunc> functions(100, function);
  wasm::CoreTypes types;
  auto shim = wasm::read_module(types, shim_module(functions), 0);
  ASSERT_TRUE(shim.ok());
  EXPECT_EQ(shim->exports.size(), 101u);
  auto fixup = wasm::read_module(types, fixup_module(functions), 0);
  ASSERT_TRUE(fixup.ok());
  EXPECT_EQ(fixup->imports.size(), 101u);
  auto start = wasm::read_module(types, start_module(), 0);
  ASSERT_TRUE(start.ok());
  EXPECT_EQ(start->start, 0u);
}

TEST(NewComponent, AdaptsAModuleThatUsesPreview1) {
  Bytes module = seed("preview1.wasm");
  auto made = new_component({"preview1.wasm", module, {}, "1"});
  ASSERT_TRUE(made.ok()) << made.error().message;
  auto modules = unbundle(*made);
  ASSERT_TRUE(modules.ok());
  // The module, its adapter, the shim and what fills its table.
  EXPECT_EQ(modules->size(), 4u);
  auto again = new_component({"preview1.wasm", *made, {}, "1"});
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message.find("a component already"), std::string::npos);
}

TEST(NewComponent, NamesWhatTheWorldPromisesAndTheModuleLacks) {
  auto made = new_component({"types.o", seed("types.o"), {}, "1"});
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("does not export the function"), std::string::npos);
}

TEST(NewComponent, SurvivesEveryCut) {
  Bytes module = seed("preview1.wasm");
  for (size_t size = 0; size < module.size(); ++size) {
    auto made = new_component({"cut", std::span(module).first(size), {}, "1"});
    if (!made.ok()) EXPECT_FALSE(made.error().message.empty());
  }
}

TEST(ReadWorld, RefusesAnAliasThatLeavesTheWorld) {
  // component { type (component (type (component (alias outer 1 0)))) }.
  const Bytes bytes = {0,    'a', 's', 'm', 0x0d, 0, 1, 0, 7, 17, 1,   0x41, 2, 1,
                       0x41, 1,   2,   3,   2,    1, 0, 4, 0, 1,  'w', 4,    0};
  auto world = read_world(bytes, 0);
  ASSERT_FALSE(world.ok());
  EXPECT_NE(world.error().message.find("too far out"), std::string::npos) << world.error().message;
}

}  // namespace
}  // namespace weir::tools
