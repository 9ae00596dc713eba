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
  const std::string key_ = CompileCache::key(crypto::sha256(as_bytes("component")), "engine 1");
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

TEST_F(CompileCacheTest, NeverUsesWhatBelongsToAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  CompileCache cache = open();
  Bytes modules[] = {Bytes::copy("native")};
  fs::path entry = fs::path(dir()) / key_;
  for (fs::path part : {entry / "module-0", entry / "manifest", entry}) {
    ASSERT_TRUE(cache.store(key_, modules).ok());
    ASSERT_TRUE(cache.find(key_).has_value());
    ASSERT_EQ(::chown(part.c_str(), 65534, 65534), 0);
    EXPECT_FALSE(cache.find(key_).has_value()) << part;
  }
  ASSERT_EQ(::chown(dir().c_str(), 65534, 65534), 0);
  auto refused = CompileCache::open(dir());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("another user"), std::string::npos);
}

TEST_F(CompileCacheTest, NeverFollowsALinkInPlaceOfAnEntry) {
  CompileCache cache = open();
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  fs::path entry = fs::path(dir()) / key_;
  fs::rename(entry, root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", entry);
  EXPECT_FALSE(cache.find(key_).has_value());
  EXPECT_TRUE(fs::exists(root_ / "elsewhere" / "module-0")) << "the link's target was removed";
  // A link in place of the entry being made is not written through.
  fs::create_symlink(root_ / "elsewhere", fs::path(dir()) / (".new-" + key_));
  Bytes others[] = {Bytes::copy("other")};
  ASSERT_TRUE(cache.store(key_, others).ok());
  EXPECT_EQ(text_of((*cache.find(key_))[0]), "other");
  EXPECT_TRUE(fs::exists(root_ / "elsewhere" / "manifest"));
}

TEST_F(CompileCacheTest, StaysInItsDirectoryWhateverBearsItsNameLater) {
  CompileCache cache = open();
  fs::rename(dir(), root_ / "moved");
  fs::create_directories(dir());
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  EXPECT_TRUE(fs::is_empty(dir()));
  EXPECT_TRUE(fs::exists(root_ / "moved" / key_));
  EXPECT_TRUE(cache.find(key_).has_value());
}

TEST_F(CompileCacheTest, StartsAfreshWhereItsMakerWasKilled) {
  CompileCache cache = open();
  fs::create_directories(fs::path(dir()) / (".new-" + key_));
  std::ofstream(fs::path(dir()) / (".new-" + key_) / "module-0") << "half";
  EXPECT_FALSE(cache.find(key_).has_value());
  Bytes modules[] = {Bytes::copy("whole")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  EXPECT_EQ(text_of((*cache.find(key_))[0]), "whole");
  EXPECT_FALSE(fs::exists(fs::path(dir()) / (".new-" + key_)));
}

TEST_F(CompileCacheTest, MakesItsDirectoryForTheUserAlone) {
  CompileCache cache = open();
  EXPECT_EQ(fs::status(dir()).permissions(), fs::perms::owner_all);
  Bytes modules[] = {Bytes::copy("native")};
  ASSERT_TRUE(cache.store(key_, modules).ok());
  for (const auto& file : fs::recursive_directory_iterator(dir()))
    EXPECT_EQ(file.status().permissions() & (fs::perms::group_all | fs::perms::others_all),
              fs::perms::none)
        << file.path();
}

TEST_F(CompileCacheTest, RemovesAnEntryWhoseManifestIsBroken) {
  CompileCache cache = open();
  for (const char* manifest :
       {"", "weir-compiled 2\n", "weir-compiled 1\nx\n", "weir-compiled 1\n6\n",
        "weir-compiled 1\n6 zz\n", "weir-compiled 1\n99999999999999999999 0\n"}) {
    Bytes modules[] = {Bytes::copy("native")};
    ASSERT_TRUE(cache.store(key_, modules).ok());
    std::ofstream(fs::path(dir()) / key_ / "manifest", std::ios::trunc) << manifest;
    EXPECT_FALSE(cache.find(key_).has_value()) << manifest;
    EXPECT_FALSE(fs::exists(fs::path(dir()) / key_));
  }
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
  // A file of long ago.
  struct stat old = first->status;
  old.st_mtim.tv_sec -= 60;
  old.st_ctim.tv_sec -= 60;
  EXPECT_FALSE(cache.recall(old).has_value());
  cache.remember(old, crypto::sha256(first->bytes.span()));
  EXPECT_EQ(cache.recall(old), crypto::sha256(as_bytes("one")));
  for (auto change : std::vector<void (*)(struct stat&)>{
           [](struct stat& s) { ++s.st_dev; }, [](struct stat& s) { ++s.st_ino; },
           [](struct stat& s) { ++s.st_size; }, [](struct stat& s) { ++s.st_mtim.tv_nsec; },
           [](struct stat& s) { ++s.st_ctim.tv_nsec; }}) {
    struct stat changed = old;
    change(changed);
    EXPECT_FALSE(cache.recall(changed).has_value());
  }
}

TEST_F(CompileCacheTest, DoesNotRememberAFileThatMayStillChangeWithinItsTimes) {
  CompileCache cache = open();
  fs::path app = root_ / "app.wasm";
  std::ofstream(app) << "one";
  auto first = read_file(app.string());
  cache.remember(first->status, crypto::sha256(first->bytes.span()));
  EXPECT_FALSE(cache.recall(first->status).has_value());
}

TEST_F(CompileCacheTest, KeysDifferByContentAndByEngine) {
  EXPECT_NE(CompileCache::key(crypto::sha256(as_bytes("a")), "e"),
            CompileCache::key(crypto::sha256(as_bytes("b")), "e"));
  EXPECT_NE(CompileCache::key(crypto::sha256(as_bytes("a")), "e"),
            CompileCache::key(crypto::sha256(as_bytes("a")), "f"));
}

TEST_F(CompileCacheTest, LocksExcludeEachOther) {
  CompileCache cache = open();
  auto held = cache.lock(key_);
  ASSERT_TRUE(held.ok());
  int other = ::open((dir() + "/lock-" + key_).c_str(), O_RDWR);
  EXPECT_NE(::flock(other, LOCK_EX | LOCK_NB), 0);
  // Another component is not kept waiting.
  EXPECT_TRUE(cache.lock(CompileCache::key(crypto::sha256(as_bytes("another")), "engine 1")).ok());
  held = Err("released");
  EXPECT_EQ(::flock(other, LOCK_EX | LOCK_NB), 0);
  ::close(other);
}

}  // namespace
}  // namespace weir::host
