#include "cli/component_text.h"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "cli/wasm_file.h"
#include "engine/text.h"
#include "host/file.h"
#include "util/bytes.h"

namespace weir::cli {
namespace {

struct PrintOptions {
  std::string path;
  std::string output;
  engine::TextOptions text;
};

Result<int> print(const PrintOptions& options) {
  Bytes bytes = WEIR_TRY(read_wasm(options.path));
  std::string text;
  bool written = true;
  auto done = engine::print_text(bytes.span(), options.text, [&](std::string_view piece) {
    if (options.output.empty()) {
      written = std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
    } else {
      text += piece;
    }
    return written;
  });
  if (options.output.empty() && std::fflush(stdout) != 0) written = false;
  if (!written) return Err("writing to stdout failed");
  if (!done.ok()) return Err(Error{options.path + ": " + done.error().message});
  if (!options.output.empty()) {
    WEIR_TRY(host::write_file_atomically(options.output, as_bytes(text), 0644));
  }
  return 0;
}

struct ParseOptions {
  std::string path;
  std::string output;
};

Result<int> parse(const ParseOptions& options) {
  Bytes bytes = WEIR_TRY(read_wasm(options.path));
  WEIR_TRY(host::write_file_atomically(options.output, bytes.span(), 0644));
  return 0;
}

}  // namespace

void add_print(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<PrintOptions>();
  CLI::App* command =
      component.add_subcommand("print", "Print a component or core module as WebAssembly text");
  command->add_option("file", options->path, "The file, binary or text")
      ->required()
      ->type_name("FILE");
  command->add_flag("--skeleton", options->text.skeleton,
                    "Leave out function bodies, and the content of data and elements");
  command->add_flag("-p,--print-offsets", options->text.offsets,
                    "Put the place in the binary before each line");
  command->add_flag("--name-unnamed", options->text.names, "Make up names for what has none");
  command->add_option("-o,--output", options->output, "Write to a file")->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return print(*options); }; });
}

void add_parse(CLI::App& component, Tool& chosen) {
  auto options = std::make_shared<ParseOptions>();
  CLI::App* command =
      component.add_subcommand("parse", "Make a binary of WebAssembly text, without validating it");
  command->add_option("file", options->path, "The component or core module as text")
      ->required()
      ->type_name("X.wat");
  command->add_option("-o,--output", options->output, "The binary to write")
      ->required()
      ->type_name("FILE");
  command->callback([options, &chosen] { chosen = [options] { return parse(*options); }; });
}

}  // namespace weir::cli
