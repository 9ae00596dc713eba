#include "wast/spectest.h"

#include "component/component_instance.h"

namespace weir::wast {
namespace {

component::OrTrap<void> expect(uint32_t actual, uint32_t wanted) {
  if (actual == wanted) return {};
  return component::guest_fault("the resource stands for " + std::to_string(actual) + ", not " +
                                std::to_string(wanted));
}

Spectest& spectest_of(void* state) { return *static_cast<Spectest*>(state); }

}  // namespace

Spectest::Resource1::~Resource1() {
  spectest_.drops_ += 1;
  spectest_.last_drop_ = rep_;
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
  host.function<&Spectest::make>("[constructor]resource1");
  host.function<&Spectest::check>("[static]resource1.assert");
  host.function<&Spectest::last_drop>("[static]resource1.last-drop");
  host.function<&Spectest::drops>("[static]resource1.drops");
  host.function<&Spectest::simple>("[method]resource1.simple");
  host.function<&Spectest::take_borrow>("[method]resource1.take-borrow");
  host.function<&Spectest::take_own>("[method]resource1.take-own");
}

}  // namespace weir::wast
