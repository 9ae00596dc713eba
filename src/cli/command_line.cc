#include "cli/command_line.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <sstream>

#include "cli/environment_twins.h"
#include "cli/tool_verbs.h"
#include "cli/version.h"
#include "util/number.h"

namespace weir::cli {
namespace {

// An option whose value `parse` turns into a number, with its default in the help text.
void add_parsed(CLI::App& command, const char* flag, uint64_t& target, const char* help,
                const char* type, const char* shown, Result<uint64_t> (*parse)(std::string_view)) {
  command
      .add_option_function<std::string>(
          flag,
          [&target, parse, flag](const std::string& text) {
            auto value = parse(text);
            if (!value.ok()) throw CLI::ValidationError(flag, value.error().message);
            target = *value;
          },
          help)
      ->type_name(type)
      ->default_str(shown);
}

void add_duration(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
                  const char* help) {
  add_parsed(command, flag, target, help, "DURATION", shown, parse_duration);
}

void add_size(CLI::App& command, const char* flag, uint64_t& target, const char* shown,
              const char* help) {
  add_parsed(command, flag, target, help, "SIZE", shown, parse_size);
}

void describe_serve(CLI::App& serve, ServeOptions& o) {
  serve.add_option("app", o.app, "The component: a .wasm, .wat or .weir file")
      ->required()
      ->type_name("APP");
  serve
      .add_option("--addr", o.addresses,
                  "Where to listen: IP:PORT, [IPv6]:PORT, unix:PATH or fd:N; may be repeated")
      ->take_all()
      ->type_name("ADDR")
      ->default_str("127.0.0.1:8080");
  serve.add_option("--threads", o.threads, "Threads, each with a loop of its own")
      ->default_str("the processors it may use");
  serve.add_option("--env", o.environment, "A variable that the guest sees; may be repeated")
      ->take_all()
      ->type_name("K=V");
  serve
      .add_option(
          "--allow-outbound", o.outbound,
          "Where the guest may send requests: [SCHEME://]HOST[:PORT], *.HOST, * or private; "
          "may be repeated; nowhere by default")
      ->take_all()
      ->type_name("PATTERN");
  add_duration(serve, "--timeout", o.timeout_ns, "30s",
               "From a request's head to its answer's head (504); 0 for no limit");
  add_duration(serve, "--cpu-time", o.cpu_time_ns, "10s",
               "CPU time of one request's guest (504); 0 for no limit");
  add_size(serve, "--max-memory", o.max_memory, "128MiB", "Memory of one request's guest (500)");
  add_duration(serve, "--head-timeout", o.head_timeout_ns, "10s",
               "To receive a request's head from its first byte (408)");
  add_duration(serve, "--idle-timeout", o.idle_timeout_ns, "60s",
               "How long a connection may wait for its next request");
  add_duration(serve, "--read-timeout", o.read_timeout_ns, "30s",
               "How long a request's body may pause");
  add_duration(serve, "--write-timeout", o.write_timeout_ns, "30s",
               "How long a client may stop reading an answer");
  add_duration(serve, "--drain-timeout", o.drain_timeout_ns, "30s",
               "How long requests in flight may take after SIGTERM or SIGINT");
  add_size(serve, "--max-head", o.max_head, "32KiB", "Size of a request's head (431)");
  serve.add_option("--max-head-fields", o.max_head_fields, "Fields in a request's head (431)")
      ->capture_default_str();
  add_size(serve, "--max-request-line", o.max_request_line, "8KiB",
           "Length of a request line (414)");
  serve
      .add_option("--max-requests", o.max_requests,
                  "Requests that guests work on at a time; one more waits up to 1 s (503)")
      ->capture_default_str()
      ->check(CLI::Range(1u, 100'000u));
  serve.add_option("--max-connections", o.max_connections, "Open connections")
      ->capture_default_str()
      ->check(CLI::Range(1u, 10'000'000u));
  serve.add_flag("--half-close", o.half_close,
                 "Go on when a client has finished its side of the connection");
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
      ->check(CLI::IsMember({"auto", "on", "off"}))
      ->capture_default_str();
  add_size(serve, "--keep-resident", o.keep_resident, "1MiB",
           "How much of each free memory slot stays in RAM");
  serve.add_flag("--no-epochs", o.no_epochs,
                 "Compile without pre-emption: a guest that spins is never stopped");
}

// `weir bindgen c`.
std::string name_of(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent ? name_of(*parent) + " " + command.get_name() : command.get_name();
}

}  // namespace

Result<CommandLine, Ending> parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"Serves WebAssembly components that speak WASI HTTP.", "weir"};
  app.require_subcommand(1);
  app.set_version_flag("--version", version_text());
  app.get_formatter()->column_width(34);
  ServeOptions serve_options;
  CompileOptions compile_options;
  InspectOptions inspect_options;
  CLI::App* serve = app.add_subcommand("serve", "Serve a component over HTTP");
  describe_serve(*serve, serve_options);
  CLI::App* compile = app.add_subcommand("compile", "Compile a component ahead of time");
  compile->add_option("app", compile_options.app, "The component: a .wasm or .wat file")
      ->required()
      ->type_name("APP");
  compile
      ->add_option("-o,--output", compile_options.output,
                   "The file to write; it holds native code and is trusted like a program")
      ->required()
      ->type_name("FILE");
  CLI::App* inspect =
      app.add_subcommand("inspect", "Show what a component imports, exports and needs");
  inspect->add_option("app", inspect_options.app, "The component: a .wasm or .wat file")
      ->required()
      ->type_name("APP");
  CommandLine line;
  add_bindgen(app, line.tool);
  add_component(app, line.tool);
  CLI::App* chosen = &app;
  // The innermost command that was named.
  auto choose = [&] {
    for (auto named = chosen->get_subcommands(); !named.empty(); named = chosen->get_subcommands())
      chosen = named.front();
  };
  for (CLI::App* command : {serve, compile, inspect}) describe_twins(*command);
  try {
    app.parse(argc, argv);
    choose();
    apply_twins(*chosen, [](const std::string& name) { return std::getenv(name.c_str()); });
  } catch (const CLI::Error& error) {
    choose();
    std::ostringstream out, err;
    int status = app.exit(error, out, err);
    if (status == 0) return Err(Ending{out.str(), 0});
    return Err(Ending{
        "weir: " + std::string(error.what()) + "\nTry `" + name_of(*chosen) + " --help`.\n", 2});
  }
  if (serve->parsed()) {
    if (serve_options.addresses.empty()) serve_options.addresses = {"127.0.0.1:8080"};
    for (const std::string& pair : serve_options.environment)
      if (pair.find('=') == std::string::npos || pair.front() == '=')
        return Err(Ending{"weir: --env: '" + pair + "' is not K=V\n", 2});
    line.serve = std::move(serve_options);
  }
  if (compile->parsed()) line.compile = std::move(compile_options);
  if (inspect->parsed()) line.inspect = std::move(inspect_options);
  return line;
}

}  // namespace weir::cli
