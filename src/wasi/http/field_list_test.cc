#include "wasi/http/field_list.h"

#include <gtest/gtest.h>

namespace weir::wasi {
namespace {

std::string text_of(const FieldList& list) {
  std::string text;
  for (size_t i = 0; i < list.fields().size(); ++i) {
    text += std::string(list.fields()[i].name) + "=" + std::string(list.fields()[i].value) + ";";
  }
  return text;
}

FieldError set(FieldList& list, std::string_view name, std::vector<std::string_view> values,
               const Grants& grants) {
  return list.set(name, values, grants);
}

TEST(FieldList, TakesJustTokensAsNames) {
  Grants grants;
  for (int c = 0; c < 256; ++c) {
    bool token = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                 (c != 0 && std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) !=
                                std::string_view::npos);
    FieldList list;
    EXPECT_EQ(list.append(std::string(1, static_cast<char>(c)), "v", grants),
              token ? FieldError::none : FieldError::invalid_syntax)
        << c;
  }
  FieldList list;
  EXPECT_EQ(list.append("", "v", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append("a b", "v", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append("a:", "v", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append("\xc3\xa9", "v", grants), FieldError::invalid_syntax);
  EXPECT_EQ(set(list, "a b", {"v"}, grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.remove("a b", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append(std::string(1024, 'n'), "v", grants), FieldError::none);
  EXPECT_EQ(list.fields().size(), 1u);
}

TEST(FieldList, TakesValuesWithoutControlsAndKeepsThemAsTheyAre) {
  Grants grants;
  for (int c = 0; c < 256; ++c) {
    bool fine = c == '\t' || (c >= 0x20 && c != 0x7f);
    FieldList list;
    std::string value = "a" + std::string(1, static_cast<char>(c)) + "b";
    EXPECT_EQ(list.append("x", value, grants), fine ? FieldError::none : FieldError::invalid_syntax)
        << c;
    EXPECT_EQ(list.fields().first("X") == value, fine) << c;
  }
  FieldList list;
  EXPECT_EQ(list.append("empty", "", grants), FieldError::none);
  EXPECT_EQ(list.append("space", " \t ", grants), FieldError::none);
  EXPECT_EQ(text_of(list), "empty=;space= \t ;");
}

TEST(FieldList, KeepsOrderAndTheFirstSpellingOfAName) {
  Grants grants;
  FieldList list;
  EXPECT_EQ(list.append("Foo", "1", grants), FieldError::none);
  EXPECT_EQ(list.append("Bar", "2", grants), FieldError::none);
  EXPECT_EQ(list.append("fOO", "3", grants), FieldError::none);
  EXPECT_EQ(text_of(list), "Foo=1;Bar=2;Foo=3;");
}

TEST(FieldList, SettingReplacesAndSettingNothingRemoves) {
  Grants grants;
  FieldList list;
  EXPECT_EQ(list.append("a", "1", grants), FieldError::none);
  EXPECT_EQ(list.append("b", "2", grants), FieldError::none);
  EXPECT_EQ(set(list, "A", {"3", "4"}, grants), FieldError::none);
  EXPECT_EQ(text_of(list), "b=2;A=3;A=4;");
  EXPECT_EQ(set(list, "a", {}, grants), FieldError::none);
  EXPECT_EQ(text_of(list), "b=2;");
  EXPECT_EQ(list.remove("B", grants), FieldError::none);
  EXPECT_EQ(list.remove("B", grants), FieldError::none);
  EXPECT_TRUE(list.fields().empty());
}

TEST(FieldList, ChangesNothingWhenOneOfManyValuesIsBad) {
  Grants grants;
  FieldList list;
  EXPECT_EQ(list.append("a", "1", grants), FieldError::none);
  EXPECT_EQ(set(list, "a", {"2", "3\n"}, grants), FieldError::invalid_syntax);
  EXPECT_EQ(text_of(list), "a=1;");
}

TEST(FieldList, ForbidsWhatIsTheHostsInAnyCase) {
  Grants grants;
  grants.field_rules = FieldRules({"custom-forbidden-header"});
  for (std::string_view name :
       {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
        "transfer-encoding", "upgrade", "host", "http2-settings", "Connection", "KEEP-ALIVE",
        "Host", "Custom-Forbidden-Header"}) {
    FieldList list;
    EXPECT_EQ(list.append(name, "v", grants), FieldError::forbidden) << name;
    EXPECT_EQ(set(list, name, {"v"}, grants), FieldError::forbidden) << name;
    EXPECT_EQ(set(list, name, {}, grants), FieldError::forbidden) << name;
    EXPECT_EQ(list.remove(name, grants), FieldError::forbidden) << name;
    EXPECT_TRUE(list.fields().empty());
  }
  FieldList list;
  for (std::string_view name : {"te", "trailer", "expect", "hosts", "connectio", "proxy-xxx"}) {
    EXPECT_EQ(list.append(name, "v", grants), FieldError::none) << name;
  }
}

TEST(FieldList, SaysWhatIsWrongInOrderNameForbiddenValueImmutable) {
  Grants grants;
  FieldList list(http::Fields(), true);
  EXPECT_EQ(list.append("a b", "v", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append("host", "\n", grants), FieldError::forbidden);
  EXPECT_EQ(list.append("a", "\n", grants), FieldError::invalid_syntax);
  EXPECT_EQ(list.append("a", "v", grants), FieldError::immutable);
  EXPECT_EQ(set(list, "a", {"v"}, grants), FieldError::immutable);
  EXPECT_EQ(list.remove("a", grants), FieldError::immutable);
}

TEST(FieldList, TakesOneContentLengthThatIsANumber) {
  Grants grants;
  for (std::string_view bad : {"", "+5", " 5", "5 ", "-1", "0x5", "5,5", "18446744073709551616"}) {
    FieldList list;
    EXPECT_EQ(list.append("Content-Length", bad, grants), FieldError::invalid_syntax) << bad;
    EXPECT_EQ(set(list, "content-length", {bad}, grants), FieldError::invalid_syntax) << bad;
  }
  FieldList list;
  EXPECT_EQ(list.append("content-length", "18446744073709551615", grants), FieldError::none);
  EXPECT_EQ(list.append("Content-Length", "18446744073709551615", grants),
            FieldError::invalid_syntax);
  EXPECT_EQ(set(list, "content-length", {"5", "5"}, grants), FieldError::invalid_syntax);
  EXPECT_EQ(set(list, "content-length", {"5"}, grants), FieldError::none);
  EXPECT_EQ(text_of(list), "content-length=5;");
}

TEST(FieldList, CountsNamesValuesAndEntriesAgainstTheLimit) {
  Grants grants;
  grants.limits.fields = 500;
  FieldList list;
  size_t entries = 0;
  while (list.append("x", "", grants) == FieldError::none) ASSERT_LT(++entries, 1000u);
  EXPECT_EQ(entries, 500u / 33);
  EXPECT_EQ(list.append("x", "", grants), FieldError::too_large);
  EXPECT_EQ(list.fields().size(), entries);

  FieldList one;
  EXPECT_EQ(one.append("x", std::string(468, 'v'), grants), FieldError::too_large);
  EXPECT_EQ(one.append("x", std::string(467, 'v'), grants), FieldError::none);
  EXPECT_EQ(set(one, "x", {std::string(467, 'w')}, grants), FieldError::none);
  std::string large(468, 'w');
  EXPECT_EQ(set(one, "x", {large}, grants), FieldError::too_large);
  EXPECT_EQ(one.fields().first("x"), std::string(467, 'w'));
}

TEST(FieldList, LetsALargeSectionFromOutsideShrinkButNotGrow) {
  Grants grants;
  http::Fields fields;
  fields.append("big", std::string(1000, 'v'));
  fields.append("small", "v");
  grants.limits.fields = 500;
  FieldList list(std::move(fields));
  EXPECT_EQ(list.append("x", "y", grants), FieldError::too_large);
  EXPECT_EQ(set(list, "small", {"vv"}, grants), FieldError::too_large);
  EXPECT_EQ(set(list, "small", {"w"}, grants), FieldError::none);
  EXPECT_EQ(list.remove("big", grants), FieldError::none);
  EXPECT_EQ(list.append("x", "y", grants), FieldError::none);
}

TEST(FieldRules, StripsEveryForbiddenField) {
  FieldRules rules({"x-secret"});
  http::Fields fields;
  for (std::string_view name : {"Host", "foo", "connection", "X-Secret", "bar", "HOST"}) {
    fields.append(name, "v");
  }
  rules.strip(fields);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[0].name, "foo");
  EXPECT_EQ(fields[1].name, "bar");
}

TEST(ContentLength, IsInvalidWhenRepeatedOrNoNumber) {
  http::Fields fields;
  EXPECT_TRUE(content_length(fields).valid);
  EXPECT_FALSE(content_length(fields).value);
  fields.append("Content-Length", "12");
  EXPECT_EQ(content_length(fields).value, 12u);
  fields.append("content-length", "12");
  EXPECT_FALSE(content_length(fields).valid);
  http::Fields other;
  other.append("content-length", "1a");
  EXPECT_FALSE(content_length(other).valid);
}

}  // namespace
}  // namespace weir::wasi
