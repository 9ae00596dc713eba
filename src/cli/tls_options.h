#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tls/client_context.h"
#include "tls/server_context.h"
#include "util/log.h"
#include "util/result.h"

namespace CLI {
class App;
}

namespace weir::cli {

// Flags of a command that listens.
struct TlsServerOptions {
  std::vector<std::string> certificates;
  std::vector<std::string> keys;
  std::string client_ca;
  bool client_optional = false;

  bool wanted() const { return !certificates.empty() || !keys.empty(); }
};

// Flags of a command that sends requests.
struct TlsClientOptions {
  std::vector<std::string> ca_files;
  bool no_system_ca = false;
  std::string certificate;
  std::string key;
};

void describe_tls_server(CLI::App& command, TlsServerOptions& options);
void describe_tls_client(CLI::App& command, TlsClientOptions& options);

// The certificates that a server shows, which can be read again while it runs. Thread-safe.
class Certificates {
 public:
  // Each certificate has its key.
  static Result<std::unique_ptr<Certificates>> load(const TlsServerOptions& options);

  std::shared_ptr<const tls::ServerContext> current() const;
  // Reads the files again. Where that fails, the old certificates stay, and the log says why.
  void reload(Log& log);

 private:
  explicit Certificates(tls::ServerFiles files) : files_(std::move(files)) {}

  const tls::ServerFiles files_;
  mutable std::mutex mutex_;
  std::shared_ptr<const tls::ServerContext> current_;
};

// Whom outgoing `https` requests trust. The bundle that SSL_CERT_FILE names stands for the
// system's.
Result<std::shared_ptr<const tls::ClientContext>> load_tls_client(const TlsClientOptions& options);

}  // namespace weir::cli
