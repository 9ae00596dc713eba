// Sends sixteen requests at once to http://127.0.0.1:PORT/together, where PORT is the number in its
// path, and one to a place that nobody grants. Streams a line an answer, in the order in which they
// come.

#include "http.h"

enum { kRequests = 16 };

typedef wasi_http_outgoing_handler_own_future_incoming_response_t Future;

static bool send(const char* authority, Future* future, int* error_tag) {
  wasi_http_types_own_outgoing_request_t request =
      wasi_http_types_constructor_outgoing_request(fields_with("x-from", "fan-out"));
  wasi_http_types_borrow_outgoing_request_t ref = wasi_http_types_borrow_outgoing_request(request);
  wasi_http_types_scheme_t scheme = {.tag = WASI_HTTP_TYPES_SCHEME_HTTP};
  guest_string_t authority_view = view(authority), path = view("/together");
  wasi_http_types_method_outgoing_request_set_scheme(ref, &scheme);
  wasi_http_types_method_outgoing_request_set_authority(ref, &authority_view);
  wasi_http_types_method_outgoing_request_set_path_with_query(ref, &path);
  wasi_http_outgoing_handler_error_code_t error;
  if (wasi_http_outgoing_handler_handle(request, NULL, future, &error)) return true;
  *error_tag = error.tag;
  return false;
}

// Prints what came of a request that is done.
static void tell(OutputStream out, int number, Future future) {
  wasi_http_types_result_result_own_incoming_response_error_code_void_t result;
  wasi_http_types_method_future_incoming_response_get(
      wasi_http_types_borrow_future_incoming_response(future), &result);
  if (result.is_err) {
    print(out, "%d taken before\n", number);
  } else if (result.val.ok.is_err) {
    print(out, "%d error %d\n", number, result.val.ok.val.err.tag);
  } else {
    wasi_http_types_own_incoming_response_t response = result.val.ok.val.ok;
    print(out, "%d status %d\n", number,
          wasi_http_types_method_incoming_response_status(
              wasi_http_types_borrow_incoming_response(response)));
    wasi_http_types_incoming_response_drop_own(response);
  }
  wasi_http_types_future_incoming_response_drop_own(future);
}

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  char authority[64];
  snprintf(authority, sizeof authority, "127.0.0.1:%d",
           (int)number_in(path_of(request), "port=", 0));
  Response response = respond(out, 200);
  Future futures[kRequests + 1];
  wasi_io_poll_own_pollable_t pollables[kRequests + 1];
  int numbers[kRequests + 1];
  int waiting = 0;
  for (int i = 0; i <= kRequests; ++i) {
    int error_tag;
    if (!send(i < kRequests ? authority : "denied.invalid", &futures[waiting], &error_tag)) {
      print(response.stream, "%d error %d\n", i, error_tag);
      continue;
    }
    pollables[waiting] = wasi_http_types_method_future_incoming_response_subscribe(
        wasi_http_types_borrow_future_incoming_response(futures[waiting]));
    numbers[waiting++] = i;
  }
  while (waiting > 0) {
    wasi_io_poll_borrow_pollable_t borrowed[kRequests + 1];
    for (int i = 0; i < waiting; ++i) borrowed[i] = wasi_io_poll_borrow_pollable(pollables[i]);
    wasi_io_poll_list_borrow_pollable_t list = {borrowed, (size_t)waiting};
    guest_list_u32_t ready;
    wasi_io_poll_poll(&list, &ready);
    // From the last on, so that what takes a place has been looked at.
    for (size_t i = ready.len; i-- > 0;) {
      uint32_t at = ready.ptr[i];
      wasi_io_poll_pollable_drop_own(pollables[at]);
      tell(response.stream, numbers[at], futures[at]);
      --waiting;
      futures[at] = futures[waiting];
      pollables[at] = pollables[waiting];
      numbers[at] = numbers[waiting];
    }
    guest_list_u32_free(&ready);
  }
  finish(response);
}
