#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "util/result.h"

namespace weir::engine {

struct TextOptions {
  // Leave out function bodies and the content of data and element segments.
  bool skeleton = false;
  // Put the place in the binary, in hexadecimal, before each line.
  bool offsets = false;
  // Make up names for what has none.
  bool names = false;
};

// Takes a piece of the text, which may end inside of a character; false ends the printing.
using TextSink = std::function<bool(std::string_view piece)>;

// Prints a core module or a component as WebAssembly text, which `assemble` reads. It need not be
// valid, only well-formed; what was printed before an error was found has gone to `sink`. Text of
// more than 64 MiB and 200 bytes for each byte of `wasm` is an error: names, of which each use is
// printed, could make it endless.
Result<void> print_text(std::span<const uint8_t> wasm, const TextOptions& options,
                        const TextSink& sink);

}  // namespace weir::engine
