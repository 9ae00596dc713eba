#include "provider.h"

#include <stdlib.h>

struct exports_test_lent_things_thing_t {
  uint32_t n;
};

exports_test_lent_things_own_thing_t exports_test_lent_things_constructor_thing(uint32_t n) {
  exports_test_lent_things_thing_t *thing = malloc(sizeof *thing);
  thing->n = n;
  return exports_test_lent_things_thing_new(thing);
}

uint32_t exports_test_lent_things_method_thing_n(exports_test_lent_things_borrow_thing_t self) {
  return self->n;
}

void exports_test_lent_things_thing_destructor(exports_test_lent_things_thing_t *thing) {
  free(thing);
}
