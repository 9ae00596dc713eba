#pragma once

#include "tools/deps/net/download.h"

namespace weir::cli {

// Draws downloads in one line of stderr, which is a terminal.
class TerminalProgress final : public tools::deps::DownloadProgress {
 public:
  void show(std::string_view url, uint64_t now, uint64_t total) override;
  void clear() override;

 private:
  uint64_t last_percent_ = UINT64_MAX;
  uint64_t last_kib_ = UINT64_MAX;
  bool drawn_ = false;
};

}  // namespace weir::cli
