#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "util/result.h"

namespace weir::tools::deps {

// What an archive may cost. One that asks for more is refused as a whole.
struct ArchiveLimits {
  uint64_t entries = 200'000;
  uint64_t path_bytes = 4096;
  // One file that is wanted, and all of them together.
  uint64_t file_bytes = 16 << 20;
  uint64_t kept_bytes = 64 << 20;
  // All that is unpacked, wanted or not: this much in any case, up to `ratio` times the archive's
  // size, and never more than `unpacked_bytes`.
  uint64_t always_bytes = 64 << 20;
  uint64_t ratio = 100;
  uint64_t unpacked_bytes = 2ull << 30;

  uint64_t unpacked_limit(uint64_t archive_bytes) const;
};

// Takes what an archive holds. The paths have passed `check_archive_path`.
class ArchiveSink {
 public:
  virtual ~ArchiveSink() = default;
  // Whether the regular file at `path` is wanted.
  virtual bool wants(std::string_view path) = 0;
  virtual void take(std::string path, std::string content, bool executable) = 0;
};

// Reads an archive: tar compressed by gzip, plain tar (ustar, GNU, pax) or zip, told apart by their
// first bytes. Links that are wanted, paths that leave the folder, sparse and encrypted files,
// wrong checksums and anything over a limit are errors. After an error the sink may hold some of
// the files.
Result<void> read_archive(std::span<const uint8_t> bytes, const ArchiveLimits& limits,
                          ArchiveSink& sink);

}  // namespace weir::tools::deps
