#include "cli/startup_log.h"

#include <gtest/gtest.h>

namespace weir::cli {
namespace {

class Lines final : public Log {
 public:
  void write(Level, std::string_view message) override { seen.emplace_back(message); }
  std::vector<std::string> seen;
};

TEST(StartupLog, KeepsWarningsBackUntilTheFirstLineIsOut) {
  Lines lines;
  StartupLog log(lines, false);
  log.info("compiling");
  log.warning("one");
  log.error("two");
  EXPECT_TRUE(lines.seen.empty());
  lines.info("Serving");
  log.release();
  EXPECT_EQ(lines.seen, (std::vector<std::string>{"Serving", "one", "two"}));
  log.release();
  EXPECT_EQ(lines.seen.size(), 3u);
}

TEST(StartupLog, TellsAPersonAtATerminalAtOnce) {
  Lines lines;
  StartupLog log(lines, true);
  log.info("compiling");
  log.warning("one");
  log.release();
  EXPECT_EQ(lines.seen, (std::vector<std::string>{"compiling", "one"}));
}

}  // namespace
}  // namespace weir::cli
