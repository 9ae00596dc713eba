#include "cli/commands.h"
#include "engine/engine.h"
#include "host/file.h"
#include "host/load.h"

namespace weir::cli {

Result<void> compile(const CompileOptions& options) {
  engine::Config config;
  config.max_instances = 1;
  // What WebAssembly allows: the limit is the server's, who runs the code.
  config.table_elements = 10'000'000;
  auto engine = WEIR_TRY(engine::Engine::create(config));
  Bytes artifact = WEIR_TRY(host::compile_to_artifact(*engine, options.app));
  return host::write_file_atomically(options.output, artifact.span(), 0644);
}

}  // namespace weir::cli
