#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.h"

namespace weir::tools::deps {

struct Credentials {
  std::string user;
  std::string password;
};

// A GET request.
struct DownloadRequest {
  std::string url;
  // `Name: value` each. `Authorization` does not follow a redirect to another host.
  std::vector<std::string> headers;
  std::optional<Credentials> credentials;
  // A longer answer is an error.
  uint64_t max_bytes = 256 << 20;
  // Whether the user should see how far it is.
  bool progress = false;
};

struct DownloadResponse {
  long status = 0;
  // By name in lower case; of a repeated one the last.
  std::map<std::string, std::string> headers;
  std::string body;
};

// Shows how far downloads are.
class DownloadProgress {
 public:
  virtual ~DownloadProgress() = default;
  // `now` of `total` bytes have come; `total` is 0 where it is not known.
  virtual void show(std::string_view url, uint64_t now, uint64_t total) = 0;
  // The download has ended, one way or the other.
  virtual void clear() = 0;
};

// Gets things from web servers.
class Downloader {
 public:
  virtual ~Downloader() = default;
  // An answer of any status is a response; the error says why there is none.
  virtual Result<DownloadResponse> get(const DownloadRequest& request) = 0;

  // The body of an answer with status 200; the error names URL and status.
  Result<std::string> get_body(const DownloadRequest& request);
};

// `https://… answered 404`
Error unexpected_status(std::string_view url, long status);

}  // namespace weir::tools::deps
