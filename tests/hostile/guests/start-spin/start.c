// Computes without end while it is instantiated, before any request reaches it.

#include "http.h"

__attribute__((constructor)) static void never_done(void) {
  static volatile uint32_t turns;
  for (;;) ++turns;
}

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  (void)request;
  answer(out, 200, "not reached\n");
}
