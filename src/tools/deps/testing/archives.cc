#include "tools/deps/testing/archives.h"

#include <zlib.h>

#include <cstdio>
#include <cstring>

#include "tools/deps/archive/inflate.h"
#include "util/assert.h"

namespace weir::tools::deps::testing {
namespace {

std::string deflated(std::string_view bytes, int window_bits) {
  z_stream stream = {};
  WEIR_ASSERT(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  WEIR_ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string little(uint64_t value, size_t size) {
  std::string out;
  for (size_t i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}

}  // namespace

std::string tar_entry(const TarEntry& entry) {
  char header[512] = {};
  std::memcpy(header, entry.path.data(), std::min<size_t>(entry.path.size(), 100));
  std::snprintf(header + 100, 8, "%07o", entry.mode);
  std::snprintf(header + 124, 12, "%011zo", entry.content.size());
  header[156] = entry.type;
  std::memcpy(header + 257,
              "ustar\0"
              "00",
              8);
  std::memset(header + 148, ' ', 8);
  unsigned sum = 0;
  for (char c : header) sum += static_cast<uint8_t>(c);
  std::snprintf(header + 148, 8, "%06o", sum);
  std::string out(header, sizeof header);
  out += entry.content;
  out.append((512 - out.size() % 512) % 512, '\0');
  return out;
}

std::string tar_end() { return std::string(1024, '\0'); }

std::string gzip(std::string_view bytes) { return deflated(bytes, 15 + 16); }

ZipBuilder& ZipBuilder::add(const ZipEntry& entry) {
  std::string packed = entry.deflated ? deflated(entry.content, -15) : entry.content;
  std::string common = little(entry.deflated ? 8 : 0, 2) + little(0, 4) +
                       little(crc32_of(entry.content), 4) + little(packed.size(), 4) +
                       little(entry.content.size(), 4) + little(entry.path.size(), 2) +
                       little(0, 2);
  std::string local = "PK\x03\x04" + little(20, 2) + little(0, 2) + common + entry.path + packed;
  directory_ += "PK\x01\x02" + little(entry.mode ? 3 << 8 | 20 : 20, 2) + little(20, 2) +
                little(0, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) +
                little(uint64_t{entry.mode} << 16, 4) + little(files_.size(), 4) + entry.path;
  files_ += local;
  ++count_;
  return *this;
}

std::string ZipBuilder::finish() const {
  return files_ + directory_ + "PK\x05\x06" + little(0, 4) + little(count_, 2) + little(count_, 2) +
         little(directory_.size(), 4) + little(files_.size(), 4) + little(0, 2);
}

}  // namespace weir::tools::deps::testing
