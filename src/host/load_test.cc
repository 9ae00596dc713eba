#include "host/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/file.h"

namespace weir::host {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr const char* kComponent = R"((component
  (core module $m (memory 1) (func (export "run") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func (export "run") (result u32) (canon lift (core func $i "run")))))";

class Warnings final : public Log {
 public:
  void write(Level level, std::string_view message) override {
    if (level == Level::warning || level == Level::error) lines.emplace_back(message);
  }
  std::vector<std::string> lines;
};

std::unique_ptr<engine::Engine> make_engine(bool epochs = true) {
  engine::Config config;
  config.max_instances = 2;
  config.epochs = epochs;
  return std::move(*engine::Engine::create(config));
}

class Load : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "weir-load-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    root_ = pattern;
    write("app.wat", kComponent);
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string write(const std::string& name, std::string_view content) {
    std::ofstream(root_ / name, std::ios::binary) << content;
    return (root_ / name).string();
  }
  CompileCache cache() { return std::move(*CompileCache::open((root_ / "cache").string())); }
  bool load(engine::Engine& engine, const std::string& name = "app.wat") {
    CompileCache kept = cache();
    auto loaded = load_component(engine, (root_ / name).string(), &kept, log_);
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    return loaded.ok();
  }
  std::string refusal(const std::string& path) {
    auto loaded = load_component(*engine_, path, nullptr, log_);
    return loaded.ok() ? "" : loaded.error().message;
  }
  // The folders of the cache's entries.
  std::vector<fs::path> entries() {
    std::vector<fs::path> found;
    for (const auto& item : fs::directory_iterator(root_ / "cache"))
      if (item.is_directory()) found.push_back(item.path());
    return found;
  }
  static ino_t inode(const fs::path& path) {
    struct stat status = {};
    ::stat(path.c_str(), &status);
    return status.st_ino;
  }

  fs::path root_;
  Warnings log_;
  std::unique_ptr<engine::Engine> engine_ = make_engine();
};

TEST_F(Load, CompilesOnceAndTakesTheCodeFromTheCacheThen) {
  ASSERT_TRUE(load(*engine_));
  ASSERT_EQ(entries().size(), 1u);
  ino_t made = inode(entries()[0] / "module-0");
  ASSERT_TRUE(load(*engine_));
  ASSERT_EQ(entries().size(), 1u);
  EXPECT_EQ(inode(entries()[0] / "module-0"), made);
  // The same content under another name.
  write("copy.wat", kComponent);
  ASSERT_TRUE(load(*engine_, "copy.wat"));
  EXPECT_EQ(entries().size(), 1u);
  EXPECT_TRUE(log_.lines.empty()) << log_.lines[0];
}

TEST_F(Load, KeepsTheCodeOfOtherContentAndOtherSettingsApart) {
  ASSERT_TRUE(load(*engine_));
  write("other.wat", std::string(kComponent) + " ");
  ASSERT_TRUE(load(*engine_, "other.wat"));
  EXPECT_EQ(entries().size(), 2u);
  auto other = make_engine(false);
  ASSERT_TRUE(load(*other));
  EXPECT_EQ(entries().size(), 3u);
}

TEST_F(Load, MakesADamagedEntryAnew) {
  ASSERT_TRUE(load(*engine_));
  fs::path module = entries()[0] / "module-0";
  std::string good(read_file(module.string())->bytes.view());
  std::string broken = good;
  broken[good.size() / 2] ^= 0x5a;
  std::ofstream(module, std::ios::binary) << broken;
  ASSERT_TRUE(load(*engine_));
  ASSERT_EQ(entries().size(), 1u);
  EXPECT_EQ(read_file(module.string())->bytes.size(), good.size());
  // What is there now is whole: it is used as it is.
  EXPECT_TRUE(cache().find(entries()[0].filename()).has_value());
}

TEST_F(Load, NeverRunsAnEntryThatTheEngineDidNotMake) {
  ASSERT_TRUE(load(*engine_));
  std::string key = entries()[0].filename();
  auto size = fs::file_size(entries()[0] / "module-0");
  // Its checksum is right; only the engine can tell.
  Bytes foreign[] = {Bytes::copy(std::string(5000, 'x'))};
  ASSERT_TRUE(cache().store(key, foreign).ok());
  ASSERT_TRUE(load(*engine_));
  ASSERT_EQ(entries().size(), 1u);
  EXPECT_EQ(fs::file_size(entries()[0] / "module-0"), size);
  // One module too many.
  auto module = read_file((entries()[0] / "module-0").string());
  Bytes twice[] = {module->bytes, module->bytes};
  ASSERT_TRUE(cache().store(key, twice).ok());
  ASSERT_TRUE(load(*engine_));
  EXPECT_FALSE(fs::exists(entries()[0] / "module-1"));
}

TEST_F(Load, ReadsWhatWasCompiledAhead) {
  auto artifact = compile_to_artifact(*engine_, (root_ / "app.wat").string());
  ASSERT_TRUE(artifact.ok()) << artifact.error().message;
  // Told apart by content, whatever it is called.
  EXPECT_EQ(refusal(write("app.wasm", artifact->view())), "");
  EXPECT_THAT(refusal(write("cut.weir", artifact->view().substr(0, artifact->size() / 2))),
              HasSubstr("compile the component again"));
  auto other = make_engine(false);
  auto loaded = load_component(*other, (root_ / "app.wasm").string(), nullptr, log_);
  ASSERT_FALSE(loaded.ok());
  EXPECT_THAT(loaded.error().message, HasSubstr("other settings"));
}

TEST_F(Load, SaysWhatAFileIsInsteadOfAComponent) {
  using namespace std::string_view_literals;
  EXPECT_THAT(refusal("/nonexistent/app.wasm"), HasSubstr("cannot open /nonexistent/app.wasm"));
  EXPECT_THAT(refusal(root_.string()), HasSubstr("not a regular file"));
  EXPECT_THAT(refusal(write("empty", "")), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal(write("core", "\0asm\1\0\0\0"sv)), HasSubstr("core module"));
  EXPECT_THAT(refusal(write("core.wat", "(module)")), HasSubstr("core module"));
  EXPECT_THAT(refusal(write("text", "hello")), HasSubstr("neither"));
  EXPECT_THAT(refusal(write("broken", "\0asm\x0d\0\1\0\xff\xff"sv)), HasSubstr("broken: "));
}

TEST_F(Load, NamesTheFlagWhereATableStartsTooLarge) {
  std::string path = write("table.wat", R"((component
    (core module $m (table 200000 funcref))
    (core instance (instantiate $m))))");
  EXPECT_THAT(refusal(path), HasSubstr("starts with a table of 200000 elements"));
  EXPECT_THAT(refusal(path), HasSubstr("--max-table-elements"));
}

}  // namespace
}  // namespace weir::host
