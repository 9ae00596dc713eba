// rooms: tools
//
// Makes a component of a core module, with and without a module of its own as an adapter.
#include <cstdint>
#include <cstdlib>
#include <span>

#include "tools/component/new_component.h"
#include "tools/component/preview1_adapters.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::tools;
  std::span<const uint8_t> bytes(data, size);
  auto component = new_component({"input", bytes, {}, "0"});
  if (!component && component.error().message.empty()) abort();
  (void)new_component({"input", bytes, {{kPreview1, bytes}}, "0"}).ok();
  return 0;
}
