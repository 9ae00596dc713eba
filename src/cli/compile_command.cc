#include "cli/commands.h"
#include "engine/engine.h"
#include "host/file.h"
#include "host/load.h"

namespace weir::cli {

Result<void> compile(const CompileOptions& options) {
  auto engine = WEIR_TRY(engine::Engine::create(engine::Config()));
  Bytes artifact = WEIR_TRY(host::compile_to_artifact(*engine, options.app));
  return host::write_file_atomically(options.output, artifact.span(), 0644);
}

}  // namespace weir::cli
