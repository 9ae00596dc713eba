#include "tls/trust.h"

#include <openssl/err.h>
#include <unistd.h>

#include <iterator>

#include "tls/pem.h"

namespace weir::tls {
namespace {

constexpr const char* kSystemBundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // the same, newer
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // Alpine, BSDs
};

void add_all(X509_STORE* store, const std::vector<X509Ptr>& certificates) {
  // One that is there already is no error.
  for (const X509Ptr& each : certificates) X509_STORE_add_cert(store, each.get());
  ERR_clear_error();
}

}  // namespace

Result<StorePtr> load_trust(bool system, const std::string& system_file,
                            const std::vector<std::string>& files) {
  StorePtr store(X509_STORE_new());
  // A certificate that is trusted by name ends a chain, as in other programs' --ca-file.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
  if (system && !system_file.empty()) {
    add_all(store.get(), WEIR_TRY(load_certificates(system_file)));
  } else if (system) {
    for (const char* bundle : kSystemBundles) {
      if (::access(bundle, R_OK) != 0) continue;
      add_all(store.get(), WEIR_TRY(load_certificates(bundle)));
      break;
    }
  }
  for (const std::string& file : files) add_all(store.get(), WEIR_TRY(load_certificates(file)));
  return store;
}

}  // namespace weir::tls
