#include <cstdio>

#include "cli/commands.h"
#include "cli/inspection.h"
#include "cli/inspection_json.h"
#include "component/decode.h"
#include "component/link.h"
#include "host/source.h"
#include "wasi/p2/link.h"

namespace weir::cli {

// Nothing is compiled: what is to be seen is in the component and in how it links.
Result<void> inspect(const InspectOptions& options) {
  Bytes binary = WEIR_TRY(host::read_component_binary(options.app));
  auto decoded = component::decode(binary.span());
  if (!decoded.ok()) return Err(Error{options.app + ": " + decoded.error().message});
  component::Linker linker;
  wasi::p2::link(linker);
  auto describe = options.json ? inspection_json : inspection;
  std::string text =
      describe(options.app, binary.size(), *decoded, component::link(*decoded, linker));
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    return Err("cannot write to standard output");
  return {};
}

}  // namespace weir::cli
