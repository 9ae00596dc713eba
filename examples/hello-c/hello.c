// Answers every request with "Hello from C!".

#include "guest.h"

#include <string.h>

// Views of text that lives elsewhere: the host copies what it needs during the call.
#define STRING(text) (&(guest_string_t){(uint8_t*)(text), strlen(text)})
#define BYTES(text) {(uint8_t*)(text), strlen(text)}

// Makes "200 OK" with one header field.
static wasi_http_types_own_outgoing_response_t new_response(void) {
  wasi_http_types_own_fields_t headers = wasi_http_types_constructor_fields();
  wasi_http_types_field_value_t value = BYTES("text/plain; charset=utf-8");
  wasi_http_types_header_error_t error;
  wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(headers),
                                       STRING("content-type"), &value, &error);
  // The response takes the fields over.
  return wasi_http_types_constructor_outgoing_response(headers);
}

// The one function that the host calls, in a fresh instance for each request.
void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t response_out) {
  wasi_http_types_incoming_request_drop_own(request);

  wasi_http_types_own_outgoing_response_t response = new_response();
  wasi_http_types_own_outgoing_body_t body;
  wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response(response),
                                                &body);

  // The head goes out with `set`; the body follows.
  wasi_http_types_result_own_outgoing_response_error_code_t answer = {.is_err = false};
  answer.val.ok = response;
  wasi_http_types_static_response_outparam_set(response_out, &answer);

  wasi_http_types_own_output_stream_t stream;
  wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &stream);
  guest_list_u8_t text = BYTES("Hello from C!\n");
  wasi_io_streams_stream_error_t stream_error;
  if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(
          wasi_io_streams_borrow_output_stream(stream), &text, &stream_error)) {
    wasi_io_streams_stream_error_free(&stream_error);
  }
  // The stream is a child of the body and goes first.
  wasi_io_streams_output_stream_drop_own(stream);

  wasi_http_types_error_code_t error;
  if (!wasi_http_types_static_outgoing_body_finish(body, NULL, &error)) {
    wasi_http_types_error_code_free(&error);
  }
}
