#include "cli/wasm_file.h"

#include <string_view>

#include "engine/module.h"
#include "host/file.h"
#include "wit/binary/decode.h"

namespace weir::cli {

Result<Bytes> read_wasm(const std::string& path) {
  auto file = WEIR_TRY(host::read_file(path));
  if (wit::is_wasm(file.bytes.span())) return std::move(file.bytes);
  auto assembled = engine::assemble(file.bytes.view());
  if (!assembled.ok()) {
    // The parser knows no names of files.
    std::string message = std::move(assembled.error().message);
    constexpr std::string_view kUnnamed = "<anon>";
    if (size_t at = message.find(kUnnamed); at != std::string::npos) {
      message.replace(at, kUnnamed.size(), path);
    }
    return Err(Error{path + ": " + message});
  }
  return std::move(*assembled);
}

}  // namespace weir::cli
