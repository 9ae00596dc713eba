#include "engine/text.h"

#include <string>
#include <vector>

#include "engine/testing/fixture.h"

namespace weir::engine {
namespace {

Result<std::string> printed(std::span<const uint8_t> wasm, const TextOptions& options = {}) {
  std::string text;
  auto done = print_text(wasm, options, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  if (!done.ok()) return Err(done.error());
  return text;
}

std::string printed(std::string_view wat, const TextOptions& options = {}) {
  auto wasm = assemble(wat);
  EXPECT_TRUE(wasm.ok());
  auto text = printed(wasm->span(), options);
  EXPECT_TRUE(text.ok());
  return text.ok() ? *text : "";
}

// `depth` components, each inside of the one before.
std::vector<uint8_t> nested(size_t depth) {
  const std::vector<uint8_t> header{0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  std::vector<uint8_t> out = header;
  for (size_t i = 1; i < depth; ++i) {
    std::vector<uint8_t> outer = header;
    outer.push_back(4);
    size_t size = out.size();
    do {
      outer.push_back(static_cast<uint8_t>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
      size >>= 7;
    } while (size);
    outer.insert(outer.end(), out.begin(), out.end());
    out = std::move(outer);
  }
  return out;
}

TEST(PrintText, PrintsWhatTheParserReadsBackToTheSameBytes) {
  for (std::string_view wat : {
           R"((module $m (func $f (export "run") (param $x i32) (result i32)
                (block $b (result i32) (i32.add (local.get $x) (i32.const 1))))
              (memory 1) (data (i32.const 0) "\00\ff text")))",
           R"((component $c
                (core module $m (func (export "f") (result i32) i32.const 7))
                (core instance $i (instantiate $m))
                (type $t (component (import "a" (func)) (export "b" (instance (export "r" (type (sub resource)))))))
                (func (export "f") (result u32) (canon lift (core func $i "f")))))",
       }) {
    auto wasm = assemble(wat);
    ASSERT_TRUE(wasm.ok()) << wasm.error().message;
    auto text = printed(wasm->span());
    ASSERT_TRUE(text.ok()) << text.error().message;
    auto again = assemble(*text);
    ASSERT_TRUE(again.ok()) << again.error().message << *text;
    EXPECT_EQ(again->view(), wasm->view());
  }
}

TEST(PrintText, LeavesOutBodiesAndGivesPlacesAndNamesWhenAsked) {
  constexpr std::string_view wat = "(module (func i32.const 12345 drop))";
  EXPECT_EQ(printed(wat, {.skeleton = true}).find("12345"), std::string::npos);
  EXPECT_NE(printed(wat, {.offsets = true}).find("(;@"), std::string::npos);
  EXPECT_NE(printed(wat, {.names = true}).find("$#func0"), std::string::npos);
}

TEST(PrintText, RefusesWhatIsMalformedWithOneError) {
  EXPECT_FALSE(printed(std::span<const uint8_t>()).ok());
  const std::vector<uint8_t> cut{0, 'a', 's', 'm', 1, 0, 0, 0, 1, 200};
  EXPECT_FALSE(printed(cut).ok());
  // A body without a function, on which the printer panics.
  const std::vector<uint8_t> body{0, 'a', 's', 'm', 1, 0, 0, 0, 10, 4, 1, 2, 0, 0x0b};
  auto refused = printed(body);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("cannot be printed"), std::string::npos);
}

TEST(PrintText, FollowsComponentsAsDeepAsTheParserAndNoDeeper) {
  EXPECT_TRUE(printed(nested(90)).ok());
  auto refused = printed(nested(3000));
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("more than 100 deep"), std::string::npos);
}

TEST(PrintText, EndsWhenNoMoreIsTaken) {
  auto wasm = assemble("(module (memory 1) (data \"" + std::string(1 << 20, 'x') + "\"))");
  ASSERT_TRUE(wasm.ok());
  int pieces = 0;
  auto done = print_text(wasm->span(), {}, [&](std::string_view) { return ++pieces < 2; });
  EXPECT_FALSE(done.ok());
  EXPECT_EQ(pieces, 2);
}

TEST(PrintText, RefusesTextThatNamesWouldMakeEndless) {
  // A name of half a megabyte that is used ten thousand times.
  std::string wat = "(module (func $" + std::string(1 << 19, 'n') + " ";
  for (int i = 0; i < 10000; ++i) wat += "call 0 ";
  auto wasm = assemble(wat + "))");
  ASSERT_TRUE(wasm.ok());
  uint64_t size = 0;
  auto done = print_text(wasm->span(), {}, [&](std::string_view piece) {
    size += piece.size();
    return true;
  });
  ASSERT_FALSE(done.ok());
  EXPECT_NE(done.error().message.find("the most that is printed"), std::string::npos);
  EXPECT_LT(size, uint64_t{200} << 20);
}

}  // namespace
}  // namespace weir::engine
