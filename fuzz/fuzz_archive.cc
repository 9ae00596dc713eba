// rooms: tools
//
// Archives: whatever the bytes are, reading them ends, keeps to the limits, and gives no path that
// leaves its folder. What was taken packs into an archive that reads back as the same files.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include "tools/deps/archive/archive.h"
#include "tools/deps/archive/tar_reader.h"
#include "tools/deps/collect.h"
#include "tools/deps/layout.h"
#include "tools/deps/tar_writer.h"
#include "util/bytes.h"

namespace {

using namespace weir;
using namespace weir::tools::deps;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

class Sink final : public ArchiveSink {
 public:
  bool wants(std::string_view path) override {
    check(check_archive_path(path).ok(), "a path leaves its folder");
    return path.size() % 2 == 0 || is_wit_name(path);
  }
  void take(std::string path, std::string content, bool executable) override {
    kept += content.size();
    check(files.emplace(path, File{std::move(content), executable}).second, "a file came twice");
  }

  std::map<std::string, File> files;
  uint64_t kept = 0;
};

void check_round_trip(const Files& files) {
  ArchiveLimits limits;
  Sink sink;
  std::string archive = tar_of(files);
  TarReader reader(limits, sink);
  check(reader.feed(as_bytes(archive)).ok() && reader.finish().ok(), "our archive is refused");
  for (const auto& [path, file] : sink.files)
    check(files.at(path.substr(4)) == file, "a file has changed on its way");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ArchiveLimits limits{.entries = 1000,
                       .path_bytes = 500,
                       .file_bytes = 100'000,
                       .kept_bytes = 300'000,
                       .always_bytes = 1 << 20,
                       .ratio = 20};
  Sink sink;
  (void)read_archive({data, size}, limits, sink);
  check(sink.files.size() <= limits.entries && sink.kept <= limits.kept_bytes, "a limit is passed");

  // The same in pieces, as a download brings it.
  Sink pieces;
  TarReader reader(limits, pieces);
  bool good = true;
  for (size_t at = 0; good && at < size; at += 77)
    good = reader.feed({data + at, std::min<size_t>(77, size - at)}).ok();

  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto bundle = bundle_of_archive(text, "", {"pinned"});
  if (bundle.ok()) {
    for (const auto& [name, files] : bundle->deps)
      check(check_dependency_name(name).ok() && name != "pinned", "a folder's name is wrong");
    check_round_trip(bundle->main);
  }
  return 0;
}
