#pragma once

#include <cstdint>
#include <span>

#include "tools/deps/archive/archive.h"
#include "util/result.h"

namespace weir::tools::deps {

// Reads a zip archive that lies in memory (PKWARE APPNOTE 6.3): stored and deflated files on one
// disk, without zip64 and without encryption. Only what the central directory lists is there.
Result<void> read_zip(std::span<const uint8_t> bytes, const ArchiveLimits& limits,
                      ArchiveSink& sink);

}  // namespace weir::tools::deps
