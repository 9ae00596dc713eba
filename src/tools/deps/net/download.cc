#include "tools/deps/net/download.h"

namespace weir::tools::deps {

Error unexpected_status(std::string_view url, long status) {
  std::string hint;
  if (status == 401 || status == 403) hint = ": access is refused";
  if (status == 404) hint = ": there is no such thing";
  if (status == 429) hint = ": too many requests, try later";
  return {std::string(url) + " answered " + std::to_string(status) + hint};
}

Result<std::string> Downloader::get_body(const DownloadRequest& request) {
  DownloadResponse response = WEIR_TRY(get(request));
  if (response.status != 200) return Err(unexpected_status(request.url, response.status));
  return std::move(response.body);
}

}  // namespace weir::tools::deps
