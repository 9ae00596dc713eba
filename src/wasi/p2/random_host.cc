#include "wasi/p2/random_host.h"

namespace weir::wasi::p2 {
namespace {

component::OrTrap<Bytes> random_bytes(const Context& context, component::Call& call, uint64_t len) {
  if (len > context.grants.limits.random) {
    return component::Trap(component::Trap::Kind::host,
                           "the guest asked for " + std::to_string(len) +
                               " random bytes at once, the limit is " +
                               std::to_string(context.grants.limits.random));
  }
  if (!call.charge(len)) return call.budget_trap();
  return Bytes::make(static_cast<size_t>(len),
                     [&](uint8_t* data) { context.random.fill({data, static_cast<size_t>(len)}); });
}

}  // namespace

component::OrTrap<Bytes> RandomHost::get_random_bytes(component::Call& call, uint64_t len) {
  return random_bytes(context_, call, len);
}

component::OrTrap<uint64_t> RandomHost::get_random_u64(component::Call&) {
  return context_.random.next();
}

component::OrTrap<Bytes> InsecureRandomHost::get_insecure_random_bytes(component::Call& call,
                                                                       uint64_t len) {
  return random_bytes(context_, call, len);
}

component::OrTrap<uint64_t> InsecureRandomHost::get_insecure_random_u64(component::Call&) {
  return context_.random.next();
}

component::OrTrap<std::tuple<uint64_t, uint64_t>> InsecureSeedHost::insecure_seed(
    component::Call&) {
  return std::tuple(context_.random.next(), context_.random.next());
}

}  // namespace weir::wasi::p2
