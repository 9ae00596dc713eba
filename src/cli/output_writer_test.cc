#include "cli/output_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace weir::cli {
namespace {

struct Pipe {
  int ends[2];
  Pipe() { EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0); }
  ~Pipe() {
    ::close(ends[0]);
    if (ends[1] >= 0) ::close(ends[1]);
  }
  std::string read_all() {
    ::close(ends[1]);
    ends[1] = -1;
    std::string all;
    char buffer[4096];
    for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0;) all.append(buffer, n);
    return all;
  }
};

TEST(OutputWriter, WritesEverythingBeforeItStops) {
  Pipe pipe;
  {
    OutputWriter writer(pipe.ends[1]);
    for (int i = 0; i < 100; ++i) writer.write_line("line " + std::to_string(i));
  }
  std::string all = pipe.read_all();
  EXPECT_TRUE(all.starts_with("line 0\nline 1\n"));
  EXPECT_TRUE(all.ends_with("line 99\n"));
}

TEST(OutputWriter, DropsAndCountsWhatAReaderWhoDoesNotReadLeavesBehind) {
  Pipe pipe;
  OutputWriter writer(pipe.ends[1], 10'000);
  std::string line(999, 'x');
  for (int i = 0; i < 1000; ++i) writer.write_line(line);
  EXPECT_GT(writer.dropped(), 500u);
}

}  // namespace
}  // namespace weir::cli
