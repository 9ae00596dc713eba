#include "cli/listeners.h"

#include "tls/stream.h"

namespace weir::cli {

Result<std::vector<server::Listener>> listen(const std::vector<std::string>& addresses,
                                             const Certificates* certificates,
                                             uint64_t handshake_timeout_ns, ByteBudget& budget) {
  std::vector<server::Listener> listeners;
  for (const std::string& address : addresses) {
    server::Listener listener{WEIR_TRY(io::ListeningSocket::open(address)), {}, false};
    if (certificates) {
      listener.secure = true;
      listener.wrap = [certificates, handshake_timeout_ns, &budget](
                          io::Loop& loop, std::unique_ptr<io::SocketStream> socket) {
        return tls::Stream::server(loop, std::move(socket), certificates->current(),
                                   handshake_timeout_ns, &budget);
      };
    }
    listeners.push_back(std::move(listener));
  }
  return listeners;
}

std::string url_of(const server::Listener& listener) {
  const std::string& address = listener.socket.address();
  if (address.starts_with("unix:")) return address;
  return (listener.secure ? "https://" : "http://") + address + "/";
}

}  // namespace weir::cli
