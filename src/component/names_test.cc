#include "component/names.h"

#include <gtest/gtest.h>

namespace weir::component {
namespace {

TEST(Names, LabelsAreWordsOfOneCaseEach) {
  EXPECT_TRUE(is_label("a"));
  EXPECT_TRUE(is_label("HTTP-request-2"));
  EXPECT_TRUE(is_label("a1-1b"));
  EXPECT_FALSE(is_label(""));
  EXPECT_FALSE(is_label("1a"));
  EXPECT_FALSE(is_label("a--b"));
  EXPECT_FALSE(is_label("aB"));
  EXPECT_FALSE(is_label("a-"));
}

TEST(Names, InterfacesHaveNamespacePackageAndMaybeVersion) {
  EXPECT_TRUE(is_interface_name("wasi:http/types@0.2.12"));
  EXPECT_TRUE(is_interface_name("wasi:http/types"));
  EXPECT_TRUE(is_interface_name("wasi:http/types@0.3"));
  EXPECT_FALSE(is_interface_name("wasi:http"));
  EXPECT_FALSE(is_interface_name("wasi:http/types@x"));
  EXPECT_FALSE(is_interface_name("WASI:http/types"));
  EXPECT_FALSE(is_interface_name("handle"));
}

TEST(Names, MethodsNameTheirResource) {
  Result<ExternName> name = parse_extern_name("[method]output-stream.write");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->kind, ExternName::Kind::method);
  EXPECT_EQ(name->first, "output-stream");
  EXPECT_EQ(name->second, "write");
  EXPECT_FALSE(parse_extern_name("[method]write").ok());
  EXPECT_FALSE(parse_extern_name("[other]a.b").ok());
}

TEST(Names, AreUniqueIgnoringCaseAndHyphens) {
  EXPECT_EQ(unique_key("foo-bar"), unique_key("FOO-BAR"));
  EXPECT_EQ(unique_key("foo-bar"), unique_key("foobar"));
  EXPECT_EQ(unique_key("[method]a.a"), unique_key("a"));
  EXPECT_NE(unique_key("[constructor]a"), unique_key("a"));
  EXPECT_NE(unique_key("[method]a.b"), unique_key("a"));
}

TEST(Names, OfCompatibleVersionsShareATrack) {
  EXPECT_EQ(compatible_name("wasi:io/poll@0.2.12"), "wasi:io/poll@0.2");
  EXPECT_EQ(compatible_name("wasi:io/poll@0.2.0"), "wasi:io/poll@0.2");
  EXPECT_EQ(compatible_name("a:b/c@1.4.2"), "a:b/c@1");
  EXPECT_EQ(compatible_name("a:b/c@0.0.3"), "");
  EXPECT_EQ(compatible_name("a:b/c@0.3.0-rc-1"), "");
  EXPECT_EQ(compatible_name("a:b/c"), "");
}

}  // namespace
}  // namespace weir::component
