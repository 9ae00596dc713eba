// The end-to-end guest in C: what it does is chosen by path (tests/e2e/cases.py says what each
// answers).

#include <stdio.h>

#include "http.h"

static const char* method_name(const wasi_http_types_method_t* method, char* buffer, size_t size) {
  static const char* const names[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                      "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  if (method->tag < sizeof names / sizeof names[0]) return names[method->tag];
  snprintf(buffer, size, "%.*s", (int)method->val.other.len, (char*)method->val.other.ptr);
  return buffer;
}

static void echo(Request request, Outparam out) {
  wasi_http_types_borrow_incoming_request_t ref = wasi_http_types_borrow_incoming_request(request);
  wasi_http_types_own_incoming_body_t body;
  InputStream in;
  wasi_http_types_method_incoming_request_consume(ref, &body);
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &in);
  Response response = respond(out, 200);
  bool complete = copy_body(in, response.stream);
  wasi_http_types_incoming_body_drop_own(body);
  if (complete) {
    finish(response);
  } else {
    wasi_io_streams_output_stream_drop_own(response.stream);
    wasi_http_types_outgoing_body_drop_own(response.body);
  }
}

static void stream(Outparam out) {
  Response response = respond(out, 200);
  for (int i = 0; i < 5; ++i) {
    if (i > 0) sleep_ms(20);
    print(response.stream, "chunk %d\n", i);
  }
  finish(response);
}

static void timer(const char* path, Outparam out) {
  uint64_t milliseconds = number_in(path, "ms=", 20);
  uint64_t started = wasi_clocks_monotonic_clock_now();
  sleep_ms(milliseconds);
  bool early = wasi_clocks_monotonic_clock_now() - started < milliseconds * 1000000;
  answer(out, 200, early ? "too early\n" : "slept\n");
}

// Decodes %XX in place.
static void percent_decode(char* text) {
  char* to = text;
  for (char* from = text; *from; ++from) {
    if (*from == '%' && from[1] && from[2]) {
      char digits[3] = {from[1], from[2], 0};
      *to++ = (char)strtol(digits, NULL, 16);
      from += 2;
    } else {
      *to++ = *from;
    }
  }
  *to = 0;
}

// Sends the outgoing request for `url` and waits for the head of its response.
static bool fetch_head(char* url, const wasi_http_types_method_t* method, Request source,
                       bool with_body, wasi_http_types_own_incoming_response_t* response,
                       int* error_tag) {
  bool secure = strncmp(url, "https://", 8) == 0;
  char* authority = strstr(url, "://");
  authority = authority ? authority + 3 : url;
  char* path = strchr(authority, '/');
  guest_string_t authority_view = view(authority);
  guest_string_t path_view = view("/");
  if (path) {
    authority_view.len = (size_t)(path - authority);
    path_view = view(path);
  }
  wasi_http_types_own_outgoing_request_t request =
      wasi_http_types_constructor_outgoing_request(fields_with("x-from", "e2e-c"));
  wasi_http_types_borrow_outgoing_request_t ref = wasi_http_types_borrow_outgoing_request(request);
  wasi_http_types_scheme_t scheme = {.tag = secure ? WASI_HTTP_TYPES_SCHEME_HTTPS
                                                   : WASI_HTTP_TYPES_SCHEME_HTTP};
  wasi_http_types_method_t copy = *method;
  wasi_http_types_method_outgoing_request_set_method(ref, &copy);
  wasi_http_types_method_outgoing_request_set_scheme(ref, &scheme);
  if (!wasi_http_types_method_outgoing_request_set_authority(ref, &authority_view) ||
      !wasi_http_types_method_outgoing_request_set_path_with_query(ref, &path_view)) {
    *error_tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_URI_INVALID;
    return false;
  }
  wasi_http_types_own_outgoing_body_t body;
  wasi_http_types_method_outgoing_request_body(ref, &body);

  wasi_http_outgoing_handler_own_future_incoming_response_t future;
  wasi_http_outgoing_handler_error_code_t refused;
  if (!wasi_http_outgoing_handler_handle(request, NULL, &future, &refused)) {
    *error_tag = refused.tag;
    wasi_http_types_outgoing_body_drop_own(body);
    return false;
  }
  if (with_body) {
    Response upload = {.body = body};
    wasi_http_types_method_outgoing_body_write(wasi_http_types_borrow_outgoing_body(body),
                                               &upload.stream);
    wasi_http_types_own_incoming_body_t incoming;
    InputStream in;
    wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(source),
                                                    &incoming);
    wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(incoming),
                                                &in);
    copy_body(in, upload.stream);
    wasi_http_types_incoming_body_drop_own(incoming);
    finish(upload);
  } else {
    wasi_http_types_error_code_t error;
    wasi_http_types_static_outgoing_body_finish(body, NULL, &error);
  }

  wasi_http_types_result_result_own_incoming_response_error_code_void_t result;
  wasi_http_types_borrow_future_incoming_response_t future_ref =
      wasi_http_types_borrow_future_incoming_response(future);
  wasi_io_poll_own_pollable_t ready =
      wasi_http_types_method_future_incoming_response_subscribe(future_ref);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(ready));
  wasi_io_poll_pollable_drop_own(ready);
  if (!wasi_http_types_method_future_incoming_response_get(future_ref, &result)) __builtin_trap();
  wasi_http_types_future_incoming_response_drop_own(future);
  if (result.is_err) __builtin_trap();
  if (result.val.ok.is_err) {
    *error_tag = result.val.ok.val.err.tag;
    return false;
  }
  *response = result.val.ok.val.ok;
  return true;
}

static void fetch(char* path, Request request, Outparam out) {
  char* url = strstr(path, "url=");
  if (!url) {
    answer(out, 400, "no url\n");
    return;
  }
  url += 4;
  percent_decode(url);
  wasi_http_types_method_t method;
  wasi_http_types_method_incoming_request_method(wasi_http_types_borrow_incoming_request(request),
                                                 &method);
  wasi_http_types_own_incoming_response_t upstream;
  int error_tag = 0;
  bool with_body =
      method.tag == WASI_HTTP_TYPES_METHOD_POST || method.tag == WASI_HTTP_TYPES_METHOD_PUT;
  if (!fetch_head(url, &method, request, with_body, &upstream, &error_tag)) {
    Response response = respond(out, 502);
    print(response.stream, "error %d\n", error_tag);
    finish(response);
    return;
  }
  wasi_http_types_borrow_incoming_response_t ref =
      wasi_http_types_borrow_incoming_response(upstream);
  int status = wasi_http_types_method_incoming_response_status(ref);
  wasi_http_types_own_incoming_body_t body;
  InputStream in;
  wasi_http_types_method_incoming_response_consume(ref, &body);
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &in);
  // The response may go before its body.
  wasi_http_types_incoming_response_drop_own(upstream);
  Response response = respond(out, status);
  bool complete = copy_body(in, response.stream);
  wasi_http_types_incoming_body_drop_own(body);
  if (complete) {
    finish(response);
  } else {
    wasi_io_streams_output_stream_drop_own(response.stream);
    wasi_http_types_outgoing_body_drop_own(response.body);
  }
}

static void env(Outparam out) {
  guest_list_tuple2_string_string_t variables;
  wasi_cli_environment_get_environment(&variables);
  Response response = respond(out, 200);
  for (size_t i = 0; i < variables.len; ++i) {
    guest_tuple2_string_string_t* v = &variables.ptr[i];
    print(response.stream, "%.*s=%.*s\n", (int)v->f0.len, (char*)v->f0.ptr, (int)v->f1.len,
          (char*)v->f1.ptr);
  }
  finish(response);
}

static void headers(Request request, Outparam out) {
  wasi_http_types_borrow_incoming_request_t ref = wasi_http_types_borrow_incoming_request(request);
  Response response = respond(out, 200);
  char buffer[64];
  wasi_http_types_method_t method;
  wasi_http_types_method_incoming_request_method(ref, &method);
  print(response.stream, "method %s\n", method_name(&method, buffer, sizeof buffer));
  print(response.stream, "path %s\n", path_of(request));
  wasi_http_types_scheme_t scheme;
  if (wasi_http_types_method_incoming_request_scheme(ref, &scheme)) {
    print(response.stream, "scheme %s\n",
          scheme.tag == WASI_HTTP_TYPES_SCHEME_HTTP    ? "http"
          : scheme.tag == WASI_HTTP_TYPES_SCHEME_HTTPS ? "https"
                                                       : "other");
  }
  guest_string_t authority;
  if (wasi_http_types_method_incoming_request_authority(ref, &authority)) {
    print(response.stream, "authority %.*s\n", (int)authority.len, (char*)authority.ptr);
  }
  Fields fields = wasi_http_types_method_incoming_request_headers(ref);
  wasi_http_types_list_tuple2_field_name_field_value_t entries;
  wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
  for (size_t i = 0; i < entries.len; ++i) {
    print(response.stream, "header %.*s: %.*s\n", (int)entries.ptr[i].f0.len,
          (char*)entries.ptr[i].f0.ptr, (int)entries.ptr[i].f1.len, (char*)entries.ptr[i].f1.ptr);
  }
  finish(response);
}

// Reads the request's body and trailers, tells of the trailers, and sends one of its own.
static void trailers(Request request, Outparam out) {
  wasi_http_types_borrow_incoming_request_t ref = wasi_http_types_borrow_incoming_request(request);
  wasi_http_types_own_incoming_body_t body;
  wasi_http_types_method_incoming_request_consume(ref, &body);
  Fields head = fields_with("content-type", "text/plain");
  append_field(head, "trailer", "x-trailer", strlen("x-trailer"));
  Response response = respond_with(out, 200, head);

  wasi_http_types_own_future_trailers_t future = wasi_http_types_static_incoming_body_finish(body);
  wasi_http_types_borrow_future_trailers_t future_ref =
      wasi_http_types_borrow_future_trailers(future);
  wasi_io_poll_own_pollable_t ready = wasi_http_types_method_future_trailers_subscribe(future_ref);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(ready));
  wasi_io_poll_pollable_drop_own(ready);
  wasi_http_types_result_result_option_own_trailers_error_code_void_t result;
  if (!wasi_http_types_method_future_trailers_get(future_ref, &result)) __builtin_trap();
  if (result.is_err) {
    print(response.stream, "taken before\n");
  } else if (result.val.ok.is_err) {
    print(response.stream, "error %d\n", result.val.ok.val.err.tag);
  } else if (!result.val.ok.val.ok.is_some) {
    print(response.stream, "no trailers\n");
  } else {
    Fields fields = result.val.ok.val.ok.val;
    wasi_http_types_list_tuple2_field_name_field_value_t entries;
    wasi_http_types_method_fields_entries(wasi_http_types_borrow_fields(fields), &entries);
    for (size_t i = 0; i < entries.len; ++i) {
      print(response.stream, "trailer %.*s: %.*s\n", (int)entries.ptr[i].f0.len,
            (char*)entries.ptr[i].f0.ptr, (int)entries.ptr[i].f1.len, (char*)entries.ptr[i].f1.ptr);
    }
    wasi_http_types_fields_drop_own(fields);
  }
  wasi_http_types_future_trailers_drop_own(future);
  Fields sent = fields_with("x-trailer", "yes");
  finish_with(response, &sent);
}

static void status(const char* path, Outparam out) {
  int code = atoi(path + strlen("/status/"));
  Response response = respond(out, code);
  if (code != 204 && code != 304) print(response.stream, "status %d\n", code);
  finish(response);
}

// How many requests this instance has seen.
static void count(Outparam out) {
  static int seen = 0;
  Response response = respond(out, 200);
  print(response.stream, "%d\n", ++seen);
  finish(response);
}

static void log_lines(Outparam out) {
  OutputStream standard_out = wasi_cli_stdout_get_stdout();
  OutputStream standard_error = wasi_cli_stderr_get_stderr();
  // The first line comes in two pieces.
  print(standard_out, "to ");
  print(standard_out, "stdout\nsecond line\n");
  print(standard_error, "to stderr\n");
  wasi_io_streams_output_stream_drop_own(standard_out);
  wasi_io_streams_output_stream_drop_own(standard_error);
  answer(out, 200, "logged\n");
}

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  char* path = path_of(request);
  if (is_path(path, "/count"))
    count(out);
  else if (is_path(path, "/hello"))
    answer(out, 200, "Hello, world!\n");
  else if (is_path(path, "/echo"))
    echo(request, out);
  else if (is_path(path, "/stream"))
    stream(out);
  else if (is_path(path, "/timer"))
    timer(path, out);
  else if (is_path(path, "/fetch"))
    fetch(path, request, out);
  else if (is_path(path, "/trap"))
    __builtin_trap();
  else if (is_path(path, "/env"))
    env(out);
  else if (is_path(path, "/log"))
    log_lines(out);
  else if (is_path(path, "/headers"))
    headers(request, out);
  else if (is_path(path, "/trailers"))
    trailers(request, out);
  else if (strncmp(path, "/status/", 8) == 0)
    status(path, out);
  else
    answer(out, 404, "not found\n");
  wasi_http_types_incoming_request_drop_own(request);
}
