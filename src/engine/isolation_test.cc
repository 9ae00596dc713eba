// No instance sees what another one left in its slot, whatever became of the pages meanwhile.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/swap.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "engine/testing/fixture.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

namespace weir::engine {
namespace {

constexpr size_t page = 4096;

// A swap area for as long as it lives, where the system allows it; `error` says why not.
class Swap {
 public:
  Swap() {
    if (has_swap()) return;
    path_ = ::testing::TempDir() + "weir_engine_isolation_test.swap";
    if (!write_area()) {
      error = "the swap file cannot be written: " + std::string(std::strerror(errno));
    } else if (swapon(path_.c_str(), 0) != 0) {
      error = "swapon: " + std::string(std::strerror(errno));
    } else {
      on_ = true;
    }
  }
  ~Swap() {
    if (on_) swapoff(path_.c_str());
    if (!path_.empty()) unlink(path_.c_str());
  }

  std::string error;

 private:
  static bool has_swap() {
    std::ifstream file("/proc/swaps");
    std::string line;
    std::getline(file, line);
    return static_cast<bool>(std::getline(file, line));
  }
  bool write_area() {
    constexpr uint32_t pages = 8192;
    int file = open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) return false;
    std::vector<char> bytes(page * 256);
    bool good = true;
    for (uint32_t done = 0; done < pages && good; done += 256) {
      good = write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    }
    const uint32_t head[] = {1, pages - 1, 0};
    good = good && pwrite(file, head, sizeof head, 1024) == sizeof head &&
           pwrite(file, "SWAPSPACE2", 10, page - 10) == 10 && fsync(file) == 0;
    close(file);
    return good;
  }
  std::string path_;
  bool on_ = false;
};

// How many of the pages are in swap.
size_t swapped_pages(std::span<uint8_t> bytes) {
  int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  size_t swapped = 0;
  for (size_t at = 0; at < bytes.size(); at += page) {
    uint64_t entry = 0;
    auto offset = static_cast<off_t>(reinterpret_cast<uintptr_t>(bytes.data() + at) / page * 8);
    if (pread(file, &entry, 8, offset) == 8) swapped += entry >> 62 & 1;
  }
  close(file);
  return swapped;
}

// Lets 20 instances, one after the other, look for bytes of the one before and leave some
// themselves, every `step` pages; answers how many were found. With `reset` it is one instance,
// reset in between.
size_t stale_bytes(Engine& engine, size_t step, bool page_out, bool reset) {
  testing::Program program(engine, R"((module
    (memory (export "memory") 64)
    (data (i32.const 8192) "image")))");
  size_t stale = 0, swapped = 0;
  std::optional<testing::Guest> guest;
  for (int i = 0; i < 20; i++) {
    if (!guest || !reset)
      guest.emplace(engine, program);
    else
      EXPECT_TRUE(guest->store.reset());
    Memory memory = guest->memory();
    std::span<uint8_t> bytes = memory.bytes();
    EXPECT_EQ(std::memcmp(bytes.data() + 8192, "image", 5), 0);
    for (size_t at = 0; at < bytes.size(); at += page * step) {
      stale += bytes[at] != 0 && at != 8192;
      bytes[at] = 0x5a;
    }
    std::memset(bytes.data() + 8192, 0x5a, 5);
    if (page_out) {
      EXPECT_EQ(madvise(bytes.data(), bytes.size(), MADV_PAGEOUT), 0);
      swapped += swapped_pages(bytes);
    }
  }
  // Else the test would test nothing.
  if (page_out) {
    EXPECT_GT(swapped, 0u);
  }
  return stale;
}

class Isolation : public ::testing::TestWithParam<size_t> {};

TEST_P(Isolation, HoldsWhenPagesStayInMemory) {
  for (size_t keep : {size_t{0}, size_t{64} << 10, size_t{8} << 20}) {
    Config config = testing::small_config();
    config.keep_resident = keep;
    auto engine = testing::make_engine(config);
    for (bool reset : {false, true}) {
      EXPECT_EQ(stale_bytes(*engine, GetParam(), false, reset), 0u);
    }
  }
}

TEST_P(Isolation, HoldsWhenPagesWereSwappedOut) {
  Swap swap;
  if (!swap.error.empty()) {
    GTEST_SKIP() << "this system has no swap, and none can be added (" << swap.error
                 << "), so swapped-out pages are not tested";
  }
  Config config = testing::small_config();
  config.keep_resident = 8 << 20;
  auto engine = testing::make_engine(config);
  for (bool reset : {false, true}) EXPECT_EQ(stale_bytes(*engine, GetParam(), true, reset), 0u);
}

INSTANTIATE_TEST_SUITE_P(EveryFewPages, Isolation, ::testing::Values(1, 2, 3, 7));

}  // namespace
}  // namespace weir::engine
