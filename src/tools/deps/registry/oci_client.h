#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/deps/net/download.h"
#include "util/result.h"

namespace weir::tools::deps {

// What an OCI image manifest says of one of its parts.
struct OciDescriptor {
  std::string media_type;
  // `sha256:` and 64 digits.
  std::string digest;
  uint64_t size = 0;
};

struct OciManifest {
  // Of the manifest itself.
  std::string digest;
  std::vector<OciDescriptor> layers;
};

// What went wrong, and whether it may be that there is no such thing: some registries refuse access
// to what does not exist.
struct RegistryError {
  RegistryError(Error error, bool absent = false)
      : message(std::move(error.message)), may_be_absent(absent) {}

  std::string message;
  bool may_be_absent;
};

// Reads a manifest (OCI image specification 1.1, `manifest.md`); `digest` is that of `text`.
Result<OciManifest> parse_oci_manifest(std::string_view text, std::string digest);

// The challenge of a 401 answer: the scheme in lower case, and a bearer token's parameters.
struct AuthChallenge {
  std::string scheme;
  std::string realm;
  std::string service;
  std::string scope;
};

// Reads `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`, or another scheme's name.
AuthChallenge parse_challenge(std::string_view header);

// Reads from one OCI registry (OCI distribution specification 1.1), logging in when it is asked to.
// All that it returns has been checked against its digest.
class OciClient {
 public:
  // `base` is `https://HOST[:PORT]` or http. `downloader` must outlive it.
  OciClient(Downloader& downloader, std::string base, std::optional<Credentials> credentials)
      : downloader_(downloader), base_(std::move(base)), credentials_(std::move(credentials)) {}

  Result<std::vector<std::string>> tags(const std::string& repository);
  // `reference` is a tag or a digest.
  Result<OciManifest, RegistryError> manifest(const std::string& repository,
                                              const std::string& reference);
  Result<std::string> blob(const std::string& repository, const OciDescriptor& descriptor);

 private:
  // Logs in if asked to. Answers other than 200 are returned too.
  Result<DownloadResponse> get(DownloadRequest request, const std::string& repository);
  Result<DownloadResponse> get_good(const DownloadRequest& request, const std::string& repository);
  Error failure(const DownloadRequest& request, const DownloadResponse& response) const;
  // Nothing if the server for tokens gives none for this repository.
  Result<std::optional<std::string>> token(const AuthChallenge& challenge,
                                           const std::string& repository);

  Downloader& downloader_;
  std::string base_;
  std::optional<Credentials> credentials_;
  // Of the last repository; sent again to the same one.
  std::string token_;
  std::string token_repository_;
  bool basic_ = false;
};

}  // namespace weir::tools::deps
