#include "tools/deps/package_facts.h"

#include <gtest/gtest.h>

namespace weir::tools::deps {
namespace {

Files wit(const char* text) { return {{"x.wit", {text}}}; }

TEST(PackageSpec, AdmitsWholeVersionsAndLeadingNumbers) {
  EXPECT_TRUE(admits(*parse_package_spec("wasi:io@0.2"), "0.2.12"));
  EXPECT_FALSE(admits(*parse_package_spec("wasi:io@0.2"), "0.20.0"));
  EXPECT_FALSE(admits(*parse_package_spec("wasi:io@0.3"), "0.3.0-rc-1"));
  EXPECT_TRUE(admits(*parse_package_spec("wasi:io@0.3.0-rc-1"), "0.3.0-rc-1"));
  EXPECT_EQ(newest(*parse_package_spec("wasi:io@0.2"), {"0.2.9", "0.2.12", "latest", "0.3.0"}),
            "0.2.12");
  EXPECT_EQ(newest(*parse_package_spec("wasi:io@0.4"), {"0.2.9"}), std::nullopt);
  for (const char* text :
       {"io", "wasi:", ":io", "wasi:io@", "wasi:io@x", "a/b:c", "wasi:io@0.2.1.1"})
    EXPECT_FALSE(parse_package_spec(text)) << text;
}

TEST(PackageFacts, AreTheNameAndWhatIsUsed) {
  auto facts =
      facts_of(wit("package a:b@1.0.0;\n"
                   "use c:d/e@2.0.0;\n"
                   "interface i { use f:g/h.{t}; }\n"
                   "world w { import k:l/m@0.1.0; include n:o/p; }\n"));
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(to_string(*facts->name), "a:b@1.0.0");
  std::string needs;
  for (const PackageSpec& need : facts->needs) needs += to_string(need) + " ";
  EXPECT_EQ(needs, "c:d@2.0.0 f:g k:l@0.1.0 n:o ");
}

TEST(PackageFacts, ShowWhereTextIsNoWit) {
  auto facts = facts_of(wit("package a:b;\ninterfac i {}\n"));
  ASSERT_FALSE(facts.ok());
  EXPECT_NE(facts.error().message.find("x.wit:2"), std::string::npos) << facts.error().message;
}

Bundle two_versions() {
  Bundle bundle;
  bundle.main = wit("package a:main;\nworld w { import a:one/i@0.2.0; }\n");
  bundle.deps["one-old"] = wit("package a:one@0.1.0;\n");
  bundle.deps["one"] = wit("package a:one@0.2.0;\ninterface i { use a:two/i.{t}; }\n");
  bundle.deps["one-newer"] = wit("package a:one@0.2.1;\n");
  bundle.deps["two"] = wit("package a:two;\ninterface i { type t = u8; }\n");
  return bundle;
}

TEST(SelectPackage, TakesTheVersionAndWhatItNeeds) {
  auto chosen = select_package(two_versions(), *parse_package_spec("a:one@0.2.0"));
  ASSERT_TRUE(chosen.ok()) << chosen.error().message;
  EXPECT_NE(chosen->main.at("x.wit").content.find("0.2.0"), std::string::npos);
  ASSERT_EQ(chosen->deps.size(), 1u);
  EXPECT_TRUE(chosen->deps.contains("two"));
}

TEST(SelectPackage, TakesTheNewestThatFits) {
  auto chosen = select_package(two_versions(), *parse_package_spec("a:one@0.2"));
  ASSERT_TRUE(chosen.ok());
  EXPECT_NE(chosen->main.at("x.wit").content.find("0.2.1"), std::string::npos);
  EXPECT_TRUE(chosen->deps.empty());
}

TEST(SelectPackage, SaysWhatIsThereWhenNothingFits) {
  auto chosen = select_package(two_versions(), *parse_package_spec("a:one@3"));
  ASSERT_FALSE(chosen.ok());
  EXPECT_NE(chosen.error().message.find("no a:one@3"), std::string::npos);
  EXPECT_NE(chosen.error().message.find("a:one@0.2.1"), std::string::npos);
}

}  // namespace
}  // namespace weir::tools::deps
