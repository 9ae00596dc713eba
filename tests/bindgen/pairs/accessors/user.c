#include "user.h"

#include <string.h>

static const char *go(void) {
  test_accessors_properties_own_gauge_t gauge = test_accessors_properties_constructor_gauge();
  test_accessors_properties_borrow_gauge_t lent = test_accessors_properties_borrow_gauge(gauge);
  user_string_t text;
  test_accessors_properties_static_set_gauge_limit(20);
  if (test_accessors_properties_static_get_gauge_limit() != 20) return "limit";
  if (!test_accessors_properties_method_set_gauge_level(lent, 15, &text)) return "15 is too much";
  if (test_accessors_properties_method_set_gauge_level(lent, 25, &text)) return "25 is fine";
  user_string_free(&text);
  if (test_accessors_properties_method_get_gauge_level(lent) != 15) return "level";
  test_accessors_properties_gauge_drop_own(gauge);
  user_string_set(&text, "a title");
  test_accessors_properties_set_title(&text);
  test_accessors_properties_get_title(&text);
  bool same = text.len == 7 && memcmp(text.ptr, "a title", 7) == 0;
  user_string_free(&text);
  return same ? "" : "title";
}

void exports_test_accessors_checks_run(user_string_t *ret) { user_string_dup(ret, go()); }
