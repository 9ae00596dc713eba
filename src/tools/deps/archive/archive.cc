#include "tools/deps/archive/archive.h"

#include <algorithm>

#include "tools/deps/archive/inflate.h"
#include "tools/deps/archive/tar_reader.h"
#include "tools/deps/archive/zip_reader.h"
#include "util/bytes.h"

namespace weir::tools::deps {

uint64_t ArchiveLimits::unpacked_limit(uint64_t archive_bytes) const {
  return std::min(unpacked_bytes, std::max(always_bytes, archive_bytes * ratio));
}

Result<void> read_archive(std::span<const uint8_t> bytes, const ArchiveLimits& limits,
                          ArchiveSink& sink) {
  std::string_view text = as_text(bytes);
  if (text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06"))
    return read_zip(bytes, limits, sink);
  TarReader tar(limits, sink);
  if (text.starts_with("\x1f\x8b")) {
    WEIR_TRY(gunzip(bytes, limits.unpacked_limit(bytes.size()),
                    [&](std::span<const uint8_t> piece) { return tar.feed(piece); }));
  } else if (bytes.size() >= 512 && text.substr(257, 5) == "ustar") {
    WEIR_TRY(tar.feed(bytes));
  } else {
    return Err("it is neither tar.gz nor zip nor tar");
  }
  return tar.finish();
}

}  // namespace weir::tools::deps
