#pragma once

#include <array>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "component/host/abi.h"

// Types of every kind, in the shape of generated code, and values of them.
namespace weir::component::testing {

enum class Level : uint8_t { low, middle, high };
struct Marks {
  uint32_t bits = 0;
  friend bool operator==(const Marks&, const Marks&) = default;
};
// Its cases need every join of core types.
struct Mixed {
  using Value = std::variant<Unit, uint64_t, float, double, int32_t, std::string,
                             std::tuple<uint32_t, double>>;
  Value value;
  friend bool operator==(const Mixed&, const Mixed&) = default;
};
struct Narrow {
  using Value = std::variant<uint8_t, float, Level>;
  Value value;
  friend bool operator==(const Narrow&, const Narrow&) = default;
};
struct Everything {
  bool truth{};
  int8_t small{};
  uint16_t medium{};
  int64_t large{};
  float real{};
  char32_t letter{};
  std::string text;
  std::vector<uint16_t> numbers;
  std::vector<bool> bits;
  std::vector<std::tuple<uint8_t, std::string>> pairs;
  std::optional<std::optional<uint8_t>> maybe;
  Marks marks;
  Level level{};
  Mixed mixed;
  Narrow choice;
  friend bool operator==(const Everything&, const Everything&) = default;
};

inline std::string make_text(std::mt19937& random) {
  static constexpr std::array<std::string_view, 7> parts = {
      "a", "plain text ", "\u00e9", "\u00ff", "\u0100", "\u65e5", "\U0001F600"};
  std::string text;
  // Of one kind, of two, of all: each takes another way through the transcoders.
  uint32_t kinds = 1 + random() % parts.size();
  for (uint32_t n = random() % 12; n > 0; --n) text += parts[random() % kinds];
  return text;
}

inline Mixed make_mixed(std::mt19937& random) {
  switch (random() % 7) {
    case 0:
      return {};
    case 1:
      return {Mixed::Value(std::in_place_index<1>, uint64_t{random()} << 32 | random())};
    case 2:
      return {Mixed::Value(std::in_place_index<2>, -1.5f)};
    case 3:
      return {Mixed::Value(std::in_place_index<3>, 1e300)};
    case 4:
      return {Mixed::Value(std::in_place_index<4>, -7)};
    case 5:
      return {Mixed::Value(std::in_place_index<5>, make_text(random))};
    default:
      return {Mixed::Value(std::in_place_index<6>, std::tuple<uint32_t, double>(random(), 0.25))};
  }
}

inline Everything make_everything(std::mt19937& random) {
  Everything e;
  e.truth = random() & 1;
  e.small = static_cast<int8_t>(random());
  e.medium = static_cast<uint16_t>(random());
  e.large = static_cast<int64_t>(uint64_t{random()} << 32 | random());
  e.real = static_cast<float>(random() % 1000) / 8;
  e.letter = U'\u65e5';
  e.text = make_text(random);
  for (uint32_t n = random() % 5; n > 0; --n) e.numbers.push_back(random() & 0xffff);
  for (uint32_t n = random() % 5; n > 0; --n) e.bits.push_back(random() & 1);
  for (uint32_t n = random() % 4; n > 0; --n) {
    e.pairs.emplace_back(static_cast<uint8_t>(random()), make_text(random));
  }
  if (random() & 1) {
    e.maybe.emplace();
    if (random() & 1) *e.maybe = static_cast<uint8_t>(random());
  }
  e.marks.bits = random() & 0x1ff;
  e.level = static_cast<Level>(random() % 3);
  e.mixed = make_mixed(random);
  switch (random() % 3) {
    case 0:
      e.choice = {Narrow::Value(std::in_place_index<0>, static_cast<uint8_t>(random()))};
      break;
    case 1:
      e.choice = {Narrow::Value(std::in_place_index<1>, 0.5f)};
      break;
    default:
      e.choice = {Narrow::Value(std::in_place_index<2>, Level::high)};
  }
  return e;
}

}  // namespace weir::component::testing

namespace weir::component {

template <>
struct EnumOf<testing::Level> {
  static constexpr uint32_t count = 3;
  static constexpr std::array<std::string_view, 3> names = {"low", "middle", "high"};
};
template <>
struct FlagsOf<testing::Marks> {
  static constexpr uint32_t count = 9;
  static constexpr std::array<std::string_view, 9> names = {"a", "b", "c", "d", "e",
                                                            "f", "g", "h", "i"};
};
template <>
struct VariantOf<testing::Mixed> {
  static constexpr std::array<std::string_view, 7> names = {"none", "wide", "f",   "d",
                                                            "i",    "text", "pair"};
};
template <>
struct VariantOf<testing::Narrow> {
  static constexpr std::array<std::string_view, 3> names = {"byte", "real", "level"};
};
template <>
struct RecordOf<testing::Everything> {
  using E = testing::Everything;
  static constexpr auto members = std::make_tuple(
      &E::truth, &E::small, &E::medium, &E::large, &E::real, &E::letter, &E::text, &E::numbers,
      &E::bits, &E::pairs, &E::maybe, &E::marks, &E::level, &E::mixed, &E::choice);
  static constexpr std::array<std::string_view, 15> names = {
      "truth", "small", "medium", "large", "real",  "letter", "text",  "numbers",
      "bits",  "pairs", "maybe",  "marks", "level", "mixed",  "choice"};
};

}  // namespace weir::component
