#pragma once

#include <memory>
#include <string>
#include <vector>

#include "util/result.h"

namespace weir::tls {

struct ClientFiles {
  // Trust the system's authorities; `system_file` names their bundle where it is not in a usual
  // place.
  bool system_roots = true;
  std::string system_file;
  // PEM files of authorities that are trusted as well.
  std::vector<std::string> ca_files;
  // What to answer a server that asks for a certificate; both or none.
  std::string certificate_file;
  std::string key_file;
};

// What the TLS connections of a client have in common: whom they believe and who they are. TLS 1.2
// and 1.3, X25519MLKEM768 and X25519 first, ALPN "http/1.1". Shared by all threads.
class ClientContext {
 public:
  static Result<std::shared_ptr<const ClientContext>> load(const ClientFiles& files);
  ~ClientContext();
  ClientContext(const ClientContext&) = delete;
  ClientContext& operator=(const ClientContext&) = delete;

 private:
  friend class Stream;
  struct Impl;
  explicit ClientContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::tls
