// A guest that misbehaves in the way its path names. tests/hostile/run says what has to come of
// each.

#include <stdint.h>

#include "http.h"

#define EVER for (;;)

// What the optimiser must not see through.
static volatile uint32_t sink;

static void spin(void) {
  EVER { ++sink; }
}

// Grows the memory page by page and touches each, until the host says no; then traps as a failed
// malloc would.
static void grow(void) {
  EVER {
    size_t old = __builtin_wasm_memory_grow(0, 1);
    if (old == SIZE_MAX) __builtin_trap();
    *(volatile uint8_t*)(old * 65536) = 1;
  }
}

__attribute__((noinline, optnone)) static uint32_t recurse(uint32_t depth) {
  volatile uint8_t frame[256];
  frame[depth % sizeof frame] = (uint8_t)depth;
  if (sink == 1) return 0;
  return recurse(depth + 1) + frame[0];
}

// Sleeps at the bottom of a recursion whose frames lie on the host's stack: nothing of them needs an
// address.
__attribute__((noinline)) static uint32_t sleep_deep(uint32_t frames) {
  if (frames == 0) {
    sleep_ms(300);
    return 1;
  }
  return sleep_deep(frames - 1) ^ sink;
}

static Response start_chunk(Outparam out) {
  Response response = respond(out, 200);
  print(response.stream, "first chunk\n");
  return response;
}

static Response start_length(Outparam out, const char* length) {
  Fields fields = fields_with("content-length", length);
  return respond_with(out, 200, fields);
}

// Drops a response without `finish`: the host must not end it well.
static void abandon(Response response) {
  wasi_io_streams_output_stream_drop_own(response.stream);
  wasi_http_types_outgoing_body_drop_own(response.body);
}

static void leak_handles(uint32_t count) {
  for (uint32_t i = 0; i < count; ++i)
    sink += (uint32_t)wasi_http_types_constructor_fields().__handle;
}

static void leak_timers(uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    sink += (uint32_t)wasi_clocks_monotonic_clock_subscribe_duration(3600000000000u).__handle;
  }
}

static void flood_stdout(uint32_t mebibytes) {
  OutputStream stream = wasi_cli_stdout_get_stdout();
  static char line[4096];
  memset(line, 'x', sizeof line);
  line[sizeof line - 1] = '\n';
  for (uint32_t i = 0; i < mebibytes * 256; ++i) {
    if (!write_bytes(stream, line, sizeof line)) break;
  }
  wasi_io_streams_output_stream_drop_own(stream);
}

// Megabytes on stdout without a line end.
static void flood_one_line(void) {
  OutputStream stream = wasi_cli_stdout_get_stdout();
  static char text[4096];
  memset(text, 'y', sizeof text);
  for (int i = 0; i < 2048; ++i) {
    if (!write_bytes(stream, text, sizeof text)) break;
  }
  wasi_io_streams_output_stream_drop_own(stream);
}

// Control bytes that would reach a terminal.
static void escape_sequences(Outparam out) {
  OutputStream stream = wasi_cli_stdout_get_stdout();
  static const char text[] =
      "before\x1b[2J\x07"
      "after\n";
  write_bytes(stream, text, sizeof text - 1);
  wasi_io_streams_output_stream_drop_own(stream);
  answer(out, 200, "written\n");
}

static void huge_random(uint64_t size) {
  guest_list_u8_t bytes;
  wasi_random_random_get_random_bytes(size, &bytes);
  sink += bytes.len;
}

// Appends fields until the host refuses.
static void huge_headers(Outparam out) {
  static char value[8192];
  memset(value, 'v', sizeof value);
  Fields fields = wasi_http_types_constructor_fields();
  for (int i = 0; i < 100000; ++i) append_field(fields, "x-huge", value, sizeof value);
  finish(respond_with(out, 200, fields));
}

// Empty values cost memory too.
static void many_headers(Outparam out) {
  Fields fields = wasi_http_types_constructor_fields();
  for (int i = 0; i < 10000000; ++i) append_field(fields, "x", "", 0);
  finish(respond_with(out, 200, fields));
}

// Tells which forbidden names a fresh and a received set of fields let in.
static void forbidden_headers(Outparam out) {
  static const char* const names[] = {"connection",
                                      "Keep-Alive",
                                      "proxy-authenticate",
                                      "proxy-authorization",
                                      "proxy-connection",
                                      "Transfer-Encoding",
                                      "upgrade",
                                      "HOST",
                                      "http2-settings"};
  static const char* const invalid[] = {"", "a b", "a:b", "a\nb", "\xc3\xa9", "(x)"};
  Fields fields = wasi_http_types_constructor_fields();
  Response response = respond(out, 200);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
    if (append_field(fields, names[i], "x", 1)) print(response.stream, "took %s\n", names[i]);
  }
  for (size_t i = 0; i < sizeof invalid / sizeof invalid[0]; ++i) {
    if (append_field(fields, invalid[i], "x", 1)) print(response.stream, "took %s\n", invalid[i]);
  }
  if (append_field(fields, "x", "a\r\nb: c", 7)) print(response.stream, "took a line end\n");
  print(response.stream, "done\n");
  finish(response);
}

// A million entries that all name the same long string.
static void aliased_list(Outparam out) {
  enum { kEntries = 1000000, kLength = 1 << 20 };
  char* text = malloc(kLength);
  memset(text, 'a', kLength);
  wasi_http_types_tuple2_field_name_field_value_t* entries = malloc(kEntries * sizeof *entries);
  if (!text || !entries) __builtin_trap();
  for (int i = 0; i < kEntries; ++i) {
    entries[i].f0 = (guest_string_t){(uint8_t*)text, kLength};
    entries[i].f1 = (wasi_http_types_field_value_t){(uint8_t*)text, kLength};
  }
  wasi_http_types_list_tuple2_field_name_field_value_t list = {entries, kEntries};
  wasi_http_types_own_fields_t fields;
  wasi_http_types_header_error_t error;
  bool taken = wasi_http_types_static_fields_from_list(&list, &fields, &error);
  answer(out, 200, taken ? "taken\n" : "refused\n");
}

// A list that reaches past the end of the memory.
static void out_of_bounds(Outparam out) {
  guest_list_u8_t beyond = {(uint8_t*)0xfffff000u, 0x2000};
  Response response = respond(out, 200);
  wasi_io_streams_stream_error_t error;
  wasi_io_streams_method_output_stream_write(wasi_io_streams_borrow_output_stream(response.stream),
                                             &beyond, &error);
  finish(response);
}

static void write_raw(OutputStream stream, size_t size, bool blocking) {
  static uint8_t bytes[1 << 16];
  guest_list_u8_t part = {bytes, size};
  wasi_io_streams_stream_error_t error;
  OutputStreamRef ref = wasi_io_streams_borrow_output_stream(stream);
  if (blocking) {
    wasi_io_streams_method_output_stream_blocking_write_and_flush(ref, &part, &error);
  } else {
    wasi_io_streams_method_output_stream_write(ref, &part, &error);
  }
}

// Writes without asking, 64 KiB at a time, until something gives.
static void write_beyond_permit(Outparam out) {
  Response response = respond(out, 200);
  EVER write_raw(response.stream, 1 << 16, false);
}

// Writes what it may, and traps once the client has read nothing for a while.
static void trap_when_full(Outparam out) {
  Response response = respond(out, 200);
  OutputStreamRef ref = wasi_io_streams_borrow_output_stream(response.stream);
  bool waited = false;
  EVER {
    uint64_t room = 0;
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_output_stream_check_write(ref, &room, &error)) return;
    if (room == 0 && waited) __builtin_trap();
    waited = room == 0;
    if (room > 0) write_raw(response.stream, room < 4096 ? (size_t)room : 4096, false);
    if (room == 0) sleep_ms(300);
  }
}

static void read_after_failure(Request request, Outparam out) {
  wasi_http_types_own_incoming_body_t body;
  InputStream in;
  wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(request),
                                                  &body);
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &in);
  int failures = 0;
  while (failures < 3) {
    guest_list_u8_t chunk;
    wasi_io_streams_stream_error_t error;
    if (!wasi_io_streams_method_input_stream_blocking_read(wasi_io_streams_borrow_input_stream(in),
                                                           4096, &chunk, &error)) {
      ++failures;
      if (failures > 1 && error.tag != WASI_IO_STREAMS_STREAM_ERROR_CLOSED) __builtin_trap();
      wasi_io_streams_stream_error_free(&error);
    } else {
      guest_list_u8_free(&chunk);
    }
  }
  answer(out, 200, "closed\n");
}

// A read of 2^64-1 bytes must not make the host allocate them.
static void huge_read(Request request, Outparam out) {
  wasi_http_types_own_incoming_body_t body;
  InputStream in;
  wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(request),
                                                  &body);
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &in);
  guest_list_u8_t chunk;
  wasi_io_streams_stream_error_t error;
  bool read = wasi_io_streams_method_input_stream_blocking_read(
      wasi_io_streams_borrow_input_stream(in), UINT64_MAX, &chunk, &error);
  answer(out, 200, read ? "read\n" : "ended\n");
}

static void poll_nothing(void) {
  wasi_io_poll_list_borrow_pollable_t none = {NULL, 0};
  guest_list_u32_t ready;
  wasi_io_poll_poll(&none, &ready);
}

// The longest sleep there is: `now + duration` must not wrap.
static void sleep_for_ever(void) {
  wasi_io_poll_own_pollable_t timer = wasi_clocks_monotonic_clock_subscribe_duration(UINT64_MAX);
  wasi_io_poll_method_pollable_block(wasi_io_poll_borrow_pollable(timer));
}

static void exit_with(bool ok) {
  wasi_cli_exit_result_void_void_t status = {.is_err = !ok};
  wasi_cli_exit_exit(&status);
}

static void set_twice(Outparam out) {
  answer(out, 200, "first\n");
  answer(out, 200, "second\n");
}

static void drop_body_before_stream(Outparam out) {
  Response response = start_chunk(out);
  wasi_http_types_outgoing_body_drop_own(response.body);
}

static void drop_input_before_stream(Request request) {
  wasi_http_types_own_incoming_body_t body;
  InputStream in;
  wasi_http_types_method_incoming_request_consume(wasi_http_types_borrow_incoming_request(request),
                                                  &body);
  wasi_http_types_method_incoming_body_stream(wasi_http_types_borrow_incoming_body(body), &in);
  wasi_http_types_incoming_body_drop_own(body);
}

static void drop_stream_before_pollable(Outparam out) {
  Response response = start_chunk(out);
  sink = (uint32_t)wasi_io_streams_method_output_stream_subscribe(
             wasi_io_streams_borrow_output_stream(response.stream))
             .__handle;
  wasi_io_streams_output_stream_drop_own(response.stream);
}

static void use_dropped_handle(void) {
  Fields fields = wasi_http_types_constructor_fields();
  wasi_http_types_fields_drop_own(fields);
  wasi_http_types_fields_drop_own(fields);
}

static void use_wrong_handle(Request request) {
  // A request's handle where fields are meant.
  wasi_http_types_borrow_fields_t wrong = {request.__handle};
  guest_string_t name = view("x");
  sink = wasi_http_types_method_fields_has(wrong, &name);
}

static void length_too_much(Outparam out) {
  Response response = start_length(out, "5");
  write_bytes(response.stream, "more than five", 14);
  finish(response);
}

static void length_too_little(Outparam out) {
  Response response = start_length(out, "50");
  write_bytes(response.stream, "too little", 10);
  finish(response);
}

static void length_contradicts(Outparam out) {
  Fields fields = fields_with("content-length", "5");
  if (append_field(fields, "content-length", "6", 1)) {
    finish(respond_with(out, 200, fields));
  } else {
    answer(out, 200, "refused\n");
  }
}

// Answers with the error code of that number, without its details.
static void error_code(Outparam out, uint64_t number) {
  wasi_http_types_result_own_outgoing_response_error_code_t result = {.is_err = true};
  memset(&result.val.err, 0, sizeof result.val.err);
  result.val.err.tag = (uint8_t)number;
  wasi_http_types_static_response_outparam_set(out, &result);
}

void exports_wasi_http_incoming_handler_handle(Request request, Outparam out) {
  const char* path = path_of(request);
#define MODE(name) else if (is_path(path, "/" name))
  if (is_path(path, "/hello")) answer(out, 200, "Hello, world!\n");
  MODE("trap-before-head") __builtin_trap();
  MODE("trap-after-head") {
    respond(out, 200);
    __builtin_trap();
  }
  MODE("trap-after-chunk") {
    start_chunk(out);
    __builtin_trap();
  }
  MODE("trap-after-finish") {
    answer(out, 200, "whole\n");
    __builtin_trap();
  }
  MODE("trap-when-full") trap_when_full(out);
  MODE("trap-in-length") {
    write_bytes(start_length(out, "100").stream, "part", 4);
    __builtin_trap();
  }
  MODE("no-answer") {}
  MODE("drop-outparam") wasi_http_types_response_outparam_drop_own(out);
  MODE("never-answer") sleep_for_ever();
  MODE("never-finish") {
    start_chunk(out);
    sleep_for_ever();
  }
  MODE("spin") spin();
  MODE("spin-after-head") {
    start_chunk(out);
    spin();
  }
  MODE("grow") grow();
  MODE("recurse") sink = recurse(0);
  MODE("sleep-deep") {
    sink = sleep_deep(5000);
    answer(out, 200, "slept\n");
  }
  MODE("leak-handles") {
    leak_handles(1000000);
    answer(out, 200, "leaked\n");
  }
  MODE("leak-handles-for-ever") leak_handles(UINT32_MAX);
  MODE("leak-timers") leak_timers(UINT32_MAX);
  MODE("set-twice") set_twice(out);
  MODE("error-code") error_code(out, number_in(path, "?", 0));
  MODE("drop-body-before-stream") drop_body_before_stream(out);
  MODE("drop-input-before-stream") drop_input_before_stream(request);
  MODE("drop-stream-before-pollable") drop_stream_before_pollable(out);
  MODE("use-dropped-handle") use_dropped_handle();
  MODE("use-wrong-handle") use_wrong_handle(request);
  MODE("length-too-much") length_too_much(out);
  MODE("length-too-little") length_too_little(out);
  MODE("length-contradicts") length_contradicts(out);
  MODE("no-finish") abandon(start_chunk(out));
  MODE("return-without-finish") start_chunk(out);
  MODE("flood-stdout") {
    flood_stdout(64);
    answer(out, 200, "flooded\n");
  }
  MODE("flood-one-line") {
    flood_one_line();
    answer(out, 200, "flooded\n");
  }
  MODE("escape-sequences") escape_sequences(out);
  MODE("huge-random") {
    huge_random(UINT64_MAX);
    answer(out, 200, "random\n");
  }
  MODE("large-random") {
    huge_random(1u << 30);
    answer(out, 200, "random\n");
  }
  MODE("huge-headers") huge_headers(out);
  MODE("many-headers") many_headers(out);
  MODE("forbidden-headers") forbidden_headers(out);
  MODE("aliased-list") aliased_list(out);
  MODE("out-of-bounds") out_of_bounds(out);
  MODE("read-after-failure") read_after_failure(request, out);
  MODE("huge-read") huge_read(request, out);
  MODE("poll-nothing") poll_nothing();
  MODE("blocking-write-too-large") write_raw(respond(out, 200).stream, 4097, true);
  MODE("write-beyond-permit") write_beyond_permit(out);
  MODE("exit-before-set") exit_with(true);
  MODE("exit-after-set") {
    start_chunk(out);
    exit_with(true);
  }
  MODE("exit-after-finish") {
    answer(out, 200, "whole\n");
    exit_with(false);
  }
  else answer(out, 404, "not found\n");
}
