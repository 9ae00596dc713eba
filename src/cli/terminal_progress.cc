#include "cli/terminal_progress.h"

#include <cstdio>
#include <string>

namespace weir::cli {

void TerminalProgress::show(std::string_view url, uint64_t now, uint64_t total) {
  uint64_t percent = total ? now * 100 / total : 0, kib = now >> 10;
  // Drawing the same again would only flicker; without a total every 64 KiB will do.
  if (drawn_ && percent == last_percent_ && (total || kib / 64 == last_kib_ / 64)) return;
  last_percent_ = percent;
  last_kib_ = kib;
  drawn_ = true;
  std::string line(url);
  if (total)
    line += "  " + std::to_string(percent) + "% of " + std::to_string(total >> 10) + " KiB";
  else
    line += "  " + std::to_string(kib) + " KiB";
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
}

void TerminalProgress::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

}  // namespace weir::cli
