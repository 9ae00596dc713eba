#include "user.h"

void exports_test_lent_checks_run(user_string_t *ret) {
  test_lent_things_own_thing_t one = test_lent_things_constructor_thing(1);
  test_lent_things_own_thing_t two = test_lent_things_constructor_thing(20);
  test_lent_things_borrow_thing_t lent = test_lent_things_borrow_thing(two);
  test_lent_adding_either_t none = {.tag = TEST_LENT_ADDING_EITHER_NONE};
  test_lent_adding_either_t some = {.tag = TEST_LENT_ADDING_EITHER_ONE};
  some.val.one = test_lent_things_borrow_thing(one);
  test_lent_things_borrow_thing_t first = test_lent_things_borrow_thing(one);
  uint32_t all = test_lent_adding_add(first, &lent, &some);
  uint32_t few = test_lent_adding_add(first, NULL, &none);
  // Nothing is lent any more: both can go.
  test_lent_things_thing_drop_own(one);
  test_lent_things_thing_drop_own(two);
  user_string_dup(ret, all == 22 && few == 1 ? "" : "wrong sums");
}
