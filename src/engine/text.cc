#include "engine/text.h"

#include <string>

#include "engine/c_api.h"

namespace weir::engine {
namespace {

struct Output {
  const TextSink& sink;
  uint64_t left;
  bool full = false;

  static bool write(void* env, const char* text, size_t size) {
    Output& self = *static_cast<Output*>(env);
    self.full = size > self.left;
    if (self.full) return false;
    self.left -= size;
    return self.sink({text, size});
  }
};

}  // namespace

Result<void> print_text(std::span<const uint8_t> wasm, const TextOptions& options,
                        const TextSink& sink) {
  uint32_t flags = (options.skeleton ? WEIR_TEXT_SKELETON : 0) |
                   (options.offsets ? WEIR_TEXT_OFFSETS : 0) |
                   (options.names ? WEIR_TEXT_NAMES : 0);
  const uint64_t limit = (uint64_t{64} << 20) + 200 * uint64_t{wasm.size()};
  Output output{sink, limit};
  if (wasmtime_error_t* error =
          weir_text_print(wasm.data(), wasm.size(), flags, Output::write, &output)) {
    Error failed = take_error(error, "it cannot be printed");
    if (!output.full) return Err(std::move(failed));
    return Err(Error{"its text is larger than " + std::to_string(limit >> 20) +
                     " MiB, the most that is printed of a file of this size"});
  }
  return {};
}

}  // namespace weir::engine
