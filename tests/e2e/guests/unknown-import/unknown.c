// Imports an interface that no host has, and calls it where the path says so.

#include "http.h"

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  if (is_path(path_of(request), "/call")) {
    guest_string_t text = view("text");
    weir_tests_missing_call(&text);
  }
  answer(out, 200, "served\n");
}
