#pragma once

#include <cstdint>
#include <span>

namespace weir::component {

// A core module that holds the context slots of the running thread of one component instance, so
// that `context.get` and `context.set` are plain calls of core code. As text:
//   (module
//     (global $a (export "0") (mut i32) (i32.const 0))
//     (global $b (export "1") (mut i32) (i32.const 0))
//     (func (export "g0") (result i32) (global.get $a))
//     (func (export "s0") (param i32) (global.set $a (local.get 0)))
//     ...)
std::span<const uint8_t> context_module();

// Positions among its exports.
inline constexpr uint32_t context_getter(uint32_t slot) { return 2 * slot; }
inline constexpr uint32_t context_setter(uint32_t slot) { return 2 * slot + 1; }
inline constexpr uint32_t context_global(uint32_t slot) { return 4 + slot; }

}  // namespace weir::component
