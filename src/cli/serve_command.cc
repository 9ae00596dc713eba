#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/access_log_output.h"
#include "cli/allocator.h"
#include "cli/commands.h"
#include "cli/listeners.h"
#include "cli/output_writer.h"
#include "cli/printed_output.h"
#include "cli/reload.h"
#include "cli/signals.h"
#include "cli/startup_log.h"
#include "cli/stderr_log.h"
#include "engine/engine.h"
#include "host/app.h"
#include "host/component_handler.h"
#include "host/load.h"
#include "host/resident.h"
#include "http/client/client.h"
#include "http/egress.h"
#include "server/server.h"

namespace weir::cli {
namespace {

// `${XDG_CACHE_HOME:-~/.cache}/weir/compiled`; empty when neither variable is set.
std::string default_cache_dir() {
  if (const char* base = std::getenv("XDG_CACHE_HOME"); base && *base)
    return std::string(base) + "/weir/compiled";
  if (const char* home = std::getenv("HOME"); home && *home)
    return std::string(home) + "/.cache/weir/compiled";
  return {};
}

engine::Config engine_config(const ServeOptions& options, unsigned idle) {
  engine::Config config;
  config.max_instances = options.max_requests + idle;
  // The pool only counts them; guests of some languages are made of a dozen modules and more.
  config.core_instances_each = 64;
  config.table_elements = options.max_table_elements;
  config.epochs = !options.no_epochs;
  if (options.pagemap_scan == "on") config.pagemap = engine::Config::Pagemap::on;
  if (options.pagemap_scan == "off") config.pagemap = engine::Config::Pagemap::off;
  if (options.keep_resident != ServeOptions::kAutomatic) {
    config.keep_resident = config.keep_resident_without_pagemap = options.keep_resident;
  } else if (!engine::uses_pagemap(config)) {
    config.keep_resident_without_pagemap = host::resident_without_pagemap(options.app);
  }
  return config;
}

wasi::Grants grants(const ServeOptions& options) {
  wasi::Grants grants;
  for (const std::string& pair : options.environment) {
    size_t equals = pair.find('=');
    grants.environment.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return grants;
}

void notice_what_the_system_denies(const engine::EngineFacts& facts, const ServeOptions& options,
                                   Log& log) {
  if (!facts.pagemap && options.pagemap_scan == "auto")
    log.warning("dirty pages are reset without PAGEMAP_SCAN, which is slower: " +
                facts.pagemap_reason);
  if (facts.max_instances < options.max_requests)
    log.warning("at most " + std::to_string(facts.max_instances) +
                " requests can run at a time: " + facts.max_instances_reason);
}

// The cache of compiled components, unless there is none.
std::optional<host::CompileCache> open_cache(const ServeOptions& options, Log& log) {
  std::string dir = options.cache_dir.empty() ? default_cache_dir() : options.cache_dir;
  if (options.no_cache || dir.empty()) return std::nullopt;
  auto opened = host::CompileCache::open(dir);
  if (opened.ok()) return std::move(*opened);
  log.warning("compiled components are not kept: " + opened.error().message);
  return std::nullopt;
}

host::AppOptions app_options(const ServeOptions& options) {
  host::AppOptions app;
  app.link.unknown_imports_trap = options.trap_unknown_imports;
  if (const char* route = std::getenv("WEIR_LINK"))
    app.link.force_general = std::string_view(route) == "general";
  app.grants = grants(options);
  app.memory_limit = options.max_memory;
  app.cpu_limit_ns = options.cpu_time_ns;
  app.max_requests = options.max_requests;
  return app;
}

}  // namespace

Result<void> serve(const ServeOptions& options) {
  block_signals(reloads(options));
  raise_descriptor_limit();
  OutputWriter standard_output(STDOUT_FILENO), standard_error(STDERR_FILENO);
  StderrLog log(standard_error);
  PrintedOutput output(standard_output, standard_error, !options.no_logging_prefix);
  StartupLog startup(log, ::isatty(STDERR_FILENO) == 1);

  auto access_log = WEIR_TRY(AccessLogOutput::open(options.access_log, standard_output));
  auto egress = http::EgressPolicy::parse(options.outbound);
  if (!egress.ok()) return Err(Error{"--allow-outbound: " + egress.error().message});
  ByteBudget budget(options.max_buffered);
  http::client::ClientOptions outgoing;
  outgoing.budget = &budget;
  // Reading the authorities takes a moment: only where they can be needed.
  if (!options.outbound.empty()) outgoing.tls = WEIR_TRY(load_tls_client(options.outgoing_tls));
  std::unique_ptr<Certificates> certificates;
  if (options.tls.wanted()) certificates = WEIR_TRY(Certificates::load(options.tls));
  auto listeners =
      WEIR_TRY(listen(options.addresses, certificates.get(), options.head_timeout_ns, budget));
  server::Settings settings = server_settings(options);
  uint64_t kept = uint64_t{options.keep_instances} * settings.threads;
  auto idle = static_cast<unsigned>(std::min<uint64_t>(kept, options.max_requests));
  auto engine = WEIR_TRY(engine::Engine::create(engine_config(options, idle)));
  const engine::EngineFacts& facts = engine->facts();
  notice_what_the_system_denies(facts, options, startup);
  std::optional<host::CompileCache> cache = open_cache(options, startup);
  auto component =
      WEIR_TRY(host::load_component(*engine, options.app, cache ? &*cache : nullptr, startup));

  settings.budget = &budget;
  settings.access_format = access_log->format();
  settings.access_sink = access_log.get();
  host::AppOptions hosted = app_options(options);
  hosted.max_idle_of_loop = options.keep_instances;
  hosted.max_idle = idle;
  hosted.grants.limits.budget = &budget;
  hosted.output = &output;
  hosted.at_rest = give_back_memory;
  hosted.outgoing = [&policy = *egress, &outgoing, &log](io::Loop& loop) {
    return std::make_unique<http::client::Client>(loop, policy, outgoing, &log);
  };
  auto made = host::App::make(*engine, std::move(component), std::move(hosted), log);
  if (!made.ok()) return Err(Error{options.app + ": " + made.error().message});
  auto app = std::move(*made);
  if (app->capacity() + app->idle_capacity() < facts.max_instances)
    startup.warning("at most " + std::to_string(app->capacity()) +
                    " requests can run at a time: the component is made of more parts than "
                    "usual; raise --max-requests to have more");

  settings.max_requests = std::min<size_t>(settings.max_requests, app->capacity());

  std::vector<std::string> urls;
  for (const server::Listener& listener : listeners) urls.push_back(url_of(listener));
  server::Server server(
      settings, std::move(listeners),
      [&](io::Loop& loop) { return std::make_unique<host::ComponentHandler>(app, loop); }, log);
  Signals signals([&] { server.drain(); }, reload(options, certificates.get(), *access_log, log));
  for (const std::string& url : urls) log.info("Serving HTTP on " + url);
  startup.release();
  server.run();
  return {};
}

}  // namespace weir::cli
