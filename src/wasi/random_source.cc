#include "wasi/random_source.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "util/assert.h"

namespace weir::wasi {
namespace {

void read_kernel(std::span<uint8_t> target) {
  while (!target.empty()) {
    ssize_t count = getrandom(target.data(), target.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    // Cannot fail otherwise (getrandom(2)); no guest may go on with bytes that are not random.
    WEIR_ASSERT(count > 0);
    target = target.subspan(static_cast<size_t>(count));
  }
}

}  // namespace

uint64_t RandomSource::next() {
  uint64_t value;
  fill({reinterpret_cast<uint8_t*>(&value), sizeof value});
  return value;
}

void SystemRandom::fill(std::span<uint8_t> target) {
  if (target.empty()) return;
  if (target.size() >= buffer_.size()) return read_kernel(target);
  if (target.size() > left_) {
    read_kernel(buffer_);
    left_ = buffer_.size();
  }
  uint8_t* from = buffer_.data() + buffer_.size() - left_;
  memcpy(target.data(), from, target.size());
  memset(from, 0, target.size());
  left_ -= target.size();
}

}  // namespace weir::wasi
