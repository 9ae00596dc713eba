#pragma once

#include <memory>
#include <string>
#include <vector>

#include "util/result.h"

namespace weir::tls {

struct ServerFiles {
  struct Pair {
    std::string certificate_file;  // the certificate, then what signed it
    std::string key_file;
  };
  // At least one. Which one is shown depends on the name that the client asks for (SNI) and on the
  // signatures that it can check; the first one where none fits.
  std::vector<Pair> pairs;
  // Not empty: clients must show a certificate that one of these signed.
  std::string client_ca_file;
  // They may also show none.
  bool client_optional = false;
};

// What the TLS connections of a server have in common. TLS 1.2 and 1.3, X25519MLKEM768 on, ALPN
// "http/1.1" (a client that offers only others is refused), sessions resumed by tickets whose keys
// change by themselves. Shared by all threads.
class ServerContext {
 public:
  static Result<std::shared_ptr<const ServerContext>> load(const ServerFiles& files);
  ~ServerContext();
  ServerContext(const ServerContext&) = delete;
  ServerContext& operator=(const ServerContext&) = delete;

 private:
  friend class Stream;
  struct Impl;
  explicit ServerContext(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::tls
