#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "cli/deps_command_line.h"
#include "cli/environment_twins.h"
#include "cli/help_formatter.h"
#include "cli/needed.h"
#include "cli/option_kinds.h"
#include "cli/printable.h"
#include "cli/tool_verbs.h"
#include "cli/version.h"
#include "http/egress.h"
#include "http/proxy/proxy.h"

namespace weir::cli {
namespace {

void describe_outbound(CLI::App& command, std::vector<std::string>& outbound, const char* who) {
  command
      .add_option("--allow-outbound", outbound,
                  std::string("Where ") + who +
                      " may send requests: [SCHEME://]HOST[:PORT], *.HOST, * or private; may be "
                      "repeated; nowhere by default")
      ->take_all()
      ->type_name("PATTERN");
}

void describe_serve(CLI::App& serve, ServeOptions& o) {
  serve.add_option("APP", o.app, "The component: a .wasm, .wat or .weir file")->required();
  serve.add_option("--env", o.environment, "A variable that the guest sees; may be repeated")
      ->take_all()
      ->type_name("K=V");
  describe_outbound(serve, o.outbound, "the guest");
  describe_tls_client(serve, o.outgoing_tls);
  add_duration(serve, "--cpu-time", o.cpu_time_ns, "10s",
               "CPU time of one request's guest (504); 0 for no limit");
  add_size(serve, "--max-memory", o.max_memory, "128MiB", "Memory of one request's guest (500)");
  serve
      .add_option("--max-table-elements", o.max_table_elements,
                  "Elements of each of a guest's tables")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1u, 10'000'000u));
  describe_server(serve, o);
  serve.add_flag("--no-logging-prefix", o.no_logging_prefix,
                 "Print what guests print without `stdout [ID] :: ` before each line");
  serve
      .add_option_function<std::string>(
          "--unknown-imports",
          [&o](const std::string& what) {
            if (what != "trap" && what != "refuse")
              throw CLI::ValidationError("--unknown-imports", "write refuse or trap");
            o.trap_unknown_imports = what == "trap";
          },
          "Imports that Weir does not have: refuse to start, or trap when one is called")
      ->type_name("refuse|trap")
      ->default_str("refuse");
  serve.add_option("--cache-dir", o.cache_dir, "Where compiled components are kept")
      ->type_name("DIR")
      ->default_str("${XDG_CACHE_HOME:-~/.cache}/weir/compiled");
  serve.add_flag("--no-cache", o.no_cache, "Compile anew at each start");
  serve
      .add_option("--pagemap-scan", o.pagemap_scan,
                  "Reset just the pages that a guest dirtied (Linux 6.7 and later)")
      ->type_name("auto|on|off")
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->capture_default_str();
  serve
      .add_option(
          "--keep-instances", o.keep_instances,
          "Instances that each thread keeps, reset, for the next request; 0: each request's "
          "is made from nothing")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(0u, 10'000u));
  add_size(serve, "--keep-resident", o.keep_resident, "4MiB",
           "How much of each free memory slot stays in RAM, at most what guests dirtied; without "
           "PAGEMAP_SCAN by default the whole of a small memory and nothing of a large one");
  serve.add_flag("--no-epochs", o.no_epochs,
                 "Compile without pre-emption: a guest that spins is never stopped");
}

void describe_proxy(CLI::App& proxy, ProxyOptions& o) {
  CLI::Option* upstream =
      proxy
          .add_option("upstream", o.upstream,
                      "Where every request goes: http://HOST[:PORT] or https://HOST[:PORT]")
          ->type_name("UPSTREAM");
  proxy
      .add_flag("--forward", o.forward,
                "Be a forward proxy: send each request where its target says, and make tunnels for "
                "CONNECT, as far as --allow-outbound lets it")
      ->excludes(upstream);
  proxy.add_flag("--keep-host", o.keep_host,
                 "Leave Host as the client sent it, instead of naming the upstream");
  describe_outbound(proxy, o.outbound, "a forward proxy");
  describe_tls_client(proxy, o.outgoing_tls);
  describe_server(proxy, o);
}

void describe_compile(CLI::App& compile, CompileOptions& o) {
  compile.add_option("APP", o.app, "The component: a .wasm or .wat file")->required();
  compile
      .add_option("-o,--output", o.output,
                  "The file to write; it holds native code and is trusted like a program")
      ->required()
      ->type_name("FILE");
}

void describe_inspect(CLI::App& inspect, InspectOptions& o) {
  inspect.add_option("APP", o.app, "The component: a .wasm, .wat or .weir file")->required();
  inspect
      .add_option_function<std::string>(
          "--format", [&o](const std::string& form) { o.json = form == "json"; },
          "For people or for programs")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("text|json")
      ->default_str("text");
}

Result<void> check_outgoing(const std::vector<std::string>& outbound, const TlsClientOptions& tls) {
  if (auto policy = http::EgressPolicy::parse(outbound); !policy.ok())
    return Err(Error{"--allow-outbound: " + policy.error().message});
  if (tls.certificate.empty() != tls.key.empty())
    return Err("--client-cert: it needs its --client-key, and the other way round");
  return {};
}

Result<void> check_serve(const ServeOptions& options) {
  WEIR_TRY(check_server(options));
  for (const std::string& pair : options.environment)
    if (pair.find('=') == std::string::npos || pair.front() == '=')
      return Err(Error{"--env: '" + pair + "' is not K=V"});
  return check_outgoing(options.outbound, options.outgoing_tls);
}

Result<void> check_proxy(const ProxyOptions& options) {
  if (options.upstream.empty() != options.forward)
    return Err("name an upstream, or ask for a forward proxy with --forward");
  if (options.forward && options.keep_host)
    return Err(
        "--keep-host is for a reverse proxy: a forward proxy's Host is what the target says");
  if (!options.forward) {
    if (!options.outbound.empty())
      return Err("--allow-outbound is for --forward: a reverse proxy reaches its upstream alone");
    http::proxy::Origin origin = WEIR_TRY(http::proxy::Origin::parse(options.upstream));
    http::EgressPolicy egress;
    WEIR_TRY(egress.allow(origin.scheme + "://" + origin.authority));
  }
  WEIR_TRY(check_server(options));
  return check_outgoing(options.outbound, options.outgoing_tls);
}

Ending wrong_usage(const Error& error, const std::string& verb) {
  return {"weir: " + printable(error.message) + "\nTry `weir " + verb + " --help`.\n", 2};
}

// `weir deps update`
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent ? full_name(*parent) + " " + command.get_name() : command.get_name();
}

// The innermost command that the command line names.
CLI::App* chosen_command(CLI::App& app) {
  auto chosen = app.get_subcommands();
  return chosen.empty() ? &app : chosen_command(*chosen.front());
}

constexpr std::string_view kVerbs[] = {"serve", "proxy",   "compile",   "inspect",  "deps",
                                       "wit",   "bindgen", "component", "--version"};

}  // namespace

Result<CommandLine, Ending> parse_command_line(int argc, const char* const* argv) {
  std::span words(argv, static_cast<size_t>(argc));
  words = words.subspan(std::min<size_t>(1, words.size()));
  Needed needed(words, kVerbs);
  CLI::App app{"Serves WebAssembly components that speak WASI HTTP.", "weir"};
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text());
  app.formatter(std::make_shared<HelpFormatter>());
  std::vector<CLI::App*> commands;
  auto add = [&](const char* verb, const char* help, auto& options, auto describe) {
    if (!needed(verb)) return;
    commands.push_back(app.add_subcommand(verb, help));
    describe(*commands.back(), options);
  };
  ServeOptions serve_options;
  add("serve", "Serve a component over HTTP", serve_options, describe_serve);
  ProxyOptions proxy_options;
  add("proxy", "Pass requests on: a reverse or a forward proxy", proxy_options, describe_proxy);
  CompileOptions compile_options;
  add("compile", "Compile a component ahead of time", compile_options, describe_compile);
  InspectOptions inspect_options;
  add("inspect", "Show what a component imports, exports and needs", inspect_options,
      describe_inspect);
  DepsOptions deps_options;
  if (needed("deps")) describe_deps(app, deps_options, commands);
  CommandLine line;
  if (needed("wit")) add_wit(app, words, line.tool);
  if (needed("bindgen")) add_bindgen(app, line.tool);
  if (needed("component")) add_component(app, line.tool);
  for (CLI::App* command : commands) describe_twins(*command);
  try {
    app.parse(argc, argv);
    apply_twins(*chosen_command(app),
                [](const std::string& name) { return std::getenv(name.c_str()); });
  } catch (const CLI::Error& error) {
    std::ostringstream out, err;
    int status = app.exit(error, out, err);
    if (status == 0) return Err(Ending{out.str(), 0});
    return Err(Ending{"weir: " + std::string(error.what()) + "\nTry `" +
                          full_name(*chosen_command(app)) + " --help`.\n",
                      2});
  }
  auto asked_for = [&](const char* verb) { return needed(verb) && app.got_subcommand(verb); };
  if (asked_for("serve")) {
    serve_options.addresses = addresses_of(serve_options);
    if (auto checked = check_serve(serve_options); !checked.ok())
      return Err(wrong_usage(checked.error(), "serve"));
    line.serve = std::move(serve_options);
  }
  if (asked_for("proxy")) {
    proxy_options.addresses = addresses_of(proxy_options);
    if (auto checked = check_proxy(proxy_options); !checked.ok())
      return Err(wrong_usage(checked.error(), "proxy"));
    line.proxy = std::move(proxy_options);
  }
  if (asked_for("compile")) line.compile = std::move(compile_options);
  if (asked_for("inspect")) line.inspect = std::move(inspect_options);
  if (asked_for("deps")) line.deps = std::move(deps_options);
  return line;
}

}  // namespace weir::cli
