// Asynchronous imports: subtasks that run while this side writes to them and reads from them.

#include "user.h"

#include <string.h>

static user_waitable_set_t set;
static uint64_t sum;

static user_callback_code_t answer(const char *wrong) {
  user_string_t text;
  user_string_set(&text, wrong);
  exports_test_later_checks_run_return(text);
  user_waitable_set_drop(set);
  return USER_CALLBACK_CODE_EXIT;
}

#define CHECK(condition) \
  if (!(condition)) return answer(#condition)

// Blocks until something is heard of a waitable; gives the event's code.
static uint32_t wait_for(uint32_t waitable, user_event_code_t expected) {
  user_event_t event;
  user_waitable_join(waitable, set);
  user_waitable_set_wait(set, &event);
  user_waitable_join(waitable, 0);
  if (event.event != expected || event.waitable != waitable) __builtin_trap();
  return event.code;
}

user_callback_code_t exports_test_later_checks_run(void) {
  set = user_waitable_set_new();
  test_later_steps_stream_u32_writer_t values;
  test_later_steps_future_u32_writer_t last;
  test_later_steps_stream_u32_t values_read = test_later_steps_stream_u32_new(&values);
  test_later_steps_future_u32_t last_read = test_later_steps_future_u32_new(&last);
  user_subtask_status_t status = test_later_steps_sum(values_read, last_read, 1000, &sum);
  CHECK(USER_SUBTASK_STATE(status) == USER_SUBTASK_STARTED);

  const uint32_t numbers[] = {1, 2, 3, 4, 5, 6};
  size_t written = 0;
  while (written < 6) {
    user_waitable_status_t wrote =
        test_later_steps_stream_u32_write(values, numbers + written, 6 - written);
    if (wrote == USER_WAITABLE_STATUS_BLOCKED) wrote = wait_for(values, USER_EVENT_STREAM_WRITE);
    CHECK(USER_WAITABLE_STATE(wrote) == USER_WAITABLE_COMPLETED);
    written += USER_WAITABLE_COUNT(wrote);
  }
  test_later_steps_stream_u32_drop_writable(values);
  const uint32_t seventy = 70;
  user_waitable_status_t wrote = test_later_steps_future_u32_write(last, &seventy);
  if (wrote == USER_WAITABLE_STATUS_BLOCKED) wrote = wait_for(last, USER_EVENT_FUTURE_WRITE);
  CHECK(USER_WAITABLE_STATE(wrote) == USER_WAITABLE_COMPLETED);
  test_later_steps_future_u32_drop_writable(last);
  // The rest is the callback's.
  user_waitable_join(USER_SUBTASK_HANDLE(status), set);
  return USER_CALLBACK_CODE_WAIT(set);
}

// Waits for a subtask's result.
static bool returned(user_subtask_status_t status) {
  if (USER_SUBTASK_STATE(status) == USER_SUBTASK_RETURNED) return true;
  user_subtask_t subtask = USER_SUBTASK_HANDLE(status);
  uint32_t state = USER_SUBTASK_STARTING;
  while (state != USER_SUBTASK_RETURNED) state = wait_for(subtask, USER_EVENT_SUBTASK);
  user_subtask_drop(subtask);
  return true;
}

static bool is(const user_string_t *text, const char *expected) {
  return text->len == strlen(expected) && memcmp(text->ptr, expected, text->len) == 0;
}

user_callback_code_t exports_test_later_checks_run_callback(user_event_t *event) {
  CHECK(event->event == USER_EVENT_SUBTASK);
  CHECK(event->code == USER_SUBTASK_RETURNED);
  user_waitable_join(event->waitable, 0);
  user_subtask_drop(event->waitable);
  CHECK(sum == 1 + 2 + 3 + 4 + 5 + 6 + 70 + 1000);

  test_later_steps_join_args_t args;
  user_string_set(&args.a, "one ");
  user_string_set(&args.b, "");
  user_string_set(&args.c, "two");
  user_string_t text;
  CHECK(returned(test_later_steps_join(&args, &text)));
  CHECK(is(&text, "one two"));
  user_string_free(&text);

  test_later_steps_result_stream_u8_string_t spelt;
  user_string_set(&text, "");
  CHECK(returned(test_later_steps_spell(text, &spelt)));
  CHECK(spelt.is_err && is(&spelt.val.err, "nothing to spell"));
  test_later_steps_result_stream_u8_string_free(&spelt);

  user_string_set(&text, "hello streams");
  CHECK(returned(test_later_steps_spell(text, &spelt)));
  CHECK(!spelt.is_err);
  uint8_t read[64];
  size_t length = 0;
  for (;;) {
    user_waitable_status_t got =
        test_later_steps_stream_u8_read(spelt.val.ok, read + length, sizeof read - length);
    if (got == USER_WAITABLE_STATUS_BLOCKED) got = wait_for(spelt.val.ok, USER_EVENT_STREAM_READ);
    length += USER_WAITABLE_COUNT(got);
    if (USER_WAITABLE_STATE(got) == USER_WAITABLE_DROPPED) break;
    CHECK(USER_WAITABLE_STATE(got) == USER_WAITABLE_COMPLETED);
  }
  CHECK(length == strlen("hello streams") && memcmp(read, "hello streams", length) == 0);
  test_later_steps_stream_u8_drop_readable(spelt.val.ok);
  return answer("");
}
