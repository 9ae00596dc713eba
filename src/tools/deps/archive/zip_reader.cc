// Numbers are little-endian. The end record (22 bytes and a comment): signature PK\5\6, disks 4+2
// and 6+2, entries 8+2 and 10+2, directory size 12+4 and offset 16+4, comment length 20+2.
// A directory entry (46 bytes, name, extra, comment): signature PK\1\2, made by 4+2, flags 8+2,
// method 10+2, CRC 16+4, packed size 20+4, size 24+4, lengths of name 28+2, extra 30+2 and comment
// 32+2, external attributes 38+4, offset of the local header 42+4.
// A local header (30 bytes, name, extra): signature PK\3\4, lengths of name 26+2 and extra 28+2.
#include "tools/deps/archive/zip_reader.h"

#include <set>
#include <string>
#include <string_view>

#include "tools/deps/archive/inflate.h"
#include "tools/deps/layout.h"
#include "util/bytes.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

constexpr size_t kEndSize = 22;
constexpr size_t kEntrySize = 46;
constexpr size_t kLocalSize = 30;
constexpr unsigned kUnix = 3;
constexpr unsigned kFormatMask = 0170000;
constexpr unsigned kRegular = 0100000;

uint32_t number(std::string_view text, size_t offset, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<uint8_t>(text[offset + i]);
  return value;
}

struct Directory {
  uint32_t entries;
  // From the first entry to the end record.
  std::string_view records;
};

struct Entry {
  std::string path;
  unsigned made_by, flags, method, attributes;
  uint32_t crc, packed, size, offset;
};

class ZipReader {
 public:
  ZipReader(std::string_view text, const ArchiveLimits& limits, ArchiveSink& sink)
      : text_(text), limits_(limits), sink_(sink) {}

  Result<void> read() {
    Directory directory = WEIR_TRY(find_directory());
    if (directory.entries > limits_.entries)
      return Err(Error{"it has more than " + std::to_string(limits_.entries) + " entries"});
    for (uint32_t i = 0; i < directory.entries; ++i)
      WEIR_TRY(take(WEIR_TRY(next_entry(directory.records))));
    return {};
  }

 private:
  Result<Directory> find_directory() const {
    size_t lowest = text_.size() > kEndSize + 0xffff ? text_.size() - kEndSize - 0xffff : 0;
    for (size_t at = text_.size() < kEndSize ? 0 : text_.size() - kEndSize + 1; at-- > lowest;) {
      if (text_.substr(at, 4) != "PK\x05\x06") continue;
      if (at + kEndSize + number(text_, at + 20, 2) != text_.size()) continue;
      uint32_t entries = number(text_, at + 10, 2);
      uint32_t size = number(text_, at + 12, 4), offset = number(text_, at + 16, 4);
      if (entries == 0xffff || offset == 0xffffffff)
        return Err("it is a zip64 archive, which is not supported; use tar.gz");
      if (number(text_, at + 4, 2) != 0 || number(text_, at + 6, 2) != 0 ||
          number(text_, at + 8, 2) != entries)
        return Err("it is one part of a zip archive of several");
      if (uint64_t{offset} + size > at)
        return Err("the archive is damaged: its directory lies outside of it");
      return Directory{entries, text_.substr(offset, size)};
    }
    return Err("the archive is damaged: it has no directory; it may have been cut short");
  }

  static Result<Entry> next_entry(std::string_view& records) {
    constexpr const char* kDamaged = "the archive is damaged: its directory cannot be read";
    if (records.size() < kEntrySize || !records.starts_with("PK\x01\x02")) return Err(kDamaged);
    size_t name = number(records, 28, 2);
    size_t length = kEntrySize + name + number(records, 30, 2) + number(records, 32, 2);
    if (length > records.size()) return Err(kDamaged);
    Entry entry{std::string(records.substr(kEntrySize, name)),
                number(records, 4, 2) >> 8,
                number(records, 8, 2),
                number(records, 10, 2),
                number(records, 38, 4) >> 16,
                number(records, 16, 4),
                number(records, 20, 4),
                number(records, 24, 4),
                number(records, 42, 4)};
    records.remove_prefix(length);
    return entry;
  }

  Result<void> take(Entry entry) {
    if (entry.path.size() > limits_.path_bytes) return Err("an entry's path is too long");
    WEIR_TRY(check_archive_path(entry.path));
    if (entry.path.ends_with('/') || !sink_.wants(entry.path)) return {};
    std::string name = "the entry `" + escaped(entry.path) + "`";
    unsigned format = entry.made_by == kUnix ? entry.attributes & kFormatMask : 0;
    if (format != 0 && format != kRegular)
      return Err(Error{name + " is a link or a special file; only regular files are taken"});
    if (!taken_.insert(entry.path).second) return Err(Error{name + " is there twice"});
    if (entry.flags & 1) return Err(Error{name + " is encrypted"});
    if (entry.size > limits_.file_bytes)
      return Err(Error{name + " has " + std::to_string(entry.size) + " bytes, more than the " +
                       std::to_string(limits_.file_bytes) + " that are read"});
    kept_ += entry.size;
    if (kept_ > limits_.kept_bytes)
      return Err(
          Error{"its WIT files have more than " + std::to_string(limits_.kept_bytes) + " bytes"});
    std::string_view packed = WEIR_TRY(packed_of(entry, name));
    std::string content;
    if (entry.method == 0) {
      if (entry.packed != entry.size) return Err(Error{name + " is damaged: its sizes differ"});
      content = packed;
    } else if (entry.method == 8) {
      auto inflated = inflate_exactly(as_bytes(packed), entry.size);
      if (!inflated.ok()) return Err(Error{name + ": " + inflated.error().message});
      content = std::move(*inflated);
    } else {
      return Err(Error{name + " is compressed by method " + std::to_string(entry.method) +
                       "; only stored and deflated files are read"});
    }
    if (crc32_of(content) != entry.crc) return Err(Error{name + " is damaged: its CRC is wrong"});
    bool executable = entry.made_by == kUnix && (entry.attributes & 0100);
    sink_.take(std::move(entry.path), std::move(content), executable);
    return {};
  }

  // The content as it lies in the archive, after the local header, which must name the same file.
  Result<std::string_view> packed_of(const Entry& entry, const std::string& name) const {
    Error damaged{name + " is damaged: its header is not where the directory says"};
    if (entry.offset > text_.size() || text_.size() - entry.offset < kLocalSize)
      return Err(damaged);
    std::string_view local = text_.substr(entry.offset);
    size_t name_size = number(local, 26, 2);
    size_t start = kLocalSize + name_size + number(local, 28, 2);
    if (!local.starts_with("PK\x03\x04") || start > local.size() ||
        local.size() - start < entry.packed || local.substr(kLocalSize, name_size) != entry.path)
      return Err(damaged);
    return local.substr(start, entry.packed);
  }

  std::string_view text_;
  const ArchiveLimits& limits_;
  ArchiveSink& sink_;
  uint64_t kept_ = 0;
  std::set<std::string> taken_;
};

}  // namespace

Result<void> read_zip(std::span<const uint8_t> bytes, const ArchiveLimits& limits,
                      ArchiveSink& sink) {
  return ZipReader(as_text(bytes), limits, sink).read();
}

}  // namespace weir::tools::deps
