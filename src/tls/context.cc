#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <string_view>

#include "tls/context_impl.h"
#include "tls/stream.h"
#include "tls/trust.h"
#include "util/assert.h"

namespace weir::tls {
namespace {

constexpr uint8_t kAlpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int select_alpn(SSL*, const uint8_t** out, uint8_t* out_size, const uint8_t* in, unsigned size,
                void*) {
  std::string_view offered(reinterpret_cast<const char*>(in), size);
  while (offered.size() > 1) {
    size_t length = static_cast<uint8_t>(offered.front());
    std::string_view one = offered.substr(1, length);
    if (one == "http/1.1") {
      *out = reinterpret_cast<const uint8_t*>(one.data());
      *out_size = static_cast<uint8_t>(one.size());
      return SSL_TLSEXT_ERR_OK;
    }
    offered.remove_prefix(std::min(offered.size(), 1 + length));
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

ssl_select_cert_result_t ServerContext::Impl::select_certificate(const SSL_CLIENT_HELLO* hello) {
  SSL* ssl = hello->ssl;
  auto& impl = *static_cast<Impl*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  auto fits = [&](const Identity& identity) {
    return name && X509_check_host(identity.leaf.get(), name, std::string_view(name).size(), 0,
                                   nullptr) == 1;
  };
  auto use = [&](const Identity& identity) {
    bool done = SSL_use_certificate(ssl, identity.leaf.get()) == 1 &&
                SSL_use_PrivateKey(ssl, identity.key.get()) == 1;
    for (const X509Ptr& each : identity.chain)
      done = done && SSL_add1_chain_cert(ssl, each.get()) == 1;
    return done;
  };
  bool any = false;
  int used = 0;
  for (const Identity& identity : impl.identities) {
    if (!fits(identity)) continue;
    // One of a kind of key: a client that cannot check one signature gets the other.
    int bit = 1 << (EVP_PKEY_id(identity.key.get()) == EVP_PKEY_RSA ? 0 : 1);
    if (used & bit) continue;
    used |= bit;
    any = true;
    if (!use(identity)) return ssl_select_cert_error;
  }
  if (!any && !use(impl.identities.front())) return ssl_select_cert_error;
  return ssl_select_cert_success;
}

SslContextPtr new_context() {
  CRYPTO_library_init();
  SslContextPtr ssl(SSL_CTX_new(TLS_method()));
  WEIR_ASSERT(ssl != nullptr);
  SSL_CTX_set_min_proto_version(ssl.get(), TLS1_2_VERSION);
  SSL_CTX_set_max_proto_version(ssl.get(), TLS1_3_VERSION);
  // For TLS 1.2 only suites with forward secrecy and authenticated encryption.
  int done =
      SSL_CTX_set_strict_cipher_list(ssl.get(),
                                     "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                                     "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
                                     "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305");
  WEIR_ASSERT(done == 1);
  done = SSL_CTX_set1_groups_list(ssl.get(), "X25519MLKEM768:X25519:P-256:P-384");
  WEIR_ASSERT(done == 1);
  SSL_CTX_set_mode(ssl.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_NO_AUTO_CHAIN);
  SSL_CTX_set_options(ssl.get(), SSL_OP_NO_RENEGOTIATION);
  Stream::set_callbacks(ssl.get());
  return ssl;
}

ClientContext::ClientContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientContext::~ClientContext() = default;

Result<std::shared_ptr<const ClientContext>> ClientContext::load(const ClientFiles& files) {
  auto impl = std::make_unique<Impl>();
  impl->ssl = new_context();
  SSL_CTX* ssl = impl->ssl.get();
  StorePtr trust = WEIR_TRY(load_trust(files.system_roots, files.system_file, files.ca_files));
  SSL_CTX_set_cert_store(ssl, trust.release());
  SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_alpn_protos(ssl, kAlpn, sizeof kAlpn);
  if (files.certificate_file.empty() != files.key_file.empty())
    return Err("a client certificate needs both its file and its key's file");
  if (!files.certificate_file.empty()) {
    Identity identity = WEIR_TRY(load_identity(files.certificate_file, files.key_file));
    bool done = SSL_CTX_use_certificate(ssl, identity.leaf.get()) == 1 &&
                SSL_CTX_use_PrivateKey(ssl, identity.key.get()) == 1;
    for (const X509Ptr& each : identity.chain)
      done = done && SSL_CTX_add1_chain_cert(ssl, each.get()) == 1;
    if (!done)
      return Err(Error{files.certificate_file + " cannot be used for TLS: " + last_error()});
  }
  return std::shared_ptr<const ClientContext>(new ClientContext(std::move(impl)));
}

ServerContext::ServerContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ServerContext::~ServerContext() = default;

Result<std::shared_ptr<const ServerContext>> ServerContext::load(const ServerFiles& files) {
  auto impl = std::make_unique<Impl>();
  impl->ssl = new_context();
  SSL_CTX* ssl = impl->ssl.get();
  SSL_CTX_set_app_data(ssl, impl.get());
  for (const ServerFiles::Pair& pair : files.pairs) {
    Identity identity = WEIR_TRY(load_identity(pair.certificate_file, pair.key_file));
    int kind = EVP_PKEY_id(identity.key.get());
    if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC && kind != EVP_PKEY_ED25519)
      return Err(Error{pair.key_file + ": TLS needs a key of RSA, ECDSA or Ed25519"});
    impl->identities.push_back(std::move(identity));
  }
  if (impl->identities.empty()) return Err("a TLS server needs a certificate and its key");
  SSL_CTX_set_select_certificate_cb(ssl, Impl::select_certificate);
  SSL_CTX_set_alpn_select_cb(ssl, select_alpn, nullptr);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  static constexpr uint8_t kSessions[] = "weir";
  SSL_CTX_set_session_id_context(ssl, kSessions, sizeof kSessions);
  if (!files.client_ca_file.empty()) {
    StorePtr trust = WEIR_TRY(load_trust(false, {}, {files.client_ca_file}));
    SSL_CTX_set_cert_store(ssl, trust.release());
    auto names = WEIR_TRY(load_certificates(files.client_ca_file));
    for (const X509Ptr& each : names) SSL_CTX_add_client_CA(ssl, each.get());
    SSL_CTX_set_verify(
        ssl, SSL_VERIFY_PEER | (files.client_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT),
        nullptr);
  }
  return std::shared_ptr<const ServerContext>(new ServerContext(std::move(impl)));
}

}  // namespace weir::tls
