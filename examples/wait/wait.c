// Waits, then answers: the instance sleeps in `poll` for the milliseconds that the path names
// (`/250`; 1000 where it names none), and costs the host no thread meanwhile.

#include "guest.h"

#include <string.h>

// The number in "/NUMBER", or 1000.
static uint64_t milliseconds(wasi_http_types_borrow_incoming_request_t request) {
  guest_string_t path;
  if (!wasi_http_types_method_incoming_request_path_with_query(request, &path)) return 1000;
  uint64_t number = 0;
  size_t i = 1;
  for (; i < path.len && path.ptr[i] >= '0' && path.ptr[i] <= '9' && i < 9; ++i) {
    number = number * 10 + (uint64_t)(path.ptr[i] - '0');
  }
  guest_string_free(&path);
  return i > 1 ? number : 1000;
}

static void wait_for(uint64_t nanoseconds) {
  wasi_io_poll_own_pollable_t timer = wasi_clocks_monotonic_clock_subscribe_duration(nanoseconds);
  wasi_io_poll_borrow_pollable_t waited_for[] = {wasi_io_poll_borrow_pollable(timer)};
  wasi_io_poll_list_borrow_pollable_t list = {waited_for, 1};
  guest_list_u32_t ready;
  wasi_io_poll_poll(&list, &ready);
  guest_list_u32_free(&ready);
  wasi_io_poll_pollable_drop_own(timer);
}

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t response_out) {
  wait_for(milliseconds(wasi_http_types_borrow_incoming_request(request)) * 1000000);
  wasi_http_types_incoming_request_drop_own(request);

  wasi_http_types_own_outgoing_response_t response =
      wasi_http_types_constructor_outgoing_response(wasi_http_types_constructor_fields());
  wasi_http_types_own_outgoing_body_t body;
  wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response(response),
                                                &body);
  wasi_http_types_result_own_outgoing_response_error_code_t answer = {.is_err = false};
  answer.val.ok = response;
  wasi_http_types_static_response_outparam_set(response_out, &answer);

  wasi_http_types_own_output_stream_t stream;
  wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &stream);
  static char text[] = "waited\n";
  guest_list_u8_t bytes = {(uint8_t*)text, strlen(text)};
  wasi_io_streams_stream_error_t stream_error;
  if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(
          wasi_io_streams_borrow_output_stream(stream), &bytes, &stream_error)) {
    wasi_io_streams_stream_error_free(&stream_error);
  }
  wasi_io_streams_output_stream_drop_own(stream);
  wasi_http_types_error_code_t error;
  if (!wasi_http_types_static_outgoing_body_finish(body, NULL, &error)) {
    wasi_http_types_error_code_free(&error);
  }
}
