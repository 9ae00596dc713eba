// Recurses without end while it is instantiated, before any request reaches it.

#include "http.h"

static volatile uint32_t sink;

__attribute__((noinline, optnone)) static uint32_t descend(uint32_t depth) {
  volatile uint8_t frame[256];
  frame[depth % sizeof frame] = (uint8_t)depth;
  if (sink == 1) return 0;
  return descend(depth + 1) + frame[0];
}

__attribute__((constructor)) static void bottomless(void) { sink = descend(0); }

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  (void)request;
  answer(out, 200, "not reached\n");
}
