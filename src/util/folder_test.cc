#include "util/folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

namespace weir {
namespace {

namespace fs = std::filesystem;

class Folder : public testing::Test {
 protected:
  Folder() : path_(testing::TempDir() + "folder." + std::to_string(::getpid())) {
    fs::create_directory(path_);
  }
  ~Folder() override { fs::remove_all(path_); }

  void make_file(const std::string& name) {
    std::FILE* file = std::fopen(path_in(path_, name).c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fclose(file);
  }

  std::string path_;
};

TEST_F(Folder, IsReadSortedByName) {
  make_file("b");
  fs::create_directory(path_ + "/c");
  make_file(".a");
  auto entries = read_folder(path_ + "/");
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].name, ".a");
  EXPECT_EQ((*entries)[1].path, path_ + "/b");
  EXPECT_TRUE((*entries)[1].is_file);
  EXPECT_FALSE((*entries)[1].is_folder);
  EXPECT_TRUE((*entries)[2].is_folder);
  EXPECT_FALSE((*entries)[2].is_file);
}

TEST_F(Folder, IsReadWholeWhateverItsSize) {
  for (int i = 0; i < 1000; ++i)
    make_file("a file with a name of some length " + std::to_string(i));
  auto entries = read_folder(path_);
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(entries->size(), 1000u);
}

TEST_F(Folder, FollowsLinks) {
  make_file("file");
  fs::create_symlink(path_, path_ + "/to a folder");
  fs::create_symlink("file", path_ + "/to file");
  fs::create_symlink("nothing", path_ + "/to nothing");
  auto entries = read_folder(path_);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 4u);
  EXPECT_TRUE((*entries)[1].is_folder);
  EXPECT_TRUE((*entries)[2].is_file);
  EXPECT_FALSE((*entries)[3].is_folder || (*entries)[3].is_file);
}

TEST_F(Folder, HasThingsThatAreNeitherFileNorFolder) {
  ASSERT_EQ(::mkfifo((path_ + "/pipe").c_str(), 0600), 0);
  auto entries = read_folder(path_);
  ASSERT_TRUE(entries.ok());
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_FALSE((*entries)[0].is_folder || (*entries)[0].is_file);
}

TEST_F(Folder, ThatCannotBeReadSaysWhy) {
  make_file("file");
  EXPECT_EQ(read_folder(path_ + "/none").error(), ENOENT);
  EXPECT_EQ(read_folder(path_ + "/file").error(), ENOTDIR);
}

TEST(FolderEntry, HasAnExtensionOnlyBehindSomething) {
  EXPECT_TRUE((FolderEntry{"a.wit", ""}.has_extension(".wit")));
  EXPECT_FALSE((FolderEntry{".wit", ""}.has_extension(".wit")));
  EXPECT_FALSE((FolderEntry{"a.witx", ""}.has_extension(".wit")));
}

}  // namespace
}  // namespace weir
