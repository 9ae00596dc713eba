#include "cli/help_formatter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace weir::cli {
namespace {

using ::testing::HasSubstr;

struct Sample {
  CLI::App app{"A sample.", "sample"};
  unsigned count = 3;
  std::string name, log;
  bool flag = false;

  Sample() {
    app.formatter(std::make_shared<HelpFormatter>());
    app.add_option("NAME", name, "What it is called")->required();
    app.add_option("--count", count, "How many [SAMPLE_COUNT]")
        ->type_name("N")
        ->capture_default_str()
        ->check(CLI::Range(1u, 9u));
    app.add_option("--log", log, "Where")->type_name("off|text[:FILE]");
    app.add_flag(
        "--flag", flag,
        "Words that go on and on until they no longer fit into what is left of one line of "
        "the text, and on");
  }
};

TEST(HelpFormatter, NamesWhatAFlagTakesAndItsDefaultButNotItsChecks) {
  std::string text = Sample().app.help();
  EXPECT_THAT(text, HasSubstr("  NAME                            What it is called\n"));
  EXPECT_THAT(text,
              HasSubstr("  --count N                       How many; default 3 [SAMPLE_COUNT]\n"));
  EXPECT_THAT(text, HasSubstr("  --log off|text[:FILE]           Where\n"));
}

TEST(HelpFormatter, BreaksLinesBetweenWordsAtAHundredColumns) {
  std::istringstream lines(Sample().app.help());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
  EXPECT_THAT(Sample().app.help(),
              HasSubstr("\n                                  of one line of the text"));
}

}  // namespace
}  // namespace weir::cli
