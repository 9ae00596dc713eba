#include "provider.h"

#include <stdlib.h>

struct exports_test_accessors_properties_gauge_t {
  uint32_t level;
};

static uint32_t limit = 10;
static provider_string_t title;

exports_test_accessors_properties_own_gauge_t
exports_test_accessors_properties_constructor_gauge(void) {
  exports_test_accessors_properties_gauge_t *gauge = calloc(1, sizeof *gauge);
  return exports_test_accessors_properties_gauge_new(gauge);
}

uint32_t exports_test_accessors_properties_method_get_gauge_level(
    exports_test_accessors_properties_borrow_gauge_t self) {
  return self->level;
}

bool exports_test_accessors_properties_method_set_gauge_level(
    exports_test_accessors_properties_borrow_gauge_t self, uint32_t to, provider_string_t *err) {
  if (to > limit) {
    provider_string_dup(err, "too much");
    return false;
  }
  self->level = to;
  return true;
}

uint32_t exports_test_accessors_properties_static_get_gauge_limit(void) { return limit; }
void exports_test_accessors_properties_static_set_gauge_limit(uint32_t to) { limit = to; }

void exports_test_accessors_properties_get_title(provider_string_t *ret) {
  provider_string_dup_n(ret, (const char *)title.ptr, title.len);
}

void exports_test_accessors_properties_set_title(provider_string_t *to) {
  provider_string_free(&title);
  title = *to;
}

void exports_test_accessors_properties_gauge_destructor(
    exports_test_accessors_properties_gauge_t *gauge) {
  free(gauge);
}
