// A service of WASI 0.3 that says hello: the response is returned first, its body is written after.

#include "guest.h"

#include <stdlib.h>
#include <string.h>

typedef wasi_http_types_future_result_option_own_trailers_error_code_t trailers_t;
typedef wasi_http_types_future_result_option_own_trailers_error_code_writer_t trailers_writer_t;

typedef struct {
  guest_waitable_set_t set;
  wasi_http_types_stream_u8_writer_t body;
  trailers_writer_t trailers;
  wasi_http_types_result_option_own_trailers_error_code_t no_trailers;
  size_t written;
} answer_t;

static const char kText[] = "Hello from C, asynchronously!\n";

static guest_callback_code_t wait_for(answer_t *answer, uint32_t waitable) {
  guest_waitable_join(waitable, answer->set);
  return GUEST_CALLBACK_CODE_WAIT(answer->set);
}

static guest_callback_code_t finish(answer_t *answer) {
  guest_waitable_join(answer->trailers, 0);
  wasi_http_types_future_result_option_own_trailers_error_code_drop_writable(answer->trailers);
  guest_waitable_set_drop(answer->set);
  free(answer);
  return GUEST_CALLBACK_CODE_EXIT;
}

static guest_callback_code_t end_body(answer_t *answer) {
  guest_waitable_join(answer->body, 0);
  wasi_http_types_stream_u8_drop_writable(answer->body);
  guest_waitable_status_t status =
      wasi_http_types_future_result_option_own_trailers_error_code_write(answer->trailers,
                                                                         &answer->no_trailers);
  if (status == GUEST_WAITABLE_STATUS_BLOCKED) return wait_for(answer, answer->trailers);
  return finish(answer);
}

static guest_callback_code_t write_body(answer_t *answer) {
  while (answer->written < strlen(kText)) {
    guest_waitable_status_t status = wasi_http_types_stream_u8_write(
        answer->body, (const uint8_t *)kText + answer->written, strlen(kText) - answer->written);
    if (status == GUEST_WAITABLE_STATUS_BLOCKED) return wait_for(answer, answer->body);
    answer->written += GUEST_WAITABLE_COUNT(status);
    if (GUEST_WAITABLE_STATE(status) == GUEST_WAITABLE_DROPPED) break;
  }
  return end_body(answer);
}

guest_callback_code_t exports_wasi_http_handler_handle(
    exports_wasi_http_handler_own_request_t request) {
  wasi_http_types_request_drop_own(request);
  answer_t *answer = calloc(1, sizeof *answer);
  answer->set = guest_waitable_set_new();
  wasi_http_types_stream_u8_t body = wasi_http_types_stream_u8_new(&answer->body);
  trailers_t trailers =
      wasi_http_types_future_result_option_own_trailers_error_code_new(&answer->trailers);
  wasi_http_types_tuple2_own_response_future_result_void_error_code_t made;
  wasi_http_types_static_response_new(wasi_http_types_constructor_fields(), &body, trailers, &made);
  // How the sending went is nobody's concern here.
  wasi_http_types_future_result_void_error_code_drop_readable(made.f1);
  exports_wasi_http_handler_result_own_response_error_code_t result;
  memset(&result, 0, sizeof result);
  result.val.ok = made.f0;
  guest_context_set_0(answer);
  exports_wasi_http_handler_handle_return(result);
  return write_body(answer);
}

guest_callback_code_t exports_wasi_http_handler_handle_callback(guest_event_t *event) {
  answer_t *answer = guest_context_get_0();
  if (event->event == GUEST_EVENT_FUTURE_WRITE) return finish(answer);
  if (event->event != GUEST_EVENT_STREAM_WRITE) abort();
  answer->written += GUEST_WAITABLE_COUNT(event->code);
  if (GUEST_WAITABLE_STATE(event->code) == GUEST_WAITABLE_DROPPED) return end_body(answer);
  return write_body(answer);
}
