#pragma once

#include <vector>

#include "tls/client_context.h"
#include "tls/handles.h"
#include "tls/pem.h"
#include "tls/server_context.h"

namespace weir::tls {

struct ClientContext::Impl {
  SslContextPtr ssl;
};

struct ServerContext::Impl {
  SslContextPtr ssl;
  std::vector<Identity> identities;

  // Chooses the identity for the name that a client asks for.
  static ssl_select_cert_result_t select_certificate(const SSL_CLIENT_HELLO* hello);
};

// A context with what both sides have in common. `callbacks` of tls::Stream are set.
SslContextPtr new_context();

}  // namespace weir::tls
