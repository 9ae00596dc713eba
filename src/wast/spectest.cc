#include "wast/spectest.h"

#include "component/component_instance.h"

namespace weir::wast {
namespace {

component::OrTrap<void> expect(uint32_t actual, uint32_t wanted) {
  if (actual == wanted) return {};
  return component::guest_fault("the resource stands for " + std::to_string(actual) + ", not " +
                                std::to_string(wanted));
}

class Never final : public component::Operation<void> {};

class Slowly final : public component::Operation<uint32_t>, private Runnable {
 public:
  Slowly(Executor& executor, uint32_t value) : value_(value) { executor.post(*this); }

 private:
  void run() override { finish(value_); }
  uint32_t value_;
};

Spectest& spectest_of(void* state) { return *static_cast<Spectest*>(state); }

}  // namespace

Spectest::Resource1::~Resource1() {
  spectest_.drops_ += 1;
  spectest_.last_drop_ = rep_;
}

component::Async<void> Spectest::never_return(Call&) { return std::make_unique<Never>(); }

component::Async<uint32_t> Spectest::echo_slowly(Call& call, uint32_t value) {
  return std::make_unique<Slowly>(call.executor(), value);
}

component::OrTrap<void> Spectest::check(Call&, std::unique_ptr<Resource1> resource, uint32_t rep) {
  return expect(resource->rep(), rep);
}

component::OrTrap<void> Spectest::simple(Call&, Resource1& self, uint32_t rep) {
  return expect(self.rep(), rep);
}

void link_spectest(component::Linker& linker) {
  auto world = linker.interface<Spectest>("", &spectest_of);
  world.function<&Spectest::echo_u32>("host-echo-u32");
  world.function<&Spectest::return_two>("host-return-two");
  auto host = linker.interface<Spectest>("host", &spectest_of);
  host.resource<Spectest::Resource1>("resource1");
  host.resource<Spectest::Resource2>("resource2");
  host.resource<Spectest::Resource1>("resource1-again");
  host.function<&Spectest::return_three>("return-three");
  host.function<&Spectest::return_hi>("return-hi");
  host.function<&Spectest::never_return>("never-return");
  host.function<&Spectest::return_two_slowly>("return-two-slowly");
  host.function<&Spectest::echo_slowly>("echo-slowly");
  host.function<&Spectest::never_return_method>("[method]resource1.never-return");
  host.function<&Spectest::make>("[constructor]resource1");
  host.function<&Spectest::check>("[static]resource1.assert");
  host.function<&Spectest::last_drop>("[static]resource1.last-drop");
  host.function<&Spectest::drops>("[static]resource1.drops");
  host.function<&Spectest::simple>("[method]resource1.simple");
  host.function<&Spectest::take_borrow>("[method]resource1.take-borrow");
  host.function<&Spectest::take_own>("[method]resource1.take-own");
  auto nested = linker.interface<Spectest>("host.nested", &spectest_of);
  nested.function<&Spectest::return_four>("return-four");
  auto wasmtime = linker.interface<Spectest>("wasmtime", &spectest_of);
  wasmtime.function<&Spectest::set_max_table_capacity>("set-max-table-capacity");
  wasmtime.function<&Spectest::gc>("gc");
}

}  // namespace weir::wast
