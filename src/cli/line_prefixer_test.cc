#include "cli/line_prefixer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>

namespace weir::cli {
namespace {

std::string output_of(const std::function<void(OutputWriter&)>& use) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  {
    OutputWriter writer(ends[1]);
    use(writer);
  }
  ::close(ends[1]);
  std::string all(65536, '\0');
  ssize_t count = ::read(ends[0], all.data(), all.size());
  ::close(ends[0]);
  all.resize(count > 0 ? count : 0);
  return all;
}

TEST(LinePrefixer, JoinsPartialLinesAndPrefixesEach) {
  EXPECT_EQ(output_of([](OutputWriter& writer) {
              LinePrefixer out(writer, "stdout [7] :: ");
              out.write("hel");
              out.write("lo\nwor");
              out.write("ld\r\n\nend");
            }),
            "stdout [7] :: hello\nstdout [7] :: world\nstdout [7] :: \nstdout [7] :: end\n");
}

TEST(LinePrefixer, EscapesControlBytes) {
  EXPECT_EQ(output_of([](OutputWriter& writer) { LinePrefixer(writer, "").write("\x1b[2J\n"); }),
            "\\x1b[2J\n");
}

TEST(LinePrefixer, BreaksALineThatNeverEnds) {
  std::string all = output_of(
      [](OutputWriter& writer) { LinePrefixer(writer, "> ").write(std::string(10'000, 'x')); });
  EXPECT_EQ(all, "> " + std::string(8192, 'x') + "\n> " + std::string(1808, 'x') + "\n");
}

}  // namespace
}  // namespace weir::cli
