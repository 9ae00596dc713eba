#include "engine/module.h"

#include <cstdio>
#include <fstream>

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

using testing::compile;
using testing::make_engine;

constexpr std::string_view adder =
    "(module (func (export \"run\") (param i32) (result i32) (i32.add (local.get 0) (i32.const "
    "1))))";

TEST(Module, TellsItsImportsAndExportsWithTheirTypes) {
  auto engine = make_engine();
  Module module = compile(*engine, R"((module
    (import "a" "f" (func (param i32 i64) (result f32 f64)))
    (import "a" "t" (table 3 7 funcref))
    (import "b" "m" (memory 1 5))
    (import "b" "g" (global (mut i32)))
    (import "b" "v" (func (param v128) (result funcref externref)))
    (func (export "x"))))");
  auto imports = module.imports();
  ASSERT_EQ(imports.size(), 5u);
  EXPECT_EQ(imports[0].module, "a");
  EXPECT_EQ(imports[0].name, "f");
  EXPECT_EQ(imports[0].type.func,
            (FuncType{{ValType::i32, ValType::i64}, {ValType::f32, ValType::f64}}));
  EXPECT_EQ(imports[1].type.kind, ExternKind::table);
  EXPECT_EQ(imports[1].type.limits.max, 7u);
  EXPECT_EQ(imports[2].type.kind, ExternKind::memory);
  EXPECT_EQ(imports[2].type.limits.min, 1u);
  EXPECT_EQ(imports[2].type.limits.max, 5u);
  EXPECT_EQ(imports[3].type.global, ValType::i32);
  EXPECT_TRUE(imports[3].type.is_mutable);
  EXPECT_EQ(imports[4].type.func,
            (FuncType{{ValType::v128}, {ValType::funcref, ValType::externref}}));
  ASSERT_EQ(module.exports().size(), 1u);
  EXPECT_EQ(module.exports()[0].name, "x");
}

TEST(Module, HasNoFunctionTypeForReferencesOfOtherKinds) {
  auto engine = make_engine();
  Module module = compile(*engine, R"((module
    (type $s (struct (field i32)))
    (import "a" "f" (func (param (ref null $s))))
    (import "a" "g" (func (param (ref func))))
    (import "a" "h" (global i31ref))))");
  EXPECT_FALSE(module.imports()[0].type.func.has_value());
  EXPECT_FALSE(module.imports()[1].type.func.has_value());
  EXPECT_FALSE(module.imports()[2].type.global.has_value());
}

TEST(Module, RefusesWhatIsNotAModuleAndSaysWhy) {
  auto engine = make_engine();
  auto empty = Module::compile(*engine, {});
  ASSERT_FALSE(empty.ok());
  auto text = Module::compile(*engine, as_bytes("this is no module at all"));
  ASSERT_FALSE(text.ok());
  EXPECT_NE(text.error().message.find("does not compile"), std::string::npos);
  Bytes wasm = *assemble(adder);
  for (size_t size = 0; size < wasm.size(); size += 3) {
    if (size == 8) continue;
    EXPECT_FALSE(Module::compile(*engine, wasm.span().first(size)).ok()) << size;
  }
}

TEST(Module, ComesBackFromItsSerializedForm) {
  auto engine = make_engine();
  Bytes saved = *compile(*engine, adder).serialize();
  auto loaded = Module::deserialize(*engine, saved.span());
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->exports()[0].name, "run");

  std::string path = ::testing::TempDir() + "weir_engine_module_test.cwasm";
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(saved.data()),
             static_cast<std::streamsize>(saved.size()));
  auto opened = Module::open(*engine, path);
  std::remove(path.c_str());
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE(opened->find_export("run"));
}

TEST(Module, RefusesCompiledCodeThatIsDamagedOrOfAnotherEngine) {
  auto engine = make_engine();
  Bytes saved = *compile(*engine, adder).serialize();
  EXPECT_FALSE(Module::deserialize(*engine, saved.span().first(20)).ok());
  EXPECT_FALSE(Module::deserialize(*engine, {}).ok());
  EXPECT_FALSE(Module::open(*engine, "/nowhere/at/all.cwasm").ok());

  Config other = testing::small_config();
  other.epochs = false;
  auto without_epochs = make_engine(other);
  EXPECT_NE(engine->facts().compatibility_hash, without_epochs->facts().compatibility_hash);
  EXPECT_FALSE(Module::deserialize(*without_epochs, saved.span()).ok());
}

TEST(Module, FindsAnExportOnceAndForAll) {
  auto engine = make_engine();
  Module module = compile(*engine, adder);
  Module copy = module;
  EXPECT_EQ(module.find_export("run").raw(), copy.find_export("run").raw());
  EXPECT_FALSE(module.find_export("absent"));
  EXPECT_FALSE(module.find_export(""));
  EXPECT_FALSE(module.find_export("\xff\xfe"));
}

TEST(InstancePre, RefusesHostFunctionsOfAnotherTypeThanTheImport) {
  auto engine = make_engine();
  Module module = compile(*engine, "(module (import \"a\" \"f\" (func (param i64))))");
  HostFuncs functions(*engine);
  uint32_t id = functions.define(testing::i32_to_i32(), testing::call_host, nullptr);
  auto pre = InstancePre::prepare(*engine, module, functions, {{id}});
  ASSERT_FALSE(pre.ok());
  EXPECT_NE(pre.error().message.find("cannot be resolved"), std::string::npos);
}

TEST(InstancePre, TakesAnImportThatIsNamedTwice) {
  auto engine = make_engine();
  Module module = compile(*engine, R"((module
    (import "a" "f" (func (param i32) (result i32)))
    (import "a" "f" (func (param i32) (result i32)))))");
  HostFuncs functions(*engine);
  uint32_t one = functions.define(testing::i32_to_i32(), testing::call_host, nullptr);
  uint32_t two = functions.define(testing::i32_to_i32(), testing::call_host, nullptr);
  EXPECT_TRUE(InstancePre::prepare(*engine, module, functions, {{one, one}}).ok());
  EXPECT_FALSE(InstancePre::prepare(*engine, module, functions, {{one, two}}).ok());
}

}  // namespace
}  // namespace weir::engine
