#pragma once

#include "wasi/context.h"
#include "wasi/p2/random_insecure.h"
#include "wasi/p2/random_insecure_seed.h"
#include "wasi/p2/random_random.h"

namespace weir::wasi::p2 {

// wasi:random/random. More bytes than `Limits::random` in one call end the guest: the interface
// has no error for it.
class RandomHost final : public random_random::Host {
 public:
  explicit RandomHost(const Context& context) : context_(context) {}

  component::OrTrap<Bytes> get_random_bytes(component::Call& call, uint64_t len) override;
  component::OrTrap<uint64_t> get_random_u64(component::Call&) override;

 private:
  const Context& context_;
};

// wasi:random/insecure, from the same good source.
class InsecureRandomHost final : public random_insecure::Host {
 public:
  explicit InsecureRandomHost(const Context& context) : context_(context) {}

  component::OrTrap<Bytes> get_insecure_random_bytes(component::Call& call, uint64_t len) override;
  component::OrTrap<uint64_t> get_insecure_random_u64(component::Call&) override;

 private:
  const Context& context_;
};

// wasi:random/insecure-seed.
class InsecureSeedHost final : public random_insecure_seed::Host {
 public:
  explicit InsecureSeedHost(const Context& context) : context_(context) {}

  component::OrTrap<std::tuple<uint64_t, uint64_t>> insecure_seed(component::Call&) override;

 private:
  const Context& context_;
};

}  // namespace weir::wasi::p2
