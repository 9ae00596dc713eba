#include "tools/deps/archive/inflate.h"

#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <array>

namespace weir::tools::deps {
namespace {

constexpr int kGzip = 15 + 16;
constexpr int kRaw = -15;

// A zlib stream, ended when it goes.
class Stream {
 public:
  explicit Stream(int window_bits) { ok_ = inflateInit2(&stream_, window_bits) == Z_OK; }
  ~Stream() {
    if (ok_) inflateEnd(&stream_);
  }
  Stream(const Stream&) = delete;

  bool ok() const { return ok_; }
  z_stream* operator->() { return &stream_; }
  z_stream* get() { return &stream_; }

 private:
  z_stream stream_ = {};
  bool ok_ = false;
};

Error damaged(const char* what) {
  return {std::string("the compressed data is damaged: ") + (what ? what : "it ends too early")};
}

// Hands at most 1 GiB at a time to zlib, whose counts have 32 bits.
uInt step(uint64_t size) { return static_cast<uInt>(std::min<uint64_t>(size, 1 << 30)); }

}  // namespace

Result<void> gunzip(std::span<const uint8_t> bytes, uint64_t limit,
                    const std::function<Result<void>(std::span<const uint8_t>)>& take) {
  Stream stream(kGzip);
  if (!stream.ok()) return Err("no memory to decompress");
  std::array<uint8_t, 65536> block;
  uint64_t total = 0;
  while (true) {
    stream->next_in = bytes.data();
    stream->avail_in = step(bytes.size());
    stream->next_out = block.data();
    stream->avail_out = block.size();
    int status = inflate(stream.get(), Z_NO_FLUSH);
    size_t used = static_cast<size_t>(stream->next_in - bytes.data());
    size_t made = block.size() - stream->avail_out;
    bytes = bytes.subspan(used);
    if (status != Z_OK && status != Z_STREAM_END) return Err(damaged(stream->msg));
    total += made;
    if (total > limit)
      return Err(Error{"it unpacks to more than " + std::to_string(limit) +
                       " bytes, which is more than an archive of its size should"});
    if (made) WEIR_TRY(take(std::span(block).first(made)));
    if (status == Z_STREAM_END) {
      while (!bytes.empty() && bytes.front() == 0) bytes = bytes.subspan(1);
      if (bytes.empty()) return {};
      if (inflateReset(stream.get()) != Z_OK) return Err(damaged(stream->msg));
    } else if (used == 0 && made == 0) {
      return Err(damaged(nullptr));
    }
  }
}

Result<std::string> inflate_exactly(std::span<const uint8_t> bytes, uint64_t size) {
  Stream stream(kRaw);
  if (!stream.ok()) return Err("no memory to decompress");
  // One byte more than it should give shows a stream that gives too much.
  std::string content(size + 1, '\0');
  size_t done = 0;
  while (true) {
    stream->next_in = bytes.data();
    stream->avail_in = step(bytes.size());
    stream->next_out = reinterpret_cast<Bytef*>(content.data() + done);
    stream->avail_out = step(content.size() - done);
    uInt room = stream->avail_out;
    int status = inflate(stream.get(), Z_NO_FLUSH);
    size_t used = static_cast<size_t>(stream->next_in - bytes.data());
    size_t made = room - stream->avail_out;
    bytes = bytes.subspan(used);
    done += made;
    if (status == Z_STREAM_END) break;
    if (done > size) return Err(damaged("it is longer than its header says"));
    if (status != Z_OK || (used == 0 && made == 0)) return Err(damaged(stream->msg));
  }
  if (done != size || !bytes.empty()) return Err(damaged("its length is not what its header says"));
  content.resize(size);
  return content;
}

uint32_t crc32_of(std::string_view bytes) {
  return static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace weir::tools::deps
