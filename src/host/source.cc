#include "host/source.h"

#include <string_view>

#include "engine/module.h"
#include "host/artifact.h"
#include "host/file.h"

namespace weir::host {
namespace {

constexpr std::string_view kWasm("\0asm", 4);
constexpr std::string_view kModuleVersion("\x01\0\0\0", 4);

}  // namespace

Result<Bytes> component_binary(const std::string& path, const Bytes& content) {
  if (content.view().starts_with(kWasm)) {
    if (content.view().substr(4).starts_with(kModuleVersion))
      return Err(Error{path + ": this is a core module, not a component; make one of it with "
                              "`weir component new`"});
    return content;
  }
  if (content.empty()) return Err(Error{path + ": the file is empty"});
  auto binary = engine::assemble(content.view());
  if (!binary.ok())
    return Err(Error{
        path + ": neither a WebAssembly component nor its text form: " + binary.error().message});
  if (!binary->view().substr(4).starts_with(kModuleVersion)) return std::move(*binary);
  return Err(Error{path + ": this is the text of a core module, not of a component"});
}

Result<Bytes> read_component_binary(const std::string& path) {
  FileContent file = WEIR_TRY(read_file(path));
  if (!is_artifact(file.bytes.span())) return component_binary(path, file.bytes);
  auto artifact = decode_artifact(file.bytes);
  if (!artifact.ok()) return Err(Error{path + ": " + artifact.error().message});
  return std::move(artifact->component);
}

}  // namespace weir::host
