#pragma once

#include <curl/curl.h>

#include "util/result.h"

namespace weir::tools::deps {

// The functions of libcurl that are used. The library is loaded when it is first asked for: linked,
// it and what it brings would triple the time that every other verb takes to start.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  // Variadic functions: call with a `long`, a pointer, a function or a curl_off_t as the option
  // asks.
  CURLcode (*easy_setopt)(CURL*, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL*, CURLINFO, ...);
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_version_info) version_info;

  // The one of this process, which stays loaded. The error says what to install.
  static Result<const CurlLibrary*> load();
};

}  // namespace weir::tools::deps
