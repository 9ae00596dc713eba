#pragma once

#include "component/async/chain.h"

namespace weir::component {

struct HostTies;

// Something that an instance and its host do together: a call that the host answers later, a
// stream with an end of the host's. While there are any, whoever waits may still be woken.
class HostTie : public ChainNode<HostTies> {
 public:
  // The instance has trapped or is destroyed: nothing of it may be touched any more.
  virtual void abandon() = 0;

 protected:
  ~HostTie() = default;
};

}  // namespace weir::component
