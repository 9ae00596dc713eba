// One interface, imported under three names, and exported under one of them, too.

#include "user.h"

#include <stdlib.h>
#include <string.h>

#define CHECK(condition) \
  if (!(condition)) return "line " LINE(__LINE__) ": " #condition
#define LINE(number) TEXT(number)
#define TEXT(number) #number

#define CHECK_STORE(space, more)                                                         \
  static const char *check_##space(void) {                                               \
    user_string_t name;                                                                  \
    user_string_set(&name, #space);                                                      \
    space##_own_bucket_t bucket = space##_constructor_bucket(&name);                     \
    space##_borrow_bucket_t lent = space##_borrow_bucket(bucket);                        \
    space##_entry_t entry = {.value = 7};                                                \
    user_string_set(&entry.key, "key of " #space);                                       \
    user_tuple2_u32_u32_t before, count;                                                 \
    space##_count(lent, &before);                                                        \
    uint32_t earlier = 1;                                                                \
    CHECK(!space##_method_bucket_put(lent, &entry, &earlier));                           \
    entry.value = 8;                                                                     \
    CHECK(space##_method_bucket_put(lent, &entry, &earlier) && earlier == 7 + more);     \
    space##_count(lent, &count);                                                         \
    CHECK(count.f0 == before.f0 + 2 && count.f1 == 2);                                   \
    space##_list_entry_t all;                                                            \
    space##_method_bucket_all(lent, &all);                                               \
    CHECK(all.len == 2 && all.ptr[1].value == 8 + more);                                 \
    CHECK(memcmp(all.ptr[0].key.ptr, entry.key.ptr, entry.key.len) == 0);                \
    space##_list_entry_free(&all);                                                       \
    user_string_t error;                                                                 \
    CHECK(!space##_first(bucket, &entry, &error) && error.len == 5);                     \
    user_string_free(&error);                                                            \
    return "";                                                                           \
  }

CHECK_STORE(test_named_store, 0)
CHECK_STORE(backup, 100)
CHECK_STORE(spare_one, 1000)

static const char *go(void) {
  const char *wrong = check_test_named_store();
  if (!*wrong) wrong = check_backup();
  if (!*wrong) wrong = check_spare_one();
  if (*wrong) return wrong;
  user_string_t name;
  user_string_set(&name, "shared");
  test_named_store_own_bucket_t bucket = test_named_store_constructor_bucket(&name);
  CHECK(test_named_user_of_store_same(test_named_store_borrow_bucket(bucket)) == 0);
  test_named_store_bucket_drop_own(bucket);
  return "";
}

void exports_test_named_checks_run(user_string_t *ret) { user_string_dup(ret, go()); }

// What this one exports by itself is the imported one, wrapped.
struct exports_backup_bucket_t {
  backup_own_bucket_t inner;
};

exports_backup_own_bucket_t exports_backup_constructor_bucket(user_string_t *name) {
  exports_backup_bucket_t *rep = malloc(sizeof *rep);
  rep->inner = backup_constructor_bucket(name);
  return exports_backup_bucket_new(rep);
}

bool exports_backup_method_bucket_put(exports_backup_borrow_bucket_t self,
                                      exports_backup_entry_t *what, uint32_t *ret) {
  backup_entry_t entry = {.key = what->key, .value = what->value};
  return backup_method_bucket_put(backup_borrow_bucket(self->inner), &entry, ret);
}

void exports_backup_method_bucket_all(exports_backup_borrow_bucket_t self,
                                      exports_backup_list_entry_t *ret) {
  (void)self;
  ret->len = 0;
}

void exports_backup_count(exports_backup_borrow_bucket_t one, user_tuple2_u32_u32_t *ret) {
  backup_count(backup_borrow_bucket(one->inner), ret);
}

bool exports_backup_first(exports_backup_own_bucket_t one, exports_backup_entry_t *ret,
                          user_string_t *err) {
  (void)ret;
  exports_backup_bucket_drop_own(one);
  user_string_dup(err, "wrapped");
  return false;
}

void exports_backup_bucket_destructor(exports_backup_bucket_t *rep) {
  backup_bucket_drop_own(rep->inner);
  free(rep);
}
