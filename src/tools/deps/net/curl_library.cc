#include "tools/deps/net/curl_library.h"

#include <dlfcn.h>

#include <string>

namespace weir::tools::deps {
namespace {

constexpr const char* kNames[] = {"libcurl-gnutls.so.4", "libcurl.so.4"};

Result<CurlLibrary> open_library() {
  void* handle = nullptr;
  for (const char* name : kNames)
    if (!handle) handle = ::dlopen(name, RTLD_LAZY | RTLD_LOCAL);
  if (!handle)
    return Err(
        "downloading needs libcurl, which is not there (Debian: apt-get install libcurl3-gnutls)");
  CurlLibrary library = {};
  std::string missing;
  auto bind = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(handle, name));
    if (!function) missing = name;
  };
  bind(library.global_init, "curl_global_init");
  bind(library.easy_init, "curl_easy_init");
  bind(library.easy_cleanup, "curl_easy_cleanup");
  bind(library.easy_setopt, "curl_easy_setopt");
  bind(library.easy_getinfo, "curl_easy_getinfo");
  bind(library.easy_perform, "curl_easy_perform");
  bind(library.easy_strerror, "curl_easy_strerror");
  bind(library.slist_append, "curl_slist_append");
  bind(library.slist_free_all, "curl_slist_free_all");
  bind(library.version_info, "curl_version_info");
  if (!missing.empty()) return Err(Error{"the libcurl of this machine lacks " + missing});
  if (library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Err("libcurl cannot be initialised");
  const curl_version_info_data* version = library.version_info(CURLVERSION_NOW);
  if (version->version_num < 0x075500)  // 7.85, the first with CURLOPT_PROTOCOLS_STR
    return Err(
        Error{std::string("libcurl ") + version->version + " is too old; 7.85 or newer is needed"});
  if (!(version->features & CURL_VERSION_SSL)) return Err("the libcurl of this machine has no TLS");
  return library;
}

}  // namespace

Result<const CurlLibrary*> CurlLibrary::load() {
  static Result<CurlLibrary> library = open_library();
  if (!library.ok()) return Err(library.error());
  return &*library;
}

}  // namespace weir::tools::deps
