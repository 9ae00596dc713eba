#pragma once

#include <cstdint>
#include <cstring>

namespace weir::engine {

// One core value as calls pass it, untyped: 16 bytes, the layout of the
// engine's raw values
// (`c_api.cc` asserts it). Integers and floats lie in the low bytes, little
// endian.
struct alignas(8) Raw {
  union {
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    uint64_t u64;
    float f32;
    double f64;
    uint32_t f32_bits;
    uint64_t f64_bits;
    uint8_t v128[16];
    void* ref;
  };
};

// The types of core values that functions take here.
enum class ValType : uint8_t { i32, i64, f32, f64, v128, funcref, externref };

}  // namespace weir::engine
