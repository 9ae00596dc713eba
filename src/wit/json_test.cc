#include "wit/json.h"

#include <gtest/gtest.h>

#include "wit/load.h"
#include "wit/testing/json_shape.h"

namespace weir::wit {
namespace {

JsonShape::Json json_of(const std::string& text) {
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_files({{{"a.wit", text}}}, {}, sources, resolve);
  EXPECT_TRUE(loaded) << text;
  return JsonShape::Json::parse(to_json(resolve));
}

bool same(const std::string& a, const std::string& b) {
  JsonShape::Json json_a = json_of(a);
  JsonShape::Json json_b = json_of(b);
  return JsonShape(json_a).packages() == JsonShape(json_b).packages();
}

TEST(Json, IsValidWhateverTheDocsHold) {
  auto json = json_of("/// A \"quote\", a \\ and\ta tab.\npackage a:a; interface i {}");
  EXPECT_EQ(json["packages"][0]["docs"]["contents"], "A \"quote\", a \\ and\ta tab.");
}

TEST(Json, TellsAllOfAType) {
  auto json =
      json_of("package a:a@1.0.0; interface i { @since(version = 1.0.0) type t = list<u8>; }");
  JsonShape::Json expected = {{"name", "t"},
                              {"kind", {{"list", "u8"}}},
                              {"owner", {{"interface", 0}}},
                              {"stability", {{"stable", {{"since", "1.0.0"}}}}}};
  EXPECT_EQ(json["types"][0], expected);
}

TEST(Json, ComparesEqualWhateverTheIdsAre) {
  EXPECT_TRUE(same("package a:a; interface i { type a = list<u8>; } interface j { type b = u8; }",
                   "package a:a; interface i { type a = list<u8>; } interface j { type b = u8; }"));
  const char* base = "package a:a; interface i { record r { x: list<u8> } f: func(a: r); }";
  for (const char* other : {
           "package a:a; interface i { record r { x: list<u16> } f: func(a: r); }",
           "package a:a; interface i { record r { y: list<u8> } f: func(a: r); }",
           "package a:a; interface i { record r { x: list<u8> } f: func(a: option<r>); }",
           "package a:a; interface i { record r { x: list<u8> } f: async func(a: r); }",
           "package a:a; interface i { record r { x: list<u8> } f: func(a: r) -> r; }",
           "package a:a; interface k { record r { x: list<u8> } f: func(a: r); }",
       }) {
    EXPECT_FALSE(same(base, other)) << other;
  }
}

}  // namespace
}  // namespace weir::wit
