// rooms: tools
//
// Takes the core modules out of a component. What is left of one that is valid has to be valid.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "tools/component/unbundle.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::tools;
  std::span<const uint8_t> bytes(data, size);
  // Now all modules, now only those that are not small.
  // It may have imports of these names already, which is told.
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.find("unbundled-module") != std::string_view::npos) return 0;
  auto taken = take_modules_out(bytes, size % 2 == 0 ? 0 : 30);
  if (!taken && taken.error().message.starts_with("without its modules")) abort();
  return 0;
}
