#include "util/whole_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <thread>

namespace weir {
namespace {

class WholeFile : public testing::Test {
 protected:
  WholeFile() : path_(testing::TempDir() + "whole_file." + std::to_string(::getpid())) {}
  ~WholeFile() override { std::remove(path_.c_str()); }

  void write(const std::string& content) {
    std::FILE* file = std::fopen(path_.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fwrite(content.data(), 1, content.size(), file);
    std::fclose(file);
  }

  std::string path_;
};

TEST_F(WholeFile, GivesEveryByteOfAFile) {
  for (size_t size : {size_t{0}, size_t{1}, size_t{65536}, size_t{200'000}}) {
    std::string content(size, '\0');
    for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7);
    write(content);
    auto read = read_whole_file(path_, size);
    ASSERT_TRUE(read.ok()) << size;
    EXPECT_EQ(*read, content);
  }
}

TEST_F(WholeFile, RefusesMoreThanTheLimit) {
  write("four");
  auto read = read_whole_file(path_, 3);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error(), EFBIG);
  auto endless = read_whole_file("/dev/zero", 100'000);
  ASSERT_FALSE(endless.ok());
  EXPECT_EQ(endless.error(), EFBIG);
}

TEST_F(WholeFile, TellsWhatIsWrongWithAPath) {
  EXPECT_EQ(read_whole_file(path_ + "/absent", 10).error(), ENOENT);
  EXPECT_EQ(read_whole_file("/", 10).error(), EISDIR);
}

TEST_F(WholeFile, ReadsAPipeToItsEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::string content(150'000, 'p');
  std::thread writer([&] {
    EXPECT_EQ(::write(ends[1], content.data(), content.size()), ssize_t(content.size()));
    ::close(ends[1]);
  });
  auto read = read_whole_file("/dev/fd/" + std::to_string(ends[0]), 1'000'000);
  writer.join();
  ::close(ends[0]);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(*read, content);
}

}  // namespace
}  // namespace weir
