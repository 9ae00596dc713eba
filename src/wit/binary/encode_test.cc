#include "wit/binary/encode.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "wit/testing/text.h"

namespace weir::wit {
namespace {

std::string_view text_of(const std::vector<uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Encode, WritesTheBytesThatTheBinaryFormatGivesAWorld) {
  Text text("package a:b; world w { export f: func(x: u32) -> string; }");
  std::vector<uint8_t> expected = {
      0,    'a',  's', 'm', 0x0d, 0,    1,   0,           //
      7,                                                  // the section of types
      36,   1,                                            // one of them
      0x41, 2,                                            // a component type of two declarations
      1,    0x41, 2,                                      // a type: a component type of two
      1,    0x40, 1,   1,   'x',  0x79, 0,   0x73,        // func(x: u32) -> string
      4,    0,    1,   'f', 1,    0,                      // export "f" (func (type 0))
      4,    0,    5,   'a', ':',  'b',  '/', 'w',  4, 0,  // export "a:b/w" (component (type 0))
  };
  expected[9] = static_cast<uint8_t>(expected.size() - 10);
  std::vector<uint8_t> exported = {11, 7, 1, 0, 1, 'w', 3, 0, 0};
  expected.insert(expected.end(), exported.begin(), exported.end());
  std::vector<uint8_t> bytes = encode_package(text.resolve, text.main);
  ASSERT_GT(bytes.size(), expected.size());
  bytes.resize(expected.size());
  EXPECT_EQ(bytes, expected);
}

TEST(Encode, KeepsDocsAndGatesInACustomSection) {
  Text text(
      "/// P\npackage a:b@1.2.0;\n"
      "/// I\n@since(version = 1.1.0)\ninterface i {\n"
      "  /// R\n  record r {\n    /// F\n    f: u8,\n  }\n"
      "  @unstable(feature = x) g: func();\n}\n");
  std::string_view expected =
      "package-docs\x01"
      R"({"docs":"P","interfaces":{"i":{"docs":"I","stability":{"stable":{"since":"1.1.0"}},)"
      R"("funcs":{"g":{"stability":{"unstable":{"feature":"x"}}}},)"
      R"("types":{"r":{"docs":"R","items":{"f":"F"}}}}}})";
  std::vector<uint8_t> bytes = encode_package(text.resolve, text.main);
  EXPECT_NE(text_of(bytes).find(expected), std::string_view::npos);
}

TEST(Encode, PutsStringEncodingAndProducersIntoTheMetadataOfAWorld) {
  Text text("package a:b; world w {}");
  std::vector<uint8_t> bytes =
      encode_world(text.resolve, text.resolve[text.main].worlds[0].second, StringEncoding::utf16,
                   {{"processed-by", "tool", "1.0"}, {"language", "C", "11"}});
  using namespace std::literals;
  EXPECT_NE(text_of(bytes).find("\x16wit-component-encoding\x04\x01"sv), std::string_view::npos);
  EXPECT_NE(text_of(bytes).find("\x09producers\x02\x08language\x01\x01"
                                "C\x02"
                                "11\x0cprocessed-by\x01\x04tool\x03"
                                "1.0"sv),
            std::string_view::npos);
}

TEST(Encode, AliasesWhatBelongsToAnotherInterfaceFromItsInstance) {
  Text text(
      "package a:b; interface t { record r { x: u8 } } interface u { use t.{r as q}; }\n"
      "world w { import u; }");
  std::vector<uint8_t> bytes = encode_world(text.resolve, text.resolve[text.main].worlds[0].second);
  using namespace std::literals;
  // An alias of instance 0's export `r`, then the alias of that in the other instance type.
  EXPECT_NE(text_of(bytes).find("\x02\x03\x00\x00\x01r"sv), std::string_view::npos);
  EXPECT_NE(text_of(bytes).find("\x02\x03\x02\x01\x01\x04\x00\x01q\x03\x00\x00"sv),
            std::string_view::npos);
}

TEST(Encode, AliasesTypesFromTheInstanceWithoutAPlainName) {
  Text text(
      "package a:b; interface t { resource r; } interface u { use t.{r}; f: func(x: borrow<r>); }\n"
      "world w { import first: t; import t; import last: t; import u; }");
  std::vector<uint8_t> bytes = encode_world(text.resolve, text.resolve[text.main].worlds[0].second);
  using namespace std::literals;
  // The instances are `first`, `a:b/t` and `last`.
  EXPECT_NE(text_of(bytes).find("\x02\x03\x00\x01\x01r"sv), std::string_view::npos);
}

}  // namespace
}  // namespace weir::wit
