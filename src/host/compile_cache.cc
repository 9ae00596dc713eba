#include "host/compile_cache.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>

#include "host/checksum.h"
#include "util/hex.h"
#include "util/number.h"

namespace weir::host {
namespace {

constexpr std::string_view kManifestHead = "weir-compiled 1\n";
// Seconds: longer than the steps of any file system's times.
constexpr time_t kSettled = 2;

// A file, or a folder, of the cache, checked to be ours alone.
Result<Descriptor> open_private(int directory, const std::string& name, mode_t type = S_IFREG) {
  int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  Descriptor file(::openat(directory, name.c_str(), flags));
  if (!file) return Err(Error{name + ": " + errno_text(errno)});
  struct stat status;
  if (::fstat(file.get(), &status) != 0) return Err(Error{name + ": " + errno_text(errno)});
  if ((status.st_mode & S_IFMT) != type || status.st_uid != ::geteuid() ||
      (status.st_mode & 022) != 0)
    return Err(Error{name + ": it could have been written by another user"});
  return file;
}

// A new file of the cache.
Result<void> write_private(int directory, const std::string& name, std::span<const uint8_t> data) {
  Descriptor file(::openat(directory, name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file) return Err(Error{"cannot create " + name + ": " + errno_text(errno)});
  return write_all(file.get(), data, name);
}

std::string_view next_line(std::string_view& text) {
  size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

std::string module_name(size_t index) { return "module-" + std::to_string(index); }

std::string identity(const struct stat& status) {
  auto time = [](const timespec& t) {
    return std::to_string(t.tv_sec) + "." + std::to_string(t.tv_nsec);
  };
  return std::to_string(status.st_dev) + " " + std::to_string(status.st_ino) + " " +
         std::to_string(status.st_size) + " " + time(status.st_mtim) + " " + time(status.st_ctim);
}

std::string memo_name(const std::string& identity) {
  return "memo-" + hex(crypto::sha256(as_bytes(identity))).substr(0, 32);
}

}  // namespace

Result<CompileCache> CompileCache::open(const std::string& dir) {
  std::error_code ignored;
  std::filesystem::path path(dir);
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST)
    return Err(Error{"cannot create the cache directory " + dir + ": " + errno_text(errno)});
  Descriptor directory(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory)
    return Err(Error{"cannot open the cache directory " + dir + ": " + errno_text(errno)});
  struct stat status;
  if (::fstat(directory.get(), &status) != 0)
    return Err(Error{"cannot open the cache directory " + dir + ": " + errno_text(errno)});
  if (status.st_uid != ::geteuid())
    return Err(
        Error{"the cache directory " + dir + " belongs to another user; choose another one"});
  if ((status.st_mode & 0777) != 0700)
    return Err(Error{"the cache directory " + dir +
                     " is open to others; run `chmod 700` on it or choose another one"});
  return CompileCache(dir, std::move(directory));
}

std::string CompileCache::key(const crypto::Sha256& content, std::string_view engine_identity) {
  std::span<const uint8_t> pieces[] = {content, as_bytes(engine_identity)};
  return hex(crypto::sha256(pieces));
}

Result<CompileCache::Lock> CompileCache::lock(std::string_view key) const {
  std::string name = "lock-" + std::string(key);
  Descriptor file(
      ::openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file)
    return Err(Error{"cannot lock the cache directory " + dir_ + ": " + errno_text(errno)});
  while (::flock(file.get(), LOCK_EX) != 0)
    if (errno != EINTR)
      return Err(Error{"cannot lock the cache directory " + dir_ + ": " + errno_text(errno)});
  return Lock(std::move(file));
}

std::string CompileCache::place(const std::string& name) const {
  return "/proc/self/fd/" + std::to_string(directory_.get()) + "/" + name;
}

void CompileCache::remove(const std::string& name) const {
  std::error_code ignored;
  std::filesystem::remove_all(place(name), ignored);
}

std::optional<std::vector<Descriptor>> CompileCache::find(const std::string& key) const {
  struct stat status;
  if (::fstatat(directory_.get(), key.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  auto entry = read_entry(key);
  if (entry.ok()) return std::move(*entry);
  remove(key);
  return std::nullopt;
}

Result<std::vector<Descriptor>> CompileCache::read_entry(const std::string& key) const {
  Descriptor directory = WEIR_TRY(open_private(directory_.get(), key, S_IFDIR));
  Descriptor manifest_file = WEIR_TRY(open_private(directory.get(), "manifest"));
  FileContent manifest = WEIR_TRY(read_file(manifest_file, "manifest", 1 << 20));
  std::string_view text = manifest.bytes.view();
  if (!text.starts_with(kManifestHead)) return Err(Error{key + ": not a manifest"});
  text.remove_prefix(kManifestHead.size());
  std::vector<Descriptor> modules;
  while (!text.empty()) {
    std::string_view line = next_line(text);
    size_t space = line.find(' ');
    auto size = parse_decimal(line.substr(0, space));
    auto sum = space == std::string_view::npos ? std::nullopt : parse_hex(line.substr(space + 1));
    if (!size || !sum) return Err(Error{key + ": a broken manifest"});
    std::string name = module_name(modules.size());
    Descriptor file = WEIR_TRY(open_private(directory.get(), name));
    if (WEIR_TRY(checksum_file(file, name, *size)) != *sum)
      return Err(Error{key + ": " + name + " is damaged"});
    modules.push_back(std::move(file));
  }
  return modules;
}

Result<void> CompileCache::write_entry(const std::string& name,
                                       std::span<const Bytes> modules) const {
  if (::mkdirat(directory_.get(), name.c_str(), 0700) != 0)
    return Err(Error{"cannot create " + name + ": " + errno_text(errno)});
  Descriptor directory = WEIR_TRY(open_private(directory_.get(), name, S_IFDIR));
  std::string manifest(kManifestHead);
  for (size_t i = 0; i < modules.size(); ++i) {
    WEIR_TRY(write_private(directory.get(), module_name(i), modules[i].span()));
    uint64_t sum = checksum(modules[i].span());
    uint8_t big_endian[8];
    for (int b = 0; b < 8; ++b) big_endian[b] = static_cast<uint8_t>(sum >> (56 - 8 * b));
    manifest += std::to_string(modules[i].size()) + " " + hex(big_endian) + "\n";
  }
  return write_private(directory.get(), "manifest", as_bytes(manifest));
}

Result<void> CompileCache::store(const std::string& key, std::span<const Bytes> modules) const {
  std::string fresh = ".new-" + key;
  remove(fresh);
  auto written = write_entry(fresh, modules);
  if (written.ok()) {
    remove(key);
    if (::renameat(directory_.get(), fresh.c_str(), directory_.get(), key.c_str()) != 0)
      written = Err(Error{"cannot name it: " + errno_text(errno)});
  }
  if (written.ok()) return {};
  remove(fresh);
  return Err(
      Error{"the compiled component is not kept in " + dir_ + ": " + written.error().message});
}

std::optional<crypto::Sha256> CompileCache::recall(const struct stat& status) const {
  std::string who = identity(status);
  auto file = open_private(directory_.get(), memo_name(who));
  if (!file.ok()) return std::nullopt;
  auto content = read_file(*file, "memo", 4096);
  if (!content.ok()) return std::nullopt;
  std::string_view text = content->bytes.view();
  if (next_line(text) != who) return std::nullopt;
  return parse_hex_array<crypto::Sha256>(next_line(text));
}

void CompileCache::remember(const struct stat& status, const crypto::Sha256& digest) const {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (now.tv_sec - status.st_ctim.tv_sec < kSettled && now.tv_sec >= status.st_ctim.tv_sec) return;
  std::string who = identity(status);
  std::string text = who + "\n" + hex(digest) + "\n";
  // A memo that cannot be written only costs time at the next start.
  (void)write_file_atomically(place(memo_name(who)), as_bytes(text), 0600);
}

}  // namespace weir::host
