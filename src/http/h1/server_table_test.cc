#include <gtest/gtest.h>

#include "http/h1/testing/case_table.h"
#include "http/h1/testing/served.h"

namespace weir::http::h1 {
namespace {

std::vector<Case> table() {
  std::string error;
  std::vector<Case> cases = load_cases(WEIR_SOURCE_DIR "/tests/h1/server", error);
  EXPECT_EQ(error, "");
  return cases;
}

std::string statuses(Served& served, const Case& row) {
  std::string text;
  bool cut = false;
  for (const Reply& reply : served.replies(row.methods)) {
    text += std::to_string(reply.status) + " ";
    cut = !reply.complete;
  }
  return text + (served.ended ? cut || served.was_reset ? "cut" : "close" : "open");
}

void check(Served& served, const Case& row, const char* how) {
  std::string got = statuses(served, row);
  EXPECT_EQ(served.error, "");
  EXPECT_NE(std::find(row.wanted.begin(), row.wanted.end(), got), row.wanted.end())
      << row.file << ":" << row.line << " [" << row.section << "] " << row.name << ", " << how
      << ": got `" << got << "`\n"
      << served.received.substr(0, 2000);
  if (!row.content.empty() && !served.replies(row.methods).empty()) {
    Reply last = served.replies(row.methods).back();
    EXPECT_NE(last.content.find(row.content), std::string::npos)
        << row.file << ":" << row.line << " " << row.name << ": " << last.content;
  }
}

TEST(ServerTable, HasItsCases) {
  EXPECT_GE(table().size(), 150u);
  for (const Case& row : table()) {
    EXPECT_TRUE(row.section.starts_with("RFC ")) << row.file << ":" << row.line;
    EXPECT_FALSE(row.wanted.empty()) << row.file << ":" << row.line;
  }
}

TEST(ServerTable, HoldsOverAPipeInMemory) {
  for (const Case& row : table()) {
    Served served;
    served.send(row.sent);
    if (row.ends) served.client->shut_down_writes();
    served.settle();
    check(served, row, "at once");
  }
}

TEST(ServerTable, DoesNotDependOnHowTheBytesArrive) {
  for (const Case& row : table()) {
    if (row.sent.size() > 2000) continue;
    Served served;
    for (size_t i = 0; i < row.sent.size(); ++i) served.send(row.sent.substr(i, 1));
    if (row.ends) served.client->shut_down_writes();
    served.settle();
    check(served, row, "byte by byte");
  }
}

}  // namespace
}  // namespace weir::http::h1
