#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "tools/deps/archive/archive.h"

namespace weir::tools::deps::testing {

// Archives for tests, made byte by byte so that they may be wrong.

struct TarEntry {
  std::string path;
  std::string content;
  char type = '0';
  unsigned mode = 0644;
};
std::string tar_entry(const TarEntry& entry);
// The two blocks of zeros at the end.
std::string tar_end();

std::string gzip(std::string_view bytes);

struct ZipEntry {
  std::string path;
  std::string content;
  bool deflated = true;
  // Mode bits as Unix has them, 0 for an archive of another system.
  uint32_t mode = 0100644;
};
class ZipBuilder {
 public:
  ZipBuilder& add(const ZipEntry& entry);
  std::string finish() const;

 private:
  std::string files_;
  std::string directory_;
  uint16_t count_ = 0;
};

// Takes every `.wit` file.
class TakeAll final : public ArchiveSink {
 public:
  bool wants(std::string_view path) override { return path.ends_with(".wit"); }
  void take(std::string path, std::string content, bool executable) override {
    if (executable) executables += path + "\n";
    files[std::move(path)] = std::move(content);
  }

  std::map<std::string, std::string> files;
  std::string executables;
};

}  // namespace weir::tools::deps::testing
