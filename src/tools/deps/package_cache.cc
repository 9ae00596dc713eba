#include "tools/deps/package_cache.h"

#include "tools/deps/archive/tar_reader.h"
#include "tools/deps/folder.h"
#include "tools/deps/layout.h"
#include "tools/deps/tar_writer.h"
#include "util/bytes.h"

namespace weir::tools::deps {
namespace {

class PackageSink final : public ArchiveSink {
 public:
  bool wants(std::string_view path) override {
    return path.starts_with("wit/") && check_dependency_name(path.substr(4)).ok();
  }
  void take(std::string path, std::string content, bool executable) override {
    files.emplace(path.substr(4), File{std::move(content), executable});
  }

  Files files;
};

}  // namespace

std::filesystem::path PackageCache::path_of(const Digest& digest) const {
  return folder_ / (hex(digest.sha256) + ".tar");
}

std::optional<Files> PackageCache::find(const Digest& digest) const {
  if (folder_.empty()) return std::nullopt;
  auto archive = read_text(path_of(digest));
  if (!archive.ok() || !*archive || digest_of(**archive) != digest) return std::nullopt;
  ArchiveLimits limits;
  PackageSink sink;
  TarReader reader(limits, sink);
  if (!reader.feed(as_bytes(**archive)).ok() || !reader.finish().ok()) return std::nullopt;
  if (digest_of(sink.files) != digest) return std::nullopt;
  return std::move(sink.files);
}

void PackageCache::keep(const Files& files, const Digest& digest) const {
  if (folder_.empty()) return;
  std::filesystem::path path = path_of(digest);
  std::error_code error;
  if (std::filesystem::exists(path, error)) return;
  std::filesystem::create_directories(folder_, error);
  (void)write_atomically(path, tar_of(files));
}

}  // namespace weir::tools::deps
