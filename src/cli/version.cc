#include "cli/version.h"

#include "engine/version.h"

namespace weir::cli {

std::string version_text() {
  return "weir " WEIR_VERSION " (engine: Wasmtime " + std::string(engine::version()) + ")";
}

}  // namespace weir::cli
