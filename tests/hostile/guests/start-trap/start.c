// Traps while it is instantiated, before any request reaches it.

#include "http.h"

__attribute__((constructor)) static void fall(void) { __builtin_trap(); }

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  (void)request;
  answer(out, 200, "not reached\n");
}
