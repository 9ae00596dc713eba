#pragma once

namespace weir {

// Prints the broken assumption with its place on stderr and aborts.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace weir

// For our own bugs only, never for what a guest, a peer, a file or a
// configuration can cause. Always on: the checks it guards are cheap.
#define WEIR_ASSERT(expression)                       \
  (__builtin_expect(static_cast<bool>(expression), 1) \
       ? static_cast<void>(0)                         \
       : ::weir::assertion_failed(#expression, __FILE__, __LINE__))
