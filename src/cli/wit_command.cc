#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/environment_twins.h"
#include "cli/needed.h"
#include "cli/tool_verbs.h"
#include "cli/wit_verbs.h"

namespace weir::cli {
namespace {

void add_path(CLI::App& verb, WitOptions& o) {
  verb.add_option("PATH", o.path,
                  "A folder of WIT with its `deps`, a .wit file, a binary package or a component "
                  "(.wasm, .wat)")
      ->required();
}

void add_features(CLI::App& verb, WitOptions& o) {
  verb.add_option("--features", o.features, "Let in what is `@unstable` under these names")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("F,...");
  verb.add_flag("--all-features", o.all_features, "Let in everything that is `@unstable`");
}

void add_output(CLI::App& verb, WitOptions& o) {
  verb.add_option("-o,--output", o.output, "Write to a file")->type_name("FILE");
}

void describe_print(CLI::App& print, WitOptions& o) {
  add_path(print, o);
  print.add_option("--package", o.package, "Only this package: NS:NAME or NS:NAME@VERSION")
      ->type_name("PACKAGE");
  print
      .add_option("--out-dir", o.out_dir,
                  "Write a folder: the package, and those that it needs in deps/")
      ->type_name("DIR");
  add_output(print, o);
  add_features(print, o);
}

void describe_check(CLI::App& check, WitOptions& o) {
  add_path(check, o);
  add_features(check, o);
}

void describe_format(CLI::App& format, WitOptions& o) {
  format.add_option("PATH", o.path, "A .wit file, or a folder: its .wit files, without `deps`")
      ->required();
  format.add_flag("--check", o.only_check,
                  "Change nothing, but name the files that would change (status 1 if any)");
}

void describe_encode(CLI::App& encode, WitOptions& o) {
  add_path(encode, o);
  add_output(encode, o);
  encode
      .add_option("--package", o.package,
                  "This package instead of the main one: NS:NAME or NS:NAME@VERSION")
      ->type_name("PACKAGE");
  encode
      .add_option("--world", o.world,
                  "Write this world's metadata instead: the content of a custom section "
                  "`component-type` of a core module")
      ->type_name("W");
  add_features(encode, o);
}

void describe_decode(CLI::App& decode, WitOptions& o) {
  add_path(decode, o);
  add_output(decode, o);
}

void describe_json(CLI::App& json, WitOptions& o) {
  add_path(json, o);
  add_output(json, o);
  add_features(json, o);
}

void describe_targets(CLI::App& targets, WitOptions& o) {
  targets.add_option("COMPONENT", o.path, "The component (.wasm, .wat)")->required();
  targets.add_option("-w,--world", o.world, "The world")->required()->type_name("W");
  targets
      .add_option("--wit", o.wit,
                  "Where the world is; one of the official packages unless this is given")
      ->type_name("PATH");
  add_features(targets, o);
}

void describe_init(CLI::App& init, WitOptions& o) {
  init.add_option("DIR", o.path, "The folder to make")->required();
  init.add_option("-w,--world", o.world,
                  "The world: wasi:http/proxy@0.2.12, wasi:http/service@0.3.2, …")
      ->required()
      ->type_name("W");
}

struct Verb {
  std::string_view name;
  const char* help;
  void (*describe)(CLI::App&, WitOptions&);
  int (*run)(const WitOptions&);
};

constexpr Verb kVerbs[] = {
    {"print", "Print as canonical WIT text", describe_print, wit_print},
    {"check", "Resolve and validate everything (status 1 if it is refused)", describe_check,
     wit_check},
    {"format", "Lay out .wit files anew, in place; comments stay", describe_format, wit_format},
    {"encode", "Write a package as a binary, docs and gates included", describe_encode, wit_encode},
    {"decode", "Print a binary package, or the world of a component, as WIT text", describe_decode,
     wit_decode},
    {"json", "Print everything that is resolved as JSON", describe_json, wit_json},
    {"targets", "Whether a component fits a world (status 1 if not), or why not", describe_targets,
     wit_targets},
    {"init", "Write a new folder of WIT for one of the official worlds", describe_init, wit_init},
};

}  // namespace

void add_wit(CLI::App& app, std::span<const char* const> words, Tool& chosen) {
  CLI::App* wit = app.add_subcommand("wit", "Read, check, print and convert WIT");
  wit->require_subcommand(1);
  wit->footer(
      "What is asked for is printed on stdout, what is wrong on stderr; the status is then 1.\n"
      "W is a world: `proxy` of the package itself, or `wasi:http/proxy@0.2.12`.");
  auto options = std::make_shared<WitOptions>();
  Needed needed(words.subspan(std::min<size_t>(1, words.size())),
                kVerbs | std::views::transform(&Verb::name));
  for (const Verb& verb : kVerbs) {
    if (!needed(verb.name)) continue;
    CLI::App* command = wit->add_subcommand(std::string(verb.name), verb.help);
    verb.describe(*command, *options);
    describe_twins(*command);
    command->callback([options, run = verb.run, &chosen] {
      chosen = [options, run]() -> Result<int> { return run(*options); };
    });
  }
}

}  // namespace weir::cli
