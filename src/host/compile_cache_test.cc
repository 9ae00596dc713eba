#include "host/compile_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace weir::host {
namespace {

namespace fs = std::filesystem;

class CompileCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "weir-cache-XXXXXX").string();
    ASSERT_TRUE(::mkdtemp(pattern.data()));
    root_ = pattern;
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string dir() const { return (root_ / "cache").string(); }
  CompileCache open() const {
    auto cache = CompileCache::open(dir());
    EXPECT_TRUE(cache.ok()) << cache.error().message;
    return std::move(*cache);
  }
  static std::string text_of(const Descriptor& file) {
    return std::string(read_file(file, "module")->bytes.view());
  }

  fs::path root_;
  const std::string key_ = CompileCache::key(sha256(as_bytes("component")), "engine 1");
};

TEST_F(CompileCacheTest, GivesBackTheModulesThatWereStored) {
  CompileCache cache = open();
  EXPECT_FALSE(cache.find(key_).has_value());
  Bytes modules[] = {Bytes::copy("native one"), Bytes::copy("native two")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  auto found = cache.find(key_);
  ASSERT_TRUE(found.has_value());
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(text_of((*found)[0]), "native one");
  EXPECT_EQ(text_of((*found)[1]), "native two");
}

TEST_F(CompileCacheTest, ReplacesAnEntryInOneStep) {
  CompileCache cache = open();
  Bytes first[] = {Bytes::copy("a")}, second[] = {Bytes::copy("b")};
  ASSERT_TRUE(cache.store(key_, first).ok());
  ASSERT_TRUE(cache.store(key_, second).ok());
  EXPECT_EQ(text_of((*cache.find(key_))[0]), "b");
}

TEST_F(CompileCacheTest, RemovesAnEntryWhoseModuleIsDamaged) {
  CompileCache cache = open();
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  std::ofstream(fs::path(dir()) / key_ / "module-0") << "nativf";
  EXPECT_FALSE(cache.find(key_).has_value());
  EXPECT_FALSE(fs::exists(fs::path(dir()) / key_));
}

TEST_F(CompileCacheTest, NeverUsesAFileThatOthersMayWrite) {
  CompileCache cache = open();
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  fs::permissions(fs::path(dir()) / key_ / "module-0", fs::perms::all);
  EXPECT_FALSE(cache.find(key_).has_value());
}

TEST_F(CompileCacheTest, NeverFollowsALink) {
  CompileCache cache = open();
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  fs::path module = fs::path(dir()) / key_ / "module-0";
  fs::rename(module, root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", module);
  EXPECT_FALSE(cache.find(key_).has_value());
  EXPECT_TRUE(fs::exists(root_ / "elsewhere"));
}

TEST_F(CompileCacheTest, RefusesADirectoryThatOthersCanEnterAndSaysHowToMendIt) {
  fs::create_directories(dir());
  fs::permissions(dir(), fs::perms::owner_all | fs::perms::others_read);
  auto cache = CompileCache::open(dir());
  ASSERT_FALSE(cache.ok());
  EXPECT_NE(cache.error().message.find("chmod 700"), std::string::npos);
}

TEST_F(CompileCacheTest, RefusesALinkInPlaceOfItsDirectory) {
  fs::create_directories(root_ / "other");
  fs::permissions(root_ / "other", fs::perms::owner_all);
  fs::create_symlink(root_ / "other", dir());
  EXPECT_FALSE(CompileCache::open(dir()).ok());
}

TEST_F(CompileCacheTest, RemembersADigestUntilTheFileChanges) {
  CompileCache cache = open();
  fs::path app = root_ / "app.wasm";
  std::ofstream(app) << "one";
  auto first = read_file(app.string());
  EXPECT_FALSE(cache.recall(first->status).has_value());
  cache.remember(first->status, sha256(first->bytes.span()));
  EXPECT_EQ(cache.recall(first->status), sha256(as_bytes("one")));
  std::ofstream(app, std::ios::app) << "!";
  EXPECT_FALSE(cache.recall(read_file(app.string())->status).has_value());
}

TEST_F(CompileCacheTest, KeysDifferByContentAndByEngine) {
  EXPECT_NE(CompileCache::key(sha256(as_bytes("a")), "e"),
            CompileCache::key(sha256(as_bytes("b")), "e"));
  EXPECT_NE(CompileCache::key(sha256(as_bytes("a")), "e"),
            CompileCache::key(sha256(as_bytes("a")), "f"));
}

TEST_F(CompileCacheTest, LocksExcludeEachOther) {
  CompileCache cache = open();
  auto held = cache.lock(key_);
  ASSERT_TRUE(held.ok());
  int other = ::open((dir() + "/lock-" + key_.substr(0, 2)).c_str(), O_RDWR);
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  held = Err("released");
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
}

}  // namespace
}  // namespace weir::host
