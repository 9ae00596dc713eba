#pragma once

namespace weir::engine {

class Fiber;
class Store;

// One call from the host into a guest, on the stack of the fiber that makes it.
struct Activation {
  Store* store;
  // The next outer one on the same fiber.
  Activation* outer;
  // The fiber that ran the store's code before, if any.
  Fiber* previous;
};

}  // namespace weir::engine
