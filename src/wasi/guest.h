#pragma once

#include "wasi/context.h"
#include "wasi/p2/hosts.h"

namespace weir::wasi {

// What the guests of one request call: the state that `Call::state()` points to. Give the instance
// the address of this object itself, not of one that contains it.
class Guest {
 public:
  // Outlives the instance.
  explicit Guest(const Context& context) : context(context), p2(this->context) {}
  Guest(const Guest&) = delete;
  Guest& operator=(const Guest&) = delete;

  const Context context;
  p2::Hosts p2;
};

}  // namespace weir::wasi
