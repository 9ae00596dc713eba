#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "tools/deps/archive/archive.h"
#include "util/result.h"

namespace weir::tools::deps {

// Reads a tar archive that comes in pieces of any size (POSIX ustar and pax, GNU long names).
// `limits` and `sink` must outlive it. After an error it must not be fed again.
class TarReader {
 public:
  TarReader(const ArchiveLimits& limits, ArchiveSink& sink) : limits_(limits), sink_(sink) {}

  Result<void> feed(std::span<const uint8_t> bytes);
  // The archive ends here; an error if it ended within an entry.
  Result<void> finish() const;

 private:
  enum class State : uint8_t {
    header,
    // The content of a wanted file, a long name or a pax header, into `content_`.
    content,
    // Content that nobody wants, and what fills up its last block.
    skip,
    // After the block of zeros that ends an archive.
    end,
  };
  enum class Kind : uint8_t { file, long_name, long_link, pax, global_pax };

  Result<void> header();
  Result<void> entry(char type, uint64_t size);
  Result<void> file(char type, uint64_t size);
  Result<void> content_done();
  Result<void> pax(std::string_view records);
  Result<void> collect(Kind kind, uint64_t size, uint64_t limit);
  void skip(uint64_t size);
  std::string_view field(size_t offset, size_t size) const;
  std::string path() const;

  const ArchiveLimits& limits_;
  ArchiveSink& sink_;
  State state_ = State::header;
  Kind kind_ = Kind::file;
  std::string block_;
  std::string content_;
  // Of the content that is read or skipped, padding included.
  uint64_t left_ = 0;
  uint64_t padding_ = 0;
  uint64_t entries_ = 0;
  uint64_t kept_ = 0;
  // What long names and pax headers said of the next entry.
  std::optional<std::string> next_path_;
  std::optional<uint64_t> next_size_;
  std::string file_path_;
  bool executable_ = false;
  std::set<std::string> taken_;
};

}  // namespace weir::tools::deps
