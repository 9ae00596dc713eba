#include <sys/random.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>

#include "cli/access_log_output.h"
#include "cli/commands.h"
#include "cli/listeners.h"
#include "cli/output_writer.h"
#include "cli/reload.h"
#include "cli/signals.h"
#include "cli/stderr_log.h"
#include "http/client/client.h"
#include "http/egress.h"
#include "http/proxy/proxy.h"
#include "server/server.h"

namespace weir::cli {
namespace {

// A loop's client, and the proxy that uses it.
class ClientProxy final : public http::Handler {
 public:
  ClientProxy(io::Loop& loop, const http::EgressPolicy& policy,
              const http::client::ClientOptions& client, const http::proxy::ProxyOptions& proxy,
              Log& log)
      : client_(loop, policy, client, &log), proxy_(client_, proxy) {}

  io::Task<Result<http::Response, http::ErrorCode>> handle(http::Request request,
                                                           http::Exchange& exchange) override {
    return proxy_.handle(std::move(request), exchange);
  }

 private:
  http::client::Client client_;
  http::proxy::Proxy proxy_;
};

// "weir-" and 8 random hex digits: unlike that of any other proxy on a request's way.
std::string pseudonym() {
  uint32_t number = 0;
  if (::getrandom(&number, sizeof number, 0) < 0) number = static_cast<uint32_t>(::getpid());
  char text[16];
  std::snprintf(text, sizeof text, "weir-%08x", number);
  return text;
}

}  // namespace

Result<void> proxy(const ProxyOptions& options) {
  block_signals(reloads(options));
  raise_descriptor_limit();
  OutputWriter standard_output(STDOUT_FILENO), standard_error(STDERR_FILENO);
  StderrLog log(standard_error);
  auto access_log = WEIR_TRY(AccessLogOutput::open(options.access_log, standard_output));

  http::proxy::ProxyOptions made;
  made.name = pseudonym();
  made.keep_host = options.keep_host;
  http::EgressPolicy egress;
  if (options.forward) {
    auto parsed = http::EgressPolicy::parse(options.outbound);
    if (!parsed.ok()) return Err(Error{"--allow-outbound: " + parsed.error().message});
    egress = std::move(*parsed);
  } else {
    made.upstream = WEIR_TRY(http::proxy::Origin::parse(options.upstream));
    // Who names an upstream means it, wherever it is.
    WEIR_TRY(egress.allow(made.upstream->scheme + "://" + made.upstream->authority));
    WEIR_TRY(egress.allow("private"));
  }
  ByteBudget budget(options.max_buffered);
  http::client::ClientOptions outgoing;
  outgoing.budget = &budget;
  // As many as the clients may want at a time.
  outgoing.pool.per_server = 4096;
  outgoing.pool.idle_per_server = 256;
  if (options.forward || made.upstream->scheme == "https")
    outgoing.tls = WEIR_TRY(load_tls_client(options.outgoing_tls));
  std::unique_ptr<Certificates> certificates;
  if (options.tls.wanted()) certificates = WEIR_TRY(Certificates::load(options.tls));
  auto listeners =
      WEIR_TRY(listen(options.addresses, certificates.get(), options.head_timeout_ns, budget));
  std::vector<std::string> urls;
  for (const server::Listener& listener : listeners) urls.push_back(url_of(listener));

  server::Settings settings = server_settings(options);
  settings.budget = &budget;
  settings.access_format = access_log->format();
  settings.access_sink = access_log.get();
  server::Server server(
      settings, std::move(listeners),
      [&](io::Loop& loop) {
        return std::make_unique<ClientProxy>(loop, egress, outgoing, made, log);
      },
      log);
  Signals signals([&] { server.drain(); }, reload(options, certificates.get(), *access_log, log));
  for (const std::string& url : urls) log.info("Serving HTTP on " + url);
  server.run();
  return {};
}

}  // namespace weir::cli
