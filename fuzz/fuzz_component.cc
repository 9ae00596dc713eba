// rooms: component wasm wit util
//
// Decodes and validates a component, then links it with every import bound to a trap.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "component/decode.h"
#include "component/link.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::component;
  weir::Result<Decoded> decoded = decode({data, size});
  if (!decoded) {
    if (decoded.error().message.empty()) abort();
    return 0;
  }
  static const Linker host;
  (void)link(*decoded, host, {.unknown_imports_trap = true}).ok();
  (void)link(*decoded, host, {.unknown_imports_trap = true, .force_general = true}).ok();
  return 0;
}
