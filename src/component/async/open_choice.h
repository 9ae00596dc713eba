#pragma once

#include <cstdint>

#include "component/async/chain.h"

namespace weir::component {

// Makes the choices that the specification leaves open, by a seed: tests run with several, so that
// nothing depends on one order.
class OpenChoice {
 public:
  explicit OpenChoice(uint64_t seed) : state_(seed) {}

  // One of `count`, from 0.
  uint32_t below(uint32_t count) {
    // SplitMix64.
    state_ += 0x9e37'79b9'7f4a'7c15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
    z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
    return static_cast<uint32_t>((z ^ (z >> 31)) % count);
  }
  // One of the elements of a list, null if it is empty.
  template <class T, class Tag>
  T* of(const Chain<T, Tag>& chain) {
    uint32_t count = 0;
    for (T* t = chain.front(); t; t = chain.next(*t)) ++count;
    if (count == 0) return nullptr;
    T* chosen = chain.front();
    for (uint32_t left = below(count); left > 0; --left) chosen = chain.next(*chosen);
    return chosen;
  }

 private:
  uint64_t state_;
};

}  // namespace weir::component
