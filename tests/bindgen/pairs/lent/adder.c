// Drops none of the handles that it is lent: the bindings do, or the call would trap.

#include "adder.h"

uint32_t exports_test_lent_adding_add(exports_test_lent_adding_borrow_thing_t a,
                                      exports_test_lent_adding_borrow_thing_t *maybe_b,
                                      exports_test_lent_adding_either_t *c) {
  uint32_t sum = test_lent_things_method_thing_n(a);
  if (maybe_b) sum += test_lent_things_method_thing_n(*maybe_b);
  if (c->tag == EXPORTS_TEST_LENT_ADDING_EITHER_ONE) {
    sum += test_lent_things_method_thing_n(c->val.one);
  }
  return sum;
}
