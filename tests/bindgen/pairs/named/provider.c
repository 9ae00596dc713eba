// One interface, exported under three names: each has types and resources of its own.

#include "provider.h"

#include <stdlib.h>

// `more` is added to all that is put in, so that the three differ.
#define STORE(space, more)                                                                       \
  static uint32_t space##_count_of_all;                                                          \
  struct space##_bucket_t {                                                                      \
    space##_list_entry_t entries;                                                                \
  };                                                                                             \
  space##_own_bucket_t space##_constructor_bucket(provider_string_t *name) {                     \
    provider_string_free(name);                                                                  \
    return space##_bucket_new(calloc(1, sizeof(space##_bucket_t)));                              \
  }                                                                                              \
  bool space##_method_bucket_put(space##_borrow_bucket_t self, space##_entry_t *what,            \
                                 uint32_t *ret) {                                                \
    space##_list_entry_t *all = &self->entries;                                                  \
    bool any = all->len > 0;                                                                     \
    if (any) *ret = all->ptr[all->len - 1].value;                                                \
    all->ptr = realloc(all->ptr, (all->len + 1) * sizeof *what);                                 \
    all->ptr[all->len++] = *what;                                                                \
    all->ptr[all->len - 1].value += more;                                                        \
    ++space##_count_of_all;                                                                      \
    return any;                                                                                  \
  }                                                                                              \
  void space##_method_bucket_all(space##_borrow_bucket_t self, space##_list_entry_t *ret) {      \
    *ret = self->entries;                                                                        \
    self->entries.ptr = NULL;                                                                    \
    self->entries.len = 0;                                                                       \
  }                                                                                              \
  void space##_count(space##_borrow_bucket_t one, provider_tuple2_u32_u32_t *ret) {              \
    ret->f0 = space##_count_of_all;                                                              \
    ret->f1 = one->entries.len;                                                                  \
  }                                                                                              \
  bool space##_first(space##_own_bucket_t one, space##_entry_t *ret, provider_string_t *err) {   \
    space##_bucket_t *rep = space##_bucket_rep(one);                                             \
    bool any = rep->entries.len > 0;                                                             \
    if (any) {                                                                                   \
      provider_string_dup_n(&ret->key, (const char *)rep->entries.ptr[0].key.ptr,                \
                            rep->entries.ptr[0].key.len);                                        \
      ret->value = rep->entries.ptr[0].value;                                                    \
    } else {                                                                                     \
      provider_string_dup(err, "empty");                                                         \
    }                                                                                            \
    space##_bucket_drop_own(one);                                                                \
    return any;                                                                                  \
  }                                                                                              \
  void space##_bucket_destructor(space##_bucket_t *rep) {                                        \
    space##_list_entry_free(&rep->entries);                                                      \
    free(rep);                                                                                   \
  }

STORE(exports_test_named_store, 0)
STORE(backup, 100)
STORE(spare_one, 1000)

uint32_t exports_test_named_user_of_store_same(exports_test_named_store_borrow_bucket_t one) {
  return one->entries.len;
}
