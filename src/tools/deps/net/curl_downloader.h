#pragma once

#include <string>

#include "tools/deps/net/curl_library.h"
#include "tools/deps/net/download.h"

namespace weir::tools::deps {

// Downloads by libcurl: http and https, certificates and host names checked against the system's
// authorities (or those of a file), redirects followed but never from https to http, proxies as the
// environment names them, no use of netrc. Gives up on a connection after 30 s and on a transfer
// that stands still for 30 s. What looks like passing trouble, of the network or the server, is
// tried again a few times (`Backoff`).
class CurlDownloader final : public Downloader {
 public:
  // `ca_file`: PEM certificates to trust in place of the system's; empty for those.
  // `progress`, which may be null and must outlive it, is told of requests that ask for it.
  CurlDownloader(std::string ca_file, DownloadProgress* progress)
      : ca_file_(std::move(ca_file)), progress_(progress) {}
  ~CurlDownloader() override;
  CurlDownloader(const CurlDownloader&) = delete;

  Result<DownloadResponse> get(const DownloadRequest& request) override;

 private:
  // One try. `*passing`: whether an error may be gone the next time.
  Result<DownloadResponse> get_once(const DownloadRequest& request, bool* passing);

  std::string ca_file_;
  DownloadProgress* progress_;
  const CurlLibrary* library_ = nullptr;
  // Kept for its connections.
  CURL* handle_ = nullptr;
};

}  // namespace weir::tools::deps
