// The GNU header (512 bytes): name 0+100, mode 100+8, uid 108+8, gid 116+8, size 124+12,
// mtime 136+12, checksum 148+8, type 156, link name 157+100, magic and version 257+8, user 265+32,
// group 297+32, device numbers 329+8 and 337+8. Numbers are octal digits up to a final NUL.
#include "tools/deps/tar_writer.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace weir::tools::deps {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kNameSize = 100;

void put_octal(char* field, size_t size, uint64_t value) {
  field[size - 1] = '\0';
  for (size_t i = size - 1; i-- > 0; value >>= 3) field[i] = static_cast<char>('0' + (value & 7));
}

struct Entry {
  std::string_view name;
  uint64_t size;
  unsigned mode;
  char type;
  // GNU long names have a header without device numbers.
  bool devices;
};

void append_header(std::string& out, const Entry& entry) {
  char header[kBlock] = {};
  std::memcpy(header, entry.name.data(), std::min(entry.name.size(), kNameSize));
  put_octal(header + 100, 8, entry.mode);
  put_octal(header + 108, 8, 0);
  put_octal(header + 116, 8, 0);
  put_octal(header + 124, 12, entry.size);
  put_octal(header + 136, 12, 0);
  header[156] = entry.type;
  std::memcpy(header + 257, "ustar  ", 8);
  if (entry.devices) {
    put_octal(header + 329, 8, 0);
    put_octal(header + 337, 8, 0);
  }
  std::memset(header + 148, ' ', 8);
  uint64_t sum = 0;
  for (char c : header) sum += static_cast<uint8_t>(c);
  put_octal(header + 148, 8, sum);
  out.append(header, kBlock);
}

void append_content(std::string& out, std::string_view content) {
  out.append(content);
  out.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

}  // namespace

std::string tar_of(const Files& files) {
  std::string out;
  for (const auto& [name, file] : files) {
    std::string path = "wit/" + name;
    if (path.size() > kNameSize) {
      append_header(out, {"././@LongLink", path.size() + 1, 0644, 'L', false});
      append_content(out, std::string_view(path.c_str(), path.size() + 1));
    }
    append_header(out, {path, file.content.size(), file.executable ? 0755u : 0644u, '0', true});
    append_content(out, file.content);
  }
  out.append(2 * kBlock, '\0');
  return out;
}

}  // namespace weir::tools::deps
