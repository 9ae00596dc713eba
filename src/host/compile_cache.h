#pragma once

#include <sys/stat.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/sha2.h"
#include "host/file.h"
#include "util/bytes.h"
#include "util/result.h"

namespace weir::host {

// Native code of components on disk, a private directory of the user:
//
//   <dir>/<key>/manifest     a line `weir-compiled 1`, then `<size> <checksum>` a module, in order
//   <dir>/<key>/module-<n>   one native module a file, as the engine maps it
//   <dir>/memo-<hash>        the SHA-256 of a file that was hashed before, by its identity
//   <dir>/lock-<key>         one lock a key
//   <dir>/.new-<key>         an entry that is being made, or that was when its maker was killed
//
// Native code is executed, so nothing is trusted that another user could have written: the
// directory must be ours with mode 0700, what is in it ours and writable by us alone, links are not
// followed, and every module is checked against its checksum before it is used. The directory is
// opened once and never looked up again by name. Entries appear in one step. Usable from several
// threads and processes at once.
class CompileCache {
 public:
  // Opens or creates `dir`. The error says what makes it unsafe and how to mend it.
  static Result<CompileCache> open(const std::string& dir);

  // The key of a component: what its native code depends on.
  static std::string key(const crypto::Sha256& content, std::string_view engine_identity);

  // Held while an entry is looked up and made, so that a component is compiled once.
  class [[nodiscard]] Lock {
   public:
    explicit Lock(Descriptor file) : file_(std::move(file)) {}

   private:
    Descriptor file_;
  };
  Result<Lock> lock(std::string_view key) const;

  // The modules of an entry, open for reading and verified; nothing where the entry is absent or
  // damaged (a damaged one is removed).
  std::optional<std::vector<Descriptor>> find(const std::string& key) const;

  // Makes the entry, in place of the one that is there. Called with its lock held.
  Result<void> store(const std::string& key, std::span<const Bytes> modules) const;

  // The digest of a file's content, remembered by device, inode, size and times.
  std::optional<crypto::Sha256> recall(const struct stat& status) const;
  // Does nothing for a file that was changed in the last moments: it could change again and show
  // the same times.
  void remember(const struct stat& status, const crypto::Sha256& digest) const;

 private:
  CompileCache(std::string dir, Descriptor directory)
      : dir_(std::move(dir)), directory_(std::move(directory)) {}

  // A path to `name` in the directory that was opened, whatever bears its name by now.
  std::string place(const std::string& name) const;
  void remove(const std::string& name) const;
  Result<std::vector<Descriptor>> read_entry(const std::string& key) const;
  Result<void> write_entry(const std::string& name, std::span<const Bytes> modules) const;

  std::string dir_;
  Descriptor directory_;
};

}  // namespace weir::host
