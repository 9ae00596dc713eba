#include "host/resident.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace weir::host {
namespace {

// A component of one module whose memory starts with so many pages, as text in a file.
class File {
 public:
  explicit File(const std::string& text) : path_(::testing::TempDir() + "resident_test.XXXXXX") {
    int fd = ::mkstemp(path_.data());
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(fd);
  }
  ~File() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string component_of(int pages) {
  return "(component (core module $m (memory " + std::to_string(pages) +
         ")) (core instance (instantiate $m)))";
}

TEST(ResidentWithoutPagemap, KeepsASmallMemoryWhole) {
  EXPECT_EQ(resident_without_pagemap(File(component_of(2)).path()), size_t{128} << 10);
}

TEST(ResidentWithoutPagemap, KeepsNothingOfALargeOne) {
  EXPECT_EQ(resident_without_pagemap(File(component_of(17)).path()), 0u);
  EXPECT_EQ(resident_without_pagemap(File(component_of(150)).path()), 0u);
}

TEST(ResidentWithoutPagemap, LeavesWhatCannotBeReadToTheLoader) {
  EXPECT_EQ(resident_without_pagemap("/nonexistent/app.wasm"), size_t{64} << 10);
  EXPECT_EQ(resident_without_pagemap(File("no component").path()), size_t{64} << 10);
}

}  // namespace
}  // namespace weir::host
