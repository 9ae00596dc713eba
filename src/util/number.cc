#include "util/number.h"

#include <span>
#include <string>

namespace weir {
namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

std::optional<uint64_t> parse_base(std::string_view text, unsigned base, uint64_t max) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    unsigned digit = static_cast<unsigned>(digit_value(c));
    if (digit >= base) return std::nullopt;
    if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, digit, &value))
      return std::nullopt;
  }
  if (value > max) return std::nullopt;
  return value;
}

struct Scale {
  std::string_view suffix;
  uint64_t factor;
};

// Digits, an optional fraction of up to nine digits, and one of the suffixes.
std::optional<uint64_t> parse_scaled(std::string_view text, std::span<const Scale> scales) {
  size_t end = 0;
  while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == '.')) ++end;
  std::string_view number = text.substr(0, end);
  std::string_view suffix = text.substr(end);
  const Scale* scale = nullptr;
  for (const Scale& candidate : scales)
    if (candidate.suffix == suffix) scale = &candidate;
  if (!scale) return std::nullopt;
  size_t dot = number.find('.');
  auto whole = parse_decimal(number.substr(0, dot));
  if (!whole) return std::nullopt;
  uint64_t value;
  if (__builtin_mul_overflow(*whole, scale->factor, &value)) return std::nullopt;
  if (dot == std::string_view::npos) return value;
  std::string_view digits = number.substr(dot + 1);
  auto fraction = parse_decimal(digits, 999999999);
  if (!fraction || digits.size() > 9) return std::nullopt;
  unsigned __int128 part = static_cast<unsigned __int128>(*fraction) * scale->factor;
  for (size_t i = 0; i < digits.size(); ++i) part /= 10;
  if (__builtin_add_overflow(value, static_cast<uint64_t>(part), &value)) return std::nullopt;
  return value;
}

constexpr Scale kDurations[] = {
    {"", 1'000'000'000},
    {"ns", 1},
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
};

constexpr Scale kSizes[] = {
    {"", 1},          {"B", 1},      {"KiB", 1 << 10},  {"MiB", 1 << 20},
    {"GiB", 1 << 30}, {"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000},
};

}  // namespace

std::optional<uint64_t> parse_decimal(std::string_view text, uint64_t max) {
  return parse_base(text, 10, max);
}

std::optional<uint64_t> parse_hex(std::string_view text, uint64_t max) {
  return parse_base(text, 16, max);
}

Result<uint64_t> parse_duration(std::string_view text) {
  if (auto value = parse_scaled(text, kDurations)) return *value;
  return Err(Error{"'" + std::string(text) +
                   "' is not a duration; write a number and a unit, such as "
                   "500ms, 2s or 1m"});
}

Result<uint64_t> parse_size(std::string_view text) {
  if (auto value = parse_scaled(text, kSizes)) return *value;
  return Err(Error{"'" + std::string(text) +
                   "' is not a size; write a number and a unit, such as 4096, "
                   "64KiB or 10MiB"});
}

}  // namespace weir
