#include "component/context_module.h"

namespace weir::component {
namespace {

// clang-format off
constexpr uint8_t bytes[] = {
    0x00, 'a', 's', 'm', 1, 0, 0, 0,
    // Types: (result i32), (param i32).
    1, 9, 2, 0x60, 0, 1, 0x7f, 0x60, 1, 0x7f, 0,
    // Functions.
    3, 5, 4, 0, 1, 0, 1,
    // Globals.
    6, 11, 2, 0x7f, 1, 0x41, 0, 0x0b, 0x7f, 1, 0x41, 0, 0x0b,
    // Exports.
    7, 29, 6,
    2, 'g', '0', 0, 0, 2, 's', '0', 0, 1, 2, 'g', '1', 0, 2, 2, 's', '1', 0, 3,
    1, '0', 3, 0, 1, '1', 3, 1,
    // Code.
    10, 25, 4,
    4, 0, 0x23, 0, 0x0b, 6, 0, 0x20, 0, 0x24, 0, 0x0b,
    4, 0, 0x23, 1, 0x0b, 6, 0, 0x20, 0, 0x24, 1, 0x0b,
};
// clang-format on

}  // namespace

std::span<const uint8_t> context_module() { return bytes; }

}  // namespace weir::component
