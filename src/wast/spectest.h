#pragma once

#include <memory>

#include "component/host/linker.h"

namespace weir::wast {

// What scripts may import from the host, as Wasmtime's runner of scripts offers it: two functions
// of the world itself, an interface `host` with functions, resources and an interface `nested`, and
// an interface `wasmtime`. (Its core module `simple-module` is missing: hosts give no modules.) One
// for each instance; `Call::state()` points to it.
class Spectest {
 public:
  class Resource1 final : public component::HostResource {
   public:
    Resource1(Spectest& spectest, uint32_t rep) : spectest_(spectest), rep_(rep) {}
    ~Resource1() override;
    uint32_t rep() const { return rep_; }

   private:
    Spectest& spectest_;
    uint32_t rep_;
  };
  class Resource2 final : public component::HostResource {};

  template <class T>
  using Answer = component::OrTrap<T>;
  using Call = component::Call;

  Answer<uint32_t> echo_u32(Call&, uint32_t value) { return value; }
  Answer<uint32_t> return_two(Call&) { return 2u; }
  Answer<uint32_t> return_three(Call&) { return 3u; }
  Answer<uint32_t> return_four(Call&) { return 4u; }
  // Those that answer in a later turn, or never.
  component::Async<void> never_return(Call& call);
  component::Async<void> never_return_method(Call& call, Resource1&) { return never_return(call); }
  component::Async<uint32_t> return_two_slowly(Call& call) { return echo_slowly(call, 2); }
  component::Async<uint32_t> echo_slowly(Call& call, uint32_t value);
  Answer<void> set_max_table_capacity(Call&, uint32_t) { return {}; }
  Answer<void> gc(Call&) { return {}; }
  Answer<std::string> return_hi(Call&) { return std::string("hi"); }
  Answer<std::unique_ptr<Resource1>> make(Call&, uint32_t rep) {
    return std::make_unique<Resource1>(*this, rep);
  }
  Answer<void> check(Call&, std::unique_ptr<Resource1> resource, uint32_t rep);
  Answer<uint32_t> last_drop(Call&) { return last_drop_; }
  Answer<uint32_t> drops(Call&) { return drops_; }
  Answer<void> simple(Call&, Resource1& self, uint32_t rep);
  Answer<void> take_borrow(Call&, Resource1&, Resource1&) { return {}; }
  Answer<void> take_own(Call&, Resource1&, std::unique_ptr<Resource1>) { return {}; }

 private:
  uint32_t drops_ = 0;
  uint32_t last_drop_ = 0;
};

void link_spectest(component::Linker& linker);

}  // namespace weir::wast
