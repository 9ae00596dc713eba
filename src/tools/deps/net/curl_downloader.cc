#include "tools/deps/net/curl_downloader.h"

#include <algorithm>
#include <memory>
#include <thread>

#include "tools/deps/net/retry.h"
#include "util/escape.h"

namespace weir::tools::deps {
namespace {

constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 30;
constexpr long kMaxRedirects = 10;
constexpr size_t kMaxHeaders = 256;

// What the callbacks of one transfer share.
struct Transfer {
  DownloadResponse response;
  uint64_t max_bytes;
  std::string shown_url;
  // Null where nothing is shown.
  DownloadProgress* progress;
  bool too_large = false;
};

size_t on_body(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.response.body.size() + size > transfer.max_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.response.body.append(data, size);
  return size;
}

size_t on_header(char* data, size_t, size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  std::string_view line(data, size);
  auto& headers = transfer.response.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // of a redirect's answer
  size_t colon = line.find(':');
  if (colon == std::string_view::npos || headers.size() >= kMaxHeaders) return size;
  std::string name(line.substr(0, colon));
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  std::string_view value = line.substr(colon + 1);
  constexpr std::string_view kSpace = " \t\r\n";
  size_t first = value.find_first_not_of(kSpace);
  value = first == std::string_view::npos ? "" : value.substr(first);
  headers[name] = value.substr(0, value.find_last_not_of(kSpace) + 1);
  return size;
}

int on_progress(void* user, curl_off_t total, curl_off_t now, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (now > 0)
    transfer.progress->show(transfer.shown_url, static_cast<uint64_t>(now),
                            static_cast<uint64_t>(std::max<curl_off_t>(total, 0)));
  return 0;
}

// Whether another try may do better.
bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return true;
    default:
      return false;
  }
}

std::string hint(CURLcode code) {
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return "; if the server is right, give its authority with --ca-file FILE";
    case CURLE_SSL_CACERT_BADFILE:
      return "; the file given with --ca-file must hold PEM certificates (the system's are in the "
             "package ca-certificates)";
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      return "; is the network there?";
    default:
      return "";
  }
}

}  // namespace

CurlDownloader::~CurlDownloader() {
  if (handle_) library_->easy_cleanup(handle_);
}

Result<DownloadResponse> CurlDownloader::get(const DownloadRequest& request) {
  Backoff backoff;
  while (true) {
    bool passing = false;
    auto response = get_once(request, &passing);
    if (response.ok()) passing = Backoff::may_pass(response->status);
    if (!passing) return response;
    auto pause = backoff.next(response.ok() ? response->headers["retry-after"] : "");
    if (!pause) return response;
    std::this_thread::sleep_for(*pause);
  }
}

Result<DownloadResponse> CurlDownloader::get_once(const DownloadRequest& request, bool* passing) {
  if (!library_) library_ = WEIR_TRY(CurlLibrary::load());
  if (!handle_) handle_ = library_->easy_init();
  if (!handle_) return Err("libcurl has no memory left");
  Transfer transfer;
  transfer.max_bytes = request.max_bytes;
  transfer.shown_url = escaped(request.url);
  transfer.progress = request.progress ? progress_ : nullptr;
  bool secure = request.url.starts_with("https:");
  char message[CURL_ERROR_SIZE] = "";
  std::unique_ptr<curl_slist, decltype(library_->slist_free_all)> headers(nullptr,
                                                                          library_->slist_free_all);
  for (const std::string& line : request.headers) {
    curl_slist* longer = library_->slist_append(headers.get(), line.c_str());
    if (!longer) return Err("libcurl has no memory left");
    (void)headers.release();
    headers.reset(longer);
  }
  CURLcode code = CURLE_OK;
  auto set = [&](CURLoption option, auto value) {
    if (code == CURLE_OK) code = library_->easy_setopt(handle_, option, value);
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_USERAGENT, "weir");
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, kMaxRedirects);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  if (!ca_file_.empty()) {
    set(CURLOPT_CAINFO, ca_file_.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  set(CURLOPT_USERNAME, request.credentials ? request.credentials->user.c_str() : nullptr);
  set(CURLOPT_PASSWORD, request.credentials ? request.credentials->password.c_str() : nullptr);
  set(CURLOPT_ERRORBUFFER, message);
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, &transfer);
  set(CURLOPT_NOPROGRESS, transfer.progress ? 0L : 1L);
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, &transfer);
  if (code == CURLE_OK) code = library_->easy_perform(handle_);
  if (transfer.progress) transfer.progress->clear();
  if (transfer.too_large)
    return Err(Error{transfer.shown_url + " is larger than " + std::to_string(request.max_bytes) +
                     " bytes"});
  // The buffer goes away; libcurl must not write to it later.
  library_->easy_setopt(handle_, CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
  *passing = may_pass(code);
  if (code != CURLE_OK)
    return Err(Error{"cannot download " + transfer.shown_url + ": " +
                     escaped(message[0] ? message : library_->easy_strerror(code)) + hint(code)});
  library_->easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &transfer.response.status);
  return std::move(transfer.response);
}

}  // namespace weir::tools::deps
