#include "cli/tls_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>

namespace weir::cli {

void describe_tls_server(CLI::App& command, TlsServerOptions& o) {
  command
      .add_option("--tls-cert", o.certificates,
                  "Speak HTTPS: a PEM file with the server's certificate and its chain; may be "
                  "repeated, then the name that a client asks for decides (SNI). Read again at "
                  "SIGHUP")
      ->take_all()
      ->type_name("FILE");
  command.add_option("--tls-key", o.keys, "The PEM file of each --tls-cert's key, in order")
      ->take_all()
      ->type_name("FILE");
  command
      .add_option("--tls-client-ca", o.client_ca,
                  "Clients must show a certificate that one of this PEM file's signed")
      ->type_name("FILE");
  command.add_flag("--tls-client-optional", o.client_optional,
                   "With --tls-client-ca: clients may also show none");
}

void describe_tls_client(CLI::App& command, TlsClientOptions& o) {
  command
      .add_option("--ca-file", o.ca_files,
                  "A PEM file of authorities that outgoing https trusts besides the system's; may "
                  "be repeated")
      ->take_all()
      ->type_name("FILE");
  command.add_flag("--no-system-ca", o.no_system_ca,
                   "Trust only --ca-file, not the system's authorities");
  command
      .add_option("--client-cert", o.certificate,
                  "A PEM file with the certificate that outgoing https shows to servers that ask")
      ->type_name("FILE");
  command.add_option("--client-key", o.key, "The PEM file of the key of --client-cert")
      ->type_name("FILE");
}

Result<std::unique_ptr<Certificates>> Certificates::load(const TlsServerOptions& options) {
  tls::ServerFiles files;
  for (size_t i = 0; i < options.keys.size(); ++i)
    files.pairs.push_back({options.certificates[i], options.keys[i]});
  files.client_ca_file = options.client_ca;
  files.client_optional = options.client_optional;
  std::unique_ptr<Certificates> made(new Certificates(std::move(files)));
  made->current_ = WEIR_TRY(tls::ServerContext::load(made->files_));
  return made;
}

std::shared_ptr<const tls::ServerContext> Certificates::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

void Certificates::reload(Log& log) {
  auto fresh = tls::ServerContext::load(files_);
  if (!fresh.ok()) {
    log.error("the certificates stay as they were: " + fresh.error().message);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    current_ = std::move(*fresh);
  }
  log.info("the certificates were read again");
}

Result<std::shared_ptr<const tls::ClientContext>> load_tls_client(const TlsClientOptions& options) {
  tls::ClientFiles files;
  files.system_roots = !options.no_system_ca;
  if (const char* bundle = std::getenv("SSL_CERT_FILE"); bundle && *bundle)
    files.system_file = bundle;
  files.ca_files = options.ca_files;
  files.certificate_file = options.certificate;
  files.key_file = options.key;
  return tls::ClientContext::load(files);
}

}  // namespace weir::cli
