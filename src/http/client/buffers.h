#pragma once

#include "http/h1/buffer_pool.h"
#include "util/byte_budget.h"

namespace weir::http::client {

// What the connections of a client take their buffers from. They share it, so that it lives as long
// as the last of them.
struct Buffers {
  // `bytes` (may be null: no limit) outlives it.
  explicit Buffers(ByteBudget* bytes) : budget(bytes ? *bytes : unlimited) {}

  h1::BufferPool pool;
  ByteBudget& budget;

 private:
  ByteBudget unlimited;
};

}  // namespace weir::http::client
