#include "http/fields.h"

#include <gtest/gtest.h>

namespace weir::http {
namespace {

TEST(Fields, KeepTheCaseTheOrderAndTheDuplicatesThatWereAppended) {
  Fields fields;
  fields.append("B", "1");
  fields.append("a", "2");
  fields.append("b", "3");
  ASSERT_EQ(fields.size(), 3u);
  EXPECT_EQ(fields[0].name, "B");
  EXPECT_EQ(fields[2].value, "3");
  EXPECT_EQ(fields.first("b"), "1");
  EXPECT_EQ(fields.count("B"), 2u);
  EXPECT_EQ(fields.first("none").data(), nullptr);
}

TEST(Fields, ForgetTheBytesOfWhatIsRemoved) {
  Fields fields;
  fields.append("keep", "me");
  size_t size = fields.accounted_size();
  for (int i = 0; i < 10; ++i) fields.set("x", std::string(1000, 'y'));
  EXPECT_EQ(fields.remove("X"), 1u);
  EXPECT_EQ(fields.accounted_size(), size);
  EXPECT_EQ(fields[0].value, "me");
}

TEST(Fields, MaySetFromAViewOfThemselves) {
  Fields fields;
  fields.append("a", "value");
  fields.set(fields[0].name, fields[0].value);
  EXPECT_EQ(fields.first("a"), "value");
}

}  // namespace
}  // namespace weir::http
