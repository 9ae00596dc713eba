#include "server/access_log.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "http/client/testing/upstream.h"

namespace weir::server {
namespace {

using http::Outcome;
using http::h1::RequestRecord;

// 2026-01-01T00:00:00.123Z
constexpr uint64_t kNow = 1'767'225'600'123'000'000;

struct AccessLine : ::testing::Test {
  io::Loop loop;
  http::client::testing::TestExchange exchange{loop};
  http::Annotations annotations;
  RequestRecord record{.exchange = exchange,
                       .annotations = annotations,
                       .method = "GET",
                       .authority = "a.test",
                       .target = "/x?y",
                       .status = 200,
                       .received = 3,
                       .sent = 6,
                       .begun_ns = 1'000'000,
                       .answered_ns = 2'500'000,
                       .ended_ns = 4'000'000};
  std::string line(AccessFormat format) {
    std::string text;
    append_access_line(text, format, record, kNow);
    return text;
  }
};

TEST_F(AccessLine, SaysInTextWhatHappened) {
  annotations.guest_cpu_ns = 1'250'000;
  annotations.instantiation_ns = 500'000;
  EXPECT_EQ(line(AccessFormat::text),
            "2026-01-01T00:00:00.123Z unix: \"GET /x?y HTTP/1.1\" 200 ok in=3 out=6 head=1.500ms "
            "time=3.000ms cpu=1.250ms inst=0.500ms id=0123456789abcdef host=\"a.test\"\n");
}

TEST_F(AccessLine, SaysTheSameInJson) {
  annotations.guest_cpu_ns = 1'250'000;
  annotations.instantiation_ns = 500'000;
  EXPECT_EQ(line(AccessFormat::json),
            "{\"time\":\"2026-01-01T00:00:00.123Z\",\"id\":\"0123456789abcdef\",\"peer\":\"unix:\","
            "\"local\":\"unix:\",\"method\":\"GET\",\"authority\":\"a.test\",\"target\":\"/x?y\","
            "\"protocol\":\"HTTP/1.1\",\"secure\":false,\"status\":200,\"outcome\":\"ok\","
            "\"received\":3,\"sent\":6,\"head_ms\":1.500,\"total_ms\":3.000,"
            "\"guest_cpu_ms\":1.250,\"instantiation_ms\":0.500}\n");
}

TEST_F(AccessLine, NamesEveryOutcome) {
  const std::pair<Outcome, std::string> names[] = {
      {Outcome::ok, "ok"},
      {Outcome::trap, "trap"},
      {Outcome::timeout, "timeout"},
      {Outcome::cpu, "cpu"},
      {Outcome::out_of_memory, "oom"},
      {Outcome::cancelled, "cancelled"},
      {Outcome::refused, "refused"},
      {Outcome::error, "error"},
  };
  for (const auto& [outcome, name] : names) {
    annotations.outcome = outcome;
    EXPECT_NE(line(AccessFormat::text).find(" 200 " + name + " in="), std::string::npos);
    EXPECT_NE(line(AccessFormat::json).find("\"outcome\":\"" + name + "\""), std::string::npos);
  }
}

TEST_F(AccessLine, LeavesOutWhatNeverWas) {
  record.method = record.authority = record.target = {};
  record.status = 0;
  record.answered_ns = 0;
  EXPECT_EQ(line(AccessFormat::text),
            "2026-01-01T00:00:00.123Z unix: \"-\" - ok in=3 out=6 time=3.000ms "
            "id=0123456789abcdef\n");
  std::string json = line(AccessFormat::json);
  for (const char* name : {"\"method\"", "\"target\"", "\"status\"", "\"head_ms\""})
    EXPECT_EQ(json.find(name), std::string::npos) << json;
}

TEST_F(AccessLine, EscapesWhatAClientSaid) {
  record.method = "G\"T";
  record.target = "/\x1b[31m\\\n\x80\"";
  record.authority = "a\" 200 ok\r\n";
  for (AccessFormat format : {AccessFormat::text, AccessFormat::json}) {
    std::string text = line(format);
    ASSERT_TRUE(text.ends_with('\n'));
    text.pop_back();
    for (char c : text) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << text;
  }
  std::string text = line(AccessFormat::text);
  EXPECT_NE(text.find("\"G\\x22T /\\x1b[31m"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '"'), 4) << text;
  EXPECT_NE(line(AccessFormat::json).find("\"target\":\"/\\u001b[31m\\\\\\u000a\\u0080\\\"\""),
            std::string::npos);
}

struct Lines final : AccessSink {
  void write_lines(std::string_view lines, size_t count) override {
    writes.emplace_back(std::string(lines), count);
  }
  std::vector<std::pair<std::string, size_t>> writes;
};

TEST_F(AccessLine, IsHandedOnWithTheOthersOfATurn) {
  Lines sink;
  {
    AccessLog log(loop, AccessFormat::text, &sink);
    EXPECT_TRUE(log.enabled());
    for (int i = 0; i < 3; ++i) log.add(record);
    EXPECT_TRUE(sink.writes.empty());
    loop.run_once();
    ASSERT_EQ(sink.writes.size(), 1u);
    EXPECT_EQ(sink.writes[0].second, 3u);
    EXPECT_EQ(std::count(sink.writes[0].first.begin(), sink.writes[0].first.end(), '\n'), 3);
    // A turn with many of them holds only so much.
    for (int i = 0; i < 1000; ++i) log.add(record);
    EXPECT_GT(sink.writes.size(), 1u);
    for (const auto& [text, count] : sink.writes) EXPECT_LE(text.size(), 33u << 10);
    // The end of a loop loses none.
  }
  size_t all = 0;
  for (const auto& [text, count] : sink.writes) all += count;
  EXPECT_EQ(all, 1003u);
  EXPECT_FALSE(AccessLog(loop, AccessFormat::off, nullptr).enabled());
}

}  // namespace
}  // namespace weir::server
