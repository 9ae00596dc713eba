#pragma once

#include <memory>
#include <string>

#include "component/component.h"
#include "engine/engine.h"
#include "host/compile_cache.h"
#include "util/log.h"
#include "util/result.h"

namespace weir::host {

// Reads a component from a file: WebAssembly binary, its text form, or a compiled `.weir` file,
// told apart by content. With a cache, native code is taken from there or put there. The error
// names the file and says what to do; `log` hears that something is compiled, which may take long,
// and why the result is not kept.
Result<std::shared_ptr<const component::Component>> load_component(engine::Engine& engine,
                                                                   const std::string& path,
                                                                   const CompileCache* cache,
                                                                   Log& log);

// What native code depends on beside the component: engine, settings, processor.
std::string engine_identity(const engine::Engine& engine);

// Compiles the component in `path` into the content of a `.weir` file.
Result<Bytes> compile_to_artifact(engine::Engine& engine, const std::string& path);

}  // namespace weir::host
