// Blocks of 512 bytes. A header (offset+size): name 0+100, mode 100+8, size 124+12, checksum 148+8,
// type 156, magic 257+8, prefix 345+155 (POSIX alone). Its content follows, filled up to a block.
// Type `L` brings the next entry's path (GNU), `x` brings records `LENGTH KEY=VALUE\n` of it (pax).
// A block of zeros ends the archive.
#include "tools/deps/archive/tar_reader.h"

#include <algorithm>

#include "tools/deps/layout.h"
#include "util/bytes.h"
#include "util/escape.h"
#include "util/number.h"

namespace weir::tools::deps {
namespace {

constexpr size_t kBlock = 512;
constexpr uint64_t kMaxHeaderContent = 1 << 20;

// Octal digits between optional spaces, ended by a NUL, a space or the field's end.
std::optional<uint64_t> parse_octal(std::string_view field) {
  while (field.starts_with(' ')) field.remove_prefix(1);
  uint64_t value = 0;
  size_t digits = 0;
  for (; digits < field.size() && field[digits] >= '0' && field[digits] <= '7'; ++digits)
    value = value << 3 | static_cast<uint64_t>(field[digits] - '0');
  field.remove_prefix(digits);
  bool clean = std::ranges::all_of(field, [](char c) { return c == ' ' || c == '\0'; });
  if (!clean || digits > 12) return std::nullopt;
  return value;
}

std::string_view until_nul(std::string_view field) { return field.substr(0, field.find('\0')); }

bool checksum_fits(std::string_view block) {
  auto wanted = parse_octal(block.substr(148, 8));
  uint64_t sum = 8 * ' ';
  for (size_t i = 0; i < block.size(); ++i)
    if (i < 148 || i >= 156) sum += static_cast<uint8_t>(block[i]);
  return wanted && *wanted == sum;
}

}  // namespace

std::string_view TarReader::field(size_t offset, size_t size) const {
  return std::string_view(block_).substr(offset, size);
}

Result<void> TarReader::feed(std::span<const uint8_t> bytes) {
  std::string_view text = as_text(bytes);
  while (!text.empty()) {
    switch (state_) {
      case State::header: {
        size_t count = std::min(text.size(), kBlock - block_.size());
        block_.append(text.substr(0, count));
        text.remove_prefix(count);
        if (block_.size() < kBlock) return {};
        WEIR_TRY(header());
        block_.clear();
        break;
      }
      case State::content: {
        size_t count = static_cast<size_t>(std::min<uint64_t>(text.size(), left_));
        content_.append(text.substr(0, count));
        text.remove_prefix(count);
        left_ -= count;
        if (left_ == 0) WEIR_TRY(content_done());
        break;
      }
      case State::skip: {
        size_t count = static_cast<size_t>(std::min<uint64_t>(text.size(), left_));
        text.remove_prefix(count);
        left_ -= count;
        if (left_ == 0) state_ = State::header;
        break;
      }
      case State::end:
        return {};
    }
  }
  return {};
}

Result<void> TarReader::finish() const {
  if (state_ == State::end) return {};
  if (state_ != State::header || !block_.empty() || entries_ == 0)
    return Err("the archive ends too early");
  return {};
}

void TarReader::skip(uint64_t size) {
  left_ = size;
  state_ = size ? State::skip : State::header;
}

std::string TarReader::path() const {
  if (next_path_) return *next_path_;
  std::string name(until_nul(field(0, 100)));
  if (field(257, 6) != std::string_view("ustar\0", 6)) return name;
  std::string_view prefix = until_nul(field(345, 155));
  return prefix.empty() ? name : std::string(prefix) + "/" + name;
}

Result<void> TarReader::header() {
  if (std::ranges::all_of(block_, [](char c) { return c == '\0'; })) {
    state_ = State::end;
    return {};
  }
  if (!checksum_fits(block_)) return Err("the archive is damaged: a header's checksum is wrong");
  if (++entries_ > limits_.entries)
    return Err(Error{"it has more than " + std::to_string(limits_.entries) + " entries"});
  auto size = parse_octal(field(124, 12));
  if (!size) return Err("the archive is damaged: an entry's size is not a number");
  return entry(block_[156], *size);
}

Result<void> TarReader::collect(Kind kind, uint64_t size, uint64_t limit) {
  if (size > limit)
    return Err(Error{"an entry of " + std::to_string(size) + " bytes is larger than the " +
                     std::to_string(limit) + " that are read"});
  kind_ = kind;
  content_.clear();
  left_ = size;
  padding_ = (kBlock - size % kBlock) % kBlock;
  state_ = State::content;
  if (size == 0) return content_done();
  return {};
}

Result<void> TarReader::entry(char type, uint64_t size) {
  switch (type) {
    case 'L':
      return collect(Kind::long_name, size, limits_.path_bytes + 1);
    case 'K':
      return collect(Kind::long_link, size, limits_.path_bytes + 1);
    case 'x':
      return collect(Kind::pax, size, kMaxHeaderContent);
    case 'g':
      return collect(Kind::global_pax, size, kMaxHeaderContent);
    default:
      return file(type, next_size_.value_or(size));
  }
}

Result<void> TarReader::file(char type, uint64_t size) {
  std::string name = path();
  next_path_.reset();
  next_size_.reset();
  if (name.size() > limits_.path_bytes) return Err("an entry's path is too long");
  WEIR_TRY(check_archive_path(name));
  bool regular = type == '0' || type == '\0' || type == '7';
  if (type == 'S') return Err(Error{"the entry `" + escaped(name) + "` is a sparse file"});
  if (!regular && size != 0 && type >= '1' && type <= '6')
    return Err(
        Error{"the archive is damaged: `" + escaped(name) + "` has content, but is no file"});
  // Too large for any sum that follows; no archive is.
  if (size > limits_.unpacked_bytes)
    return Err(Error{"the entry `" + escaped(name) + "` says that it has " + std::to_string(size) +
                     " bytes"});
  bool directory = type == '5' || name.ends_with('/');
  bool wanted = !directory && sink_.wants(name);
  if (wanted && !regular)
    return Err(Error{"the entry `" + escaped(name) +
                     "` is a link or a special file; only regular files are taken"});
  if (!wanted) {
    skip((size + kBlock - 1) / kBlock * kBlock);
    return {};
  }
  if (!taken_.insert(name).second)
    return Err(Error{"the entry `" + escaped(name) + "` is there twice"});
  kept_ += size;
  if (kept_ > limits_.kept_bytes)
    return Err(
        Error{"its WIT files have more than " + std::to_string(limits_.kept_bytes) + " bytes"});
  file_path_ = std::move(name);
  auto mode = parse_octal(field(100, 8));
  executable_ = mode && (*mode & 0100);
  return collect(Kind::file, size, limits_.file_bytes);
}

Result<void> TarReader::content_done() {
  skip(padding_);
  switch (kind_) {
    case Kind::file:
      sink_.take(std::move(file_path_), std::move(content_), executable_);
      return {};
    case Kind::long_name:
      next_path_ = until_nul(content_);
      return {};
    case Kind::long_link:
      return {};
    case Kind::pax:
      return pax(content_);
    case Kind::global_pax:
      // Repository archives carry a comment in it. A path or a size for all that follows is nothing
      // that a tool writes.
      if (content_.find("path=") != std::string::npos ||
          content_.find("size=") != std::string::npos)
        return Err("the archive has a global path or size");
      return {};
  }
  return {};
}

Result<void> TarReader::pax(std::string_view records) {
  constexpr const char* kDamaged = "the archive is damaged: a pax header cannot be read";
  while (!records.empty()) {
    size_t space = records.find(' ');
    if (space == std::string_view::npos) return Err(kDamaged);
    auto length = parse_decimal(records.substr(0, space), records.size());
    if (!length || *length < space + 3 || records[*length - 1] != '\n') return Err(kDamaged);
    std::string_view record = records.substr(space + 1, *length - space - 2);
    records.remove_prefix(*length);
    size_t equals = record.find('=');
    if (equals == std::string_view::npos) return Err(kDamaged);
    std::string_view key = record.substr(0, equals), value = record.substr(equals + 1);
    if (key == "path") next_path_ = value;
    if (key == "size") {
      next_size_ = parse_decimal(value);
      if (!next_size_) return Err(kDamaged);
    }
    if (key.starts_with("GNU.sparse.")) return Err("the archive has a sparse file");
  }
  return {};
}

}  // namespace weir::tools::deps
