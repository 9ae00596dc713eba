#include "cli/environment_twins.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <map>

namespace weir::cli {
namespace {

struct Sample {
  CLI::App app;
  int number = 1;
  bool flag = false;
  std::vector<std::string> many;
  std::map<std::string, std::string> variables;

  Sample() {
    app.add_option("--some-number", number, "A number");
    app.add_flag("--quiet-mode", flag, "Say less");
    app.add_option("--env", many, "Pairs")->take_all();
  }
  void parse(std::string line) {
    app.parse(line, false);
    apply_twins(app, [this](const std::string& name) {
      auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    });
  }
};

TEST(EnvironmentTwins, AreNamedAfterTheFlag) {
  EXPECT_EQ(twin_name("max-memory"), "WEIR_MAX_MEMORY");
}

TEST(EnvironmentTwins, StandInForFlagsThatWereNotGiven) {
  Sample s;
  s.variables = {{"WEIR_SOME_NUMBER", "7"}, {"WEIR_QUIET_MODE", "1"}, {"WEIR_ENV", "A=1\nB=2 3"}};
  s.parse("");
  EXPECT_EQ(s.number, 7);
  EXPECT_TRUE(s.flag);
  EXPECT_EQ(s.many, (std::vector<std::string>{"A=1", "B=2 3"}));
}

TEST(EnvironmentTwins, LoseToTheCommandLine) {
  Sample s;
  s.variables = {{"WEIR_SOME_NUMBER", "7"}, {"WEIR_ENV", "A=1"}};
  s.parse("--some-number 3 --env X=1 --env Y=2");
  EXPECT_EQ(s.number, 3);
  EXPECT_EQ(s.many, (std::vector<std::string>{"X=1", "Y=2"}));
}

TEST(EnvironmentTwins, AreNamedInTheErrorOfABadValue) {
  Sample s;
  s.variables = {{"WEIR_SOME_NUMBER", "seven"}};
  try {
    s.parse("");
    FAIL();
  } catch (const CLI::ValidationError& error) {
    EXPECT_NE(std::string(error.what()).find("WEIR_SOME_NUMBER"), std::string::npos);
  }
}

TEST(EnvironmentTwins, AreNamedInTheHelp) {
  Sample s;
  describe_twins(s.app);
  EXPECT_NE(s.app.help().find("[WEIR_SOME_NUMBER]"), std::string::npos);
}

}  // namespace
}  // namespace weir::cli
