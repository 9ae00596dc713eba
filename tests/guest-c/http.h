// What the C test guests share: short names over the generated bindings of wasi:http, one file's
// worth of static functions.
#pragma once

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

// Everything here is for some guests and unused in others.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunused-function"

typedef exports_wasi_http_incoming_handler_own_incoming_request_t Request;
typedef exports_wasi_http_incoming_handler_own_response_outparam_t Outparam;
typedef wasi_http_types_own_fields_t Fields;
typedef wasi_io_streams_own_output_stream_t OutputStream;
typedef wasi_io_streams_own_input_stream_t InputStream;
typedef wasi_io_streams_borrow_output_stream_t OutputStreamRef;

// A response whose head was sent, and the two handles its body is written with.
typedef struct {
  wasi_http_types_own_outgoing_body_t body;
  OutputStream stream;
} Response;

// A view of text; valid as long as the text.
static guest_string_t view(const char* text) {
  return (guest_string_t){(uint8_t*)text, strlen(text)};
}

// The request's path with query, zero-terminated, never freed.
static char* path_of(Request request) {
  guest_string_t path;
  if (!wasi_http_types_method_incoming_request_path_with_query(
          wasi_http_types_borrow_incoming_request(request), &path)) {
    return "";
  }
  char* text = malloc(path.len + 1);
  memcpy(text, path.ptr, path.len);
  text[path.len] = 0;
  return text;
}

// The number after `key` in a path ("/timer?ms=20", "ms="), or `otherwise`.
static uint64_t number_in(const char* path, const char* key, uint64_t otherwise) {
  const char* found = strstr(path, key);
  return found ? strtoull(found + strlen(key), NULL, 10) : otherwise;
}

// Whether a path is `name`, with or without a query.
static bool is_path(const char* path, const char* name) {
  size_t size = strlen(name);
  return strncmp(path, name, size) == 0 && (path[size] == 0 || path[size] == '?');
}

// Whether it was taken; a refused name or value is the caller's to report.
static bool append_field(Fields fields, const char* name, const void* bytes, size_t size) {
  guest_string_t field = view(name);
  wasi_http_types_field_value_t value = {(uint8_t*)bytes, size};
  wasi_http_types_header_error_t error;
  return wasi_http_types_method_fields_append(wasi_http_types_borrow_fields(fields), &field, &value,
                                              &error);
}

static Fields fields_with(const char* name, const char* value) {
  Fields fields = wasi_http_types_constructor_fields();
  append_field(fields, name, value, strlen(value));
  return fields;
}

// Sets the outparam to a response that carries `headers`.
static Response respond_with(Outparam out, int status, Fields headers) {
  wasi_http_types_own_outgoing_response_t response =
      wasi_http_types_constructor_outgoing_response(headers);
  wasi_http_types_borrow_outgoing_response_t ref =
      wasi_http_types_borrow_outgoing_response(response);
  wasi_http_types_method_outgoing_response_set_status_code(ref, (uint16_t)status);
  Response made;
  wasi_http_types_method_outgoing_response_body(ref, &made.body);
  wasi_http_types_result_own_outgoing_response_error_code_t answer = {.is_err = false};
  answer.val.ok = response;
  wasi_http_types_static_response_outparam_set(out, &answer);
  wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(made.body),
                                             &made.stream);
  return made;
}

static Response respond(Outparam out, int status) {
  return respond_with(out, status, fields_with("content-type", "text/plain"));
}

// Writes all bytes in pieces of at most 4 KiB. False when the stream fails.
static bool write_bytes(OutputStream stream, const void* bytes, size_t size) {
  uint8_t* rest = (uint8_t*)bytes;
  while (size > 0) {
    guest_list_u8_t part = {rest, size < 4096 ? size : 4096};
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_output_stream_blocking_write_and_flush(
            wasi_io_streams_borrow_output_stream(stream), &part, &error)) {
      wasi_io_streams_stream_error_free(&error);
      return false;
    }
    rest += part.len;
    size -= part.len;
  }
  return true;
}

__attribute__((format(printf, 2, 3))) static bool print(OutputStream stream, const char* format,
                                                        ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return write_bytes(stream, text, (size_t)size < sizeof text ? (size_t)size : sizeof text - 1);
}

// Ends the body, with trailers where `trailers` is not NULL. False when the host found it wrong.
static bool finish_with(Response response, Fields* trailers) {
  wasi_io_streams_output_stream_drop_own(response.stream);
  wasi_http_types_error_code_t error;
  if (wasi_http_types_static_outgoing_body_finish(response.body, trailers, &error)) return true;
  wasi_http_types_error_code_free(&error);
  return false;
}

static bool finish(Response response) { return finish_with(response, NULL); }

// Sends a whole response.
static void answer(Outparam out, int status, const char* text) {
  Response response = respond(out, status);
  write_bytes(response.stream, text, strlen(text));
  finish(response);
}

static void sleep_ms(uint64_t milliseconds) {
  wasi_io_poll_own_pollable_t timer =
      wasi_clocks_monotonic_clock_subscribe_duration(milliseconds * 1000000);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(timer));
  wasi_io_poll_pollable_drop_own(timer);
}

// Copies a body until it ends, and drops the stream. True if all arrived and was written.
static bool copy_body(InputStream in, OutputStream out) {
  bool complete = false;
  for (;;) {
    guest_list_u8_t chunk;
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(in),
                                                           65536, &chunk, &error)) {
      complete = error.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED;
      wasi_io_streams_stream_error_free(&error);
      break;
    }
    bool written = write_bytes(out, chunk.ptr, chunk.len);
    guest_list_u8_free(&chunk);
    if (!written) break;
  }
  wasi_io_streams_input_stream_drop_own(in);
  return complete;
}

#pragma clang diagnostic pop
