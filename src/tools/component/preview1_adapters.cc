#include "tools/component/preview1_adapters.h"

namespace weir::tools {
namespace {

constexpr unsigned char kCommand[] = {
#embed "wasi_snapshot_preview1.command.wasm"
};
constexpr unsigned char kReactor[] = {
#embed "wasi_snapshot_preview1.reactor.wasm"
};

}  // namespace

std::span<const uint8_t> preview1_command_adapter() { return kCommand; }
std::span<const uint8_t> preview1_reactor_adapter() { return kReactor; }

}  // namespace weir::tools
