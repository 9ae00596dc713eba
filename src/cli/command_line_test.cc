#include "cli/command_line.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace weir::cli {
namespace {

Result<CommandLine, Ending> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "weir");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, ServesOnALoopbackAddressByDefault) {
  auto line = parse({"serve", "app.wasm"});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->serve->app, "app.wasm");
  EXPECT_EQ(line->serve->addresses, std::vector<std::string>{"127.0.0.1:8080"});
  EXPECT_EQ(line->serve->max_memory, 128u << 20);
}

TEST(CommandLine, ReadsDurationsSizesAndRepeatedFlags) {
  auto line = parse({"serve", "--addr", "127.0.0.1:0", "--addr=[::1]:0", "--timeout", "500ms",
                     "--max-memory", "64MiB", "--env", "A=1", "--env", "B=x=y", "app.wasm"});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->serve->addresses.size(), 2u);
  EXPECT_EQ(line->serve->timeout_ns, 500'000'000u);
  EXPECT_EQ(line->serve->max_memory, 64u << 20);
  EXPECT_EQ(line->serve->environment, (std::vector<std::string>{"A=1", "B=x=y"}));
}

TEST(CommandLine, WrongUsageEndsWithStatusTwoAndSaysWhatIsWrong) {
  for (auto words :
       std::vector<std::vector<const char*>>{{},
                                             {"serve"},
                                             {"fly"},
                                             {"serve", "--timeout", "soon", "a"},
                                             {"serve", "--nope", "a"},
                                             {"serve", "--env", "A", "a"},
                                             {"serve", "--allow-outbound", "http://", "a"},
                                             {"serve", "--threads", "0", "a"},
                                             {"serve", "--addr", "nowhere", "a"},
                                             {"serve", "--min-read-rate", "-3", "a"},
                                             {"serve", "--max-requests", "-3", "a"},
                                             {"proxy", "http://a:0"},
                                             {"serve", "--addr", "127.0.0.1:99999", "a"},
                                             {"serve", "--addr", "unix:", "a"},
                                             {"serve", "--addr", "fd:x", "a"},
                                             {"serve", "--tls-cert", "c.pem", "a"},
                                             {"serve", "--client-cert", "c.pem", "a"},
                                             {"proxy", "ftp://a"},
                                             {"proxy", "http://a/path"},
                                             {"proxy", "http://a", "--allow-outbound", "*"},
                                             {"serve", "a", "b"},
                                             {"compile", "a"},
                                             {"inspect"},
                                             {"serve", "--unknown-imports", "x", "a"}}) {
    auto line = parse(words);
    ASSERT_FALSE(line.ok());
    EXPECT_EQ(line.error().status, 2);
    EXPECT_TRUE(line.error().text.starts_with("weir: ")) << line.error().text;
  }
  EXPECT_NE(parse({"serve", "--timeout", "soon", "a"}).error().text.find("500ms"),
            std::string::npos);
}

TEST(CommandLine, HelpAndVersionEndWithStatusZero) {
  EXPECT_EQ(parse({"--help"}).error().status, 0);
  EXPECT_EQ(parse({"--version"}).error().status, 0);
  std::string help = parse({"serve", "--help"}).error().text;
  EXPECT_NE(help.find("WEIR_MAX_MEMORY"), std::string::npos);
  EXPECT_NE(help.find("128MiB"), std::string::npos);
}

TEST(CommandLine, TheEnvironmentFillsInFlags) {
  ::setenv("WEIR_ADDR", "127.0.0.1:1\n127.0.0.1:2", 1);
  ::setenv("WEIR_CPU_TIME", "2s", 1);
  auto line = parse({"serve", "--cpu-time", "3s", "a"});
  ::unsetenv("WEIR_ADDR");
  ::unsetenv("WEIR_CPU_TIME");
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->serve->addresses.size(), 2u);
  EXPECT_EQ(line->serve->cpu_time_ns, 3'000'000'000u);
}

}  // namespace
}  // namespace weir::cli
