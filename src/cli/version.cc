#include "cli/version.h"

#include "engine/version.h"

namespace weir::cli {

std::string version_text() {
  return "weir " WEIR_VERSION " (engine: Wasmtime " + std::string(engine::version()) + ")";
}

std::string_view version_number() { return WEIR_VERSION; }

}  // namespace weir::cli
