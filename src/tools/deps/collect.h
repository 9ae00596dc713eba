#pragma once

#include <set>
#include <string>

#include "tools/deps/archive/archive.h"
#include "tools/deps/files.h"

namespace weir::tools::deps {

// Takes the WIT of an archive, from the places that `place_of` says, without the dependencies that
// are named in `pinned`. Where two entries have the same place the later one wins.
class BundleSink final : public ArchiveSink {
 public:
  // Both must outlive it.
  BundleSink(const std::string& prefix, const std::set<std::string>& pinned)
      : prefix_(prefix), pinned_(pinned) {}

  bool wants(std::string_view path) override;
  void take(std::string path, std::string content, bool executable) override;

  // The bundle; the error says where else in the archive there is WIT if none was found.
  Result<Bundle> finish();

 private:
  const std::string& prefix_;
  const std::set<std::string>& pinned_;
  Bundle bundle_;
  // Folders with WIT in them that nobody looks in, at most a few.
  std::set<std::string> elsewhere_;
};

// Reads the archive's WIT.
Result<Bundle> bundle_of_archive(std::string_view bytes, const std::string& prefix,
                                 const std::set<std::string>& pinned);

}  // namespace weir::tools::deps
