// Sends the request's body back, 4 KiB at a time.

#include "guest.h"

#include <string.h>

#define STRING(text) (&(guest_string_t){(uint8_t*)(text), strlen(text)})

enum { kChunk = 4096 };

// Writes all bytes, as many at a time as the stream allows. False when the reader is gone.
static bool write_all(wasi_io_streams_borrow_output_stream_t out, uint8_t* bytes, size_t size) {
  wasi_io_streams_stream_error_t error;
  while (size > 0) {
    uint64_t allowed;
    if (!wasi_io_streams_method_output_stream_check_write(out, &allowed, &error)) break;
    if (allowed == 0) {
      // Not now: wait until the stream can take more.
      wasi_io_poll_own_pollable_t room = wasi_io_streams_method_output_stream_subscribe(out);
      wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(room));
      wasi_io_poll_pollable_drop_own(room);
      continue;
    }
    guest_list_u8_t part = {bytes, size < allowed ? size : (size_t)allowed};
    if (!wasi_io_streams_method_output_stream_write(out, &part, &error)) break;
    bytes += part.len;
    size -= part.len;
  }
  if (size == 0) return true;
  wasi_io_streams_stream_error_free(&error);
  return false;
}

// Copies until the end of the request's body; true if all of it was sent.
static bool copy(wasi_io_streams_borrow_input_stream_t in,
                 wasi_io_streams_borrow_output_stream_t out) {
  for (;;) {
    guest_list_u8_t chunk;
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_input_stream_blocking_read(in, kChunk, &chunk, &error)) {
      bool ended = error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED;
      wasi_io_streams_stream_error_free(&error);
      return ended;
    }
    bool sent = write_all(out, chunk.ptr, chunk.len);
    guest_list_u8_free(&chunk);
    if (!sent) return false;
  }
}

// Makes "200 OK" with the content type of the request.
static wasi_http_types_own_outgoing_response_t new_response(
    wasi_http_types_borrow_incoming_request_t request) {
  wasi_http_types_own_fields_t received = wasi_http_types_method_incoming_request_headers(request);
  wasi_http_types_own_fields_t headers = wasi_http_types_constructor_fields();
  wasi_http_types_list_field_value_t types;
  wasi_http_types_method_fields_get(wasi_http_types_borrow_fields(received), STRING("content-type"),
                                    &types);
  if (types.len > 0) {
    wasi_http_types_header_error_t error;
    wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(headers),
                                         STRING("content-type"), &types.ptr[0], &error);
  }
  wasi_http_types_list_field_value_free(&types);
  wasi_http_types_fields_drop_own(received);
  return wasi_http_types_constructor_outgoing_response(headers);
}

void exports_wasi_http_incoming_handler_handle(
    exports_wasi_http_incoming_handler_own_incoming_request_t request,
    exports_wasi_http_incoming_handler_own_response_outparam_t response_out) {
  wasi_http_types_borrow_incoming_request_t received =
      wasi_http_types_borrow_incoming_request(request);
  wasi_http_types_own_outgoing_response_t response = new_response(received);
  wasi_http_types_own_outgoing_body_t body;
  wasi_http_types_method_outgoing_response_body(wasi_http_types_borrow_outgoing_response(response),
                                                &body);
  wasi_http_types_result_own_outgoing_response_error_code_t answer = {.is_err = false};
  answer.val.ok = response;
  wasi_http_types_static_response_outparam_set(response_out, &answer);

  wasi_http_types_own_incoming_body_t source;
  wasi_http_types_method_incoming_request_consume(received, &source);
  wasi_http_types_own_input_stream_t in;
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(source), &in);
  wasi_http_types_own_output_stream_t out;
  wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body), &out);

  bool complete =
      copy(wasi_io_streams_borrow_input_stream(in), wasi_io_streams_borrow_output_stream(out));

  // Children go before their parents.
  wasi_io_streams_input_stream_drop_own(in);
  wasi_http_types_incoming_body_drop_own(source);
  wasi_http_types_incoming_request_drop_own(request);
  wasi_io_streams_output_stream_drop_own(out);
  if (!complete) {
    // Without `finish` the host cuts the response off: nobody takes a part for the whole.
    wasi_http_types_outgoing_body_drop_own(body);
    return;
  }
  wasi_http_types_error_code_t error;
  if (!wasi_http_types_static_outgoing_body_finish(body, NULL, &error)) {
    wasi_http_types_error_code_free(&error);
  }
}
