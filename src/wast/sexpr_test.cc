#include "wast/sexpr.h"

#include <gtest/gtest.h>

namespace weir::wast {
namespace {

TEST(Sexpr, ReadsNestedListsWithTheirPlaces) {
  auto forms = parse_sexprs("(a\n (b \"c\") d) e");
  ASSERT_TRUE(forms.ok());
  ASSERT_EQ(forms->size(), 2u);
  const Sexpr& list = (*forms)[0];
  ASSERT_EQ(list.items.size(), 3u);
  EXPECT_EQ(list.begin, 0u);
  EXPECT_EQ(list.end, 14u);
  EXPECT_EQ(list.items[1].line, 2u);
  EXPECT_EQ(list.items[1].items[1].kind, Sexpr::Kind::string);
  EXPECT_EQ(list.items[1].items[1].text, "c");
  EXPECT_TRUE((*forms)[1].is_atom("e"));
}

TEST(Sexpr, ResolvesEscapesOfStrings) {
  auto forms = parse_sexprs(R"("\00\ff\t\u{20ac}\"\\")");
  ASSERT_TRUE(forms.ok());
  EXPECT_EQ(forms->front().text, std::string("\0\xff\t\xe2\x82\xac\"\\", 8));
}

TEST(Sexpr, SkipsCommentsAlsoNestedOnes) {
  auto forms = parse_sexprs(";; one\n(; two (; three ;) ;) (x) ;; end");
  ASSERT_TRUE(forms.ok());
  ASSERT_EQ(forms->size(), 1u);
  EXPECT_TRUE(forms->front().is_list("x"));
}

TEST(Sexpr, SaysOnWhichLineAnErrorIs) {
  EXPECT_EQ(parse_sexprs("\n(a").error().message, "line 2: a `(` is not closed");
  EXPECT_EQ(parse_sexprs("\n\n)").error().message, "line 3: a `)` closes nothing");
  EXPECT_FALSE(parse_sexprs("\"abc").ok());
  EXPECT_FALSE(parse_sexprs("\"\\zz\"").ok());
  EXPECT_FALSE(parse_sexprs("(; a").ok());
}

TEST(Sexpr, RefusesListsThatAreNestedTooDeeply) {
  EXPECT_FALSE(parse_sexprs(std::string(100'000, '(')).ok());
}

}  // namespace
}  // namespace weir::wast
