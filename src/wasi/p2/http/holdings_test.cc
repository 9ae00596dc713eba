// What guests can make the host hold.

#include "wasi/holdings.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "util/testing/heap.h"
#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using namespace http_types;  // NOLINT: the names of the interface under test
using testing::FakeGuest;
using weir::testing::heap_bytes;

TEST(Holdings, AreBoundedAndGivenBack) {
  Holdings all(100);
  Holdings::Share one(&all);
  EXPECT_TRUE(one.hold(60));
  {
    Holdings::Share other(&all);
    EXPECT_FALSE(other.hold(41));
    EXPECT_EQ(all.used(), 60u);
    EXPECT_TRUE(other.hold(40));
    EXPECT_FALSE(one.hold(61));
    EXPECT_TRUE(one.hold(10));
    EXPECT_TRUE(other.hold(90));
  }
  EXPECT_EQ(all.used(), 10u);
  EXPECT_TRUE(Holdings::Share().hold(SIZE_MAX));
}

struct HoldingsTest : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;
  HttpTypesHost& types = guest.p2().http_types;

  std::unique_ptr<Fields> fields() { return *types.make_fields(call); }
  // Whether it went well; a trap if not.
  bool append(Fields& to, std::string_view name, std::string_view value) {
    auto appended = types.fields_append(call, to, name, as_bytes(value));
    return appended.ok();
  }
};

TEST_F(HoldingsTest, AFieldSectionTakesAboutWhatItIsCountedFor) {
  uint64_t before = heap_bytes();
  auto many = fields();
  while (append(*many, "a", "")) {
  }
  uint64_t held = heap_bytes() - before;
  EXPECT_GT(many->list().fields().size(), 3000u);
  EXPECT_LE(held, 2 * guest.grants.limits.fields);
}

TEST_F(HoldingsTest, CopiesOfFieldsAreBoundedTogether) {
  auto large = fields();
  while (append(*large, "name", std::string(1000, 'x'))) {
  }
  uint64_t before = heap_bytes();
  std::vector<std::unique_ptr<Fields>> copies;
  while (copies.size() < 100'000) {
    auto copy = types.fields_clone(call, *large);
    if (!copy.ok()) break;
    copies.push_back(std::move(*copy));
  }
  EXPECT_GE(copies.size(), 100u);
  EXPECT_LE(copies.size(), guest.grants.limits.held / (100 << 10));
  EXPECT_LE(heap_bytes() - before, 2 * guest.grants.limits.held);
  // Small ones are no way around it.
  EXPECT_FALSE(types.fields_clone(call, *large).ok());
  auto one = fields();
  for (int i = 0; i < 4000 && append(*one, "name", std::string(1000, 'x')); ++i) {
  }
  EXPECT_LT(one->list().fields().size(), 200u);
  // What is dropped makes room.
  copies.pop_back();
  one.reset();
  EXPECT_TRUE(types.fields_clone(call, *large).ok());
}

TEST_F(HoldingsTest, ChangesOfFieldsAreCounted) {
  guest.grants.limits.fields = 8 << 20;
  const size_t limit = guest.grants.limits.held;
  auto list = fields();
  const std::string value(4 << 20, 'x');
  for (int i = 0; i < 100; ++i) {
    std::vector<FieldValue> values(1, Bytes::copy(value));
    auto set = types.fields_set(call, *list, "name", std::move(values));
    ASSERT_TRUE(set.ok() && set->ok()) << i;
    if (i % 2) ASSERT_TRUE(types.fields_delete(call, *list, "name")->ok());
  }
  std::vector<std::unique_ptr<Fields>> held;
  for (size_t size = 0; size < 2 * limit; size += value.size()) {
    held.push_back(fields());
    std::vector<FieldValue> values(1, Bytes::copy(value));
    if (!types.fields_set(call, *held.back(), "name", std::move(values)).ok()) break;
  }
  EXPECT_LE(held.size(), limit / value.size() + 1);
}

TEST_F(HoldingsTest, TextsOfRequestsAreBoundedTogether) {
  const std::string path = "/" + std::string(1 << 20, 'x');
  std::vector<std::unique_ptr<OutgoingRequest>> requests;
  bool refused = false;
  while (!refused && requests.size() < 1000) {
    requests.push_back(*types.make_outgoing_request(call, fields()));
    auto set = types.outgoing_request_set_path_with_query(call, *requests.back(), path);
    ASSERT_TRUE(set.ok());
    refused = !set->ok();
  }
  EXPECT_TRUE(refused);
  EXPECT_LE(requests.size(), guest.grants.limits.held / path.size() + 1);
  // The one that was refused is as it was, and the others can be changed.
  EXPECT_FALSE(requests.back()->path_with_query);
  EXPECT_TRUE(types.outgoing_request_set_path_with_query(call, *requests[0], std::nullopt)->ok());
  EXPECT_TRUE(types.outgoing_request_set_path_with_query(call, *requests.back(), path)->ok());
  EXPECT_FALSE(types.outgoing_request_set_authority(call, *requests.back(), path.substr(1))->ok());
  requests.clear();
  auto one = *types.make_outgoing_request(call, fields());
  EXPECT_TRUE(types.outgoing_request_set_path_with_query(call, *one, path)->ok());
}

}  // namespace
}  // namespace weir::wasi::p2
