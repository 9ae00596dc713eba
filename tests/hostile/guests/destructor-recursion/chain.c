// Recurses without end through the host: dropping a handle calls the destructor, which drops
// another.

#include "http.h"

struct exports_weir_tests_chain_link_t {
  int unused;
};

exports_weir_tests_chain_own_link_t exports_weir_tests_chain_constructor_link(void) {
  return exports_weir_tests_chain_link_new(malloc(sizeof(exports_weir_tests_chain_link_t)));
}

void exports_weir_tests_chain_link_destructor(exports_weir_tests_chain_link_t* link) {
  exports_weir_tests_chain_own_link_t next = exports_weir_tests_chain_link_new(link);
  exports_weir_tests_chain_link_drop_own(next);
}

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  if (is_path(path_of(request), "/recurse")) {
    exports_weir_tests_chain_link_drop_own(exports_weir_tests_chain_constructor_link());
  }
  answer(out, 200, "Hello, world!\n");
}
