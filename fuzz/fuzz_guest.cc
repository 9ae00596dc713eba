// rooms: component
//
// A hostile guest: two component instances that call any built-in with any handle, as the input
// says. Whatever they do, the host neither crashes, hangs nor leaks.
//
// The first byte of the input chooses how the guest is called and left, the second after how many
// turns; the rest are the programs of the two (testing/hostile_guest.h).

#include <cstdio>
#include <cstdlib>

#include "component/testing/hostile_guest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace weir::component::testing;
  static std::unique_ptr<HostileGuests> guests = HostileGuests::make();
  if (!guests) std::abort();
  if (size < 2) return 0;
  bool patient = (data[0] & 4) == 0;
  auto end = run_hostile(*guests, {data + 2, size - 2}, data[0] & 1, patient ? 2000 : data[1],
                         data[0] & 2);
  if (!end) std::abort();
  return 0;
}
