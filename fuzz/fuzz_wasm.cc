// rooms: wasm util
//
// Reads a core module; what was read must survive the rewriting of its start section.
#include <cstdint>
#include <cstdlib>

#include "wasm/module.h"
#include "wasm/start.h"
#include "wasm/stubs.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::wasm;
  CoreTypes types;
  weir::Result<Module> module = read_module(types, {data, size}, 0);
  if (!module) return 0;
  (void)read_stubs(types, *module, {data, size});
  if (!module->start) return 0;
  ExportedStart rewritten = export_start(*module, {data, size});
  weir::Result<Module> again = read_module(types, rewritten.bytes, 0);
  if (!again || again->start || again->exports.size() != module->exports.size() + 1) abort();
  if (again->exports.back().index != *module->start) abort();
  return 0;
}
