#include "cli/deps_command_line.h"

#include <CLI/CLI.hpp>

namespace weir::cli {
namespace {

using Verb = DepsOptions::Verb;

CLI::App* add_verb(CLI::App& deps, DepsOptions& o, Verb verb, const char* name, const char* help) {
  CLI::App* command = deps.add_subcommand(name, help);
  command->parse_complete_callback([&o, verb] { o.verb = verb; });
  command
      ->add_option(verb == Verb::add ? "--dir" : "dir", o.dir,
                   "The folder with deps.toml in it, or in its wit")
      ->type_name("DIR")
      ->default_str("wit, or where deps.toml is");
  command->add_option("-m,--manifest", o.manifest, "The manifest")
      ->type_name("FILE")
      ->default_str("DIR/deps.toml");
  command->add_option("-l,--lock", o.lock, "The lock")
      ->type_name("FILE")
      ->default_str("DIR/deps.lock");
  command->add_option("-d,--deps", o.deps, "Where the dependencies go")
      ->type_name("FOLDER")
      ->default_str("DIR/deps");
  return command;
}

void describe_fetching(CLI::App& command, DepsOptions& o) {
  command
      .add_option("--registry", o.registry,
                  "Where packages (NS:NAME@VERSION) are, if deps.toml does not say: "
                  "[http://]HOST[:PORT][/PREFIX]")
      ->type_name("REGISTRY");
  command
      .add_option("--config", o.config,
                  "A wkg configuration: registries by namespace, and how to log in")
      ->type_name("FILE")
      ->default_str("${XDG_CONFIG_HOME:-~/.config}/wasm-pkg/config.toml");
  command
      .add_option("--ca-file", o.ca_file, "Certificates to trust in place of the system's, in PEM")
      ->type_name("FILE");
  command.add_option("--cache-dir", o.cache_dir, "Where packages that were fetched are kept")
      ->type_name("DIR")
      ->default_str("${XDG_CACHE_HOME:-~/.cache}/weir/deps");
  command.add_flag("--no-cache", o.no_cache, "Keep nothing, and use nothing that was kept");
  command.add_flag("--offline", o.offline, "Fail where the network would be needed");
}

}  // namespace

void describe_deps(CLI::App& app, DepsOptions& o, std::vector<CLI::App*>& commands) {
  CLI::App* deps = app.add_subcommand("deps", "Manage the packages in wit/deps");
  deps->require_subcommand(1);
  deps->footer(
      "deps.toml says where each dependency comes from:\n"
      "  clocks = \"https://HOST/ARCHIVE.tar.gz\"    an archive (tar.gz, zip) with WIT in wit/\n"
      "  shared = \"../shared/wit\"                  a folder\n"
      "  http = \"wasi:http@0.2.12\"                 a package of an OCI registry\n"
      "  http = \"oci://HOST/wasi/http:0.2.12\"      the same, with the registry\n"
      "  [io]                                      the same with more to say: url with prefix,\n"
      "  url = \"https://HOST/REPOSITORY.zip\"       sha256, sha512; path; package with registry;\n"
      "  package = \"wasi:io@0.2\"                   package beside url or path: only this one\n"
      "deps.lock holds what was taken, with digests, in the format of wit-deps.");
  CLI::App* update =
      add_verb(*deps, o, Verb::update, "update", "Fetch everything anew and lock it");
  describe_fetching(*update, o);
  CLI::App* lock = add_verb(
      *deps, o, Verb::lock, "lock",
      "Bring wit/deps in line with deps.toml and deps.lock; fetch only what is not at hand");
  describe_fetching(*lock, o);
  lock->add_flag("--check", o.only_check, "Change nothing: the same as `weir deps check`");
  CLI::App* check =
      add_verb(*deps, o, Verb::check, "check",
               "Whether deps.toml, deps.lock and wit/deps agree (status 1 if not); offline");
  CLI::App* add =
      add_verb(*deps, o, Verb::add, "add", "Add a dependency to deps.toml and fetch it");
  add->add_option("name", o.name, "The dependency's folder in wit/deps; or NS:NAME@VERSION alone")
      ->required()
      ->type_name("NAME");
  add->add_option("source", o.source, "An https:// URL, a path, or NS:NAME@VERSION")
      ->type_name("SOURCE");
  add->add_option("--prefix", o.prefix, "The folder in the archive that holds the WIT")
      ->type_name("FOLDER");
  add->add_option("--sha256", o.sha256, "What the archive must hash to")->type_name("HEX");
  add->add_option("--package", o.package, "Take only this package of the archive or folder")
      ->type_name("NS:NAME@VERSION");
  describe_fetching(*add, o);
  commands.insert(commands.end(), {update, lock, check, add});
}

}  // namespace weir::cli
