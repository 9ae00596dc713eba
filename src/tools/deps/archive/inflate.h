#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "util/result.h"

namespace weir::tools::deps {

// Decompresses gzip (RFC 1952, several members one after the other) and gives the pieces to `take`,
// whose error ends it. More than `limit` bytes in all are an error, as is anything but zero bytes
// after the last member.
Result<void> gunzip(std::span<const uint8_t> bytes, uint64_t limit,
                    const std::function<Result<void>(std::span<const uint8_t>)>& take);

// Decompresses a raw deflate stream (RFC 1951) that must give exactly `size` bytes and use all of
// `bytes`.
Result<std::string> inflate_exactly(std::span<const uint8_t> bytes, uint64_t size);

// The CRC-32 of zip and gzip.
uint32_t crc32_of(std::string_view bytes);

}  // namespace weir::tools::deps
