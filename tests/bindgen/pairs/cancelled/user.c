// A caller that cancels calls which wait.

#include "user.h"

#include <string.h>

static user_callback_code_t answer(const char *wrong) {
  user_string_t text;
  user_string_set(&text, wrong);
  exports_test_cancelled_checks_run_return(text);
  return USER_CALLBACK_CODE_EXIT;
}

#define CHECK(condition) \
  if (!(condition)) return "line " LINE(__LINE__) ": " #condition
#define LINE(number) TEXT(number)
#define TEXT(number) #number

static test_cancelled_slow_counts_t count(void) {
  test_cancelled_slow_counts_t counts;
  test_cancelled_slow_count(&counts);
  return counts;
}

// Waits for a subtask's result.
static bool returned(user_subtask_status_t status) {
  if (USER_SUBTASK_STATE(status) == USER_SUBTASK_RETURNED) return true;
  user_subtask_t subtask = USER_SUBTASK_HANDLE(status);
  user_waitable_set_t set = user_waitable_set_new();
  user_event_t event = {.code = USER_SUBTASK_STARTING};
  user_waitable_join(subtask, set);
  while (event.code < USER_SUBTASK_RETURNED) user_waitable_set_wait(set, &event);
  user_waitable_join(subtask, 0);
  user_waitable_set_drop(set);
  user_subtask_drop(subtask);
  return event.code == USER_SUBTASK_RETURNED;
}

static bool cancelled(user_subtask_status_t status) {
  if (USER_SUBTASK_STATE(status) != USER_SUBTASK_STARTED) return false;
  user_subtask_t subtask = USER_SUBTASK_HANDLE(status);
  user_subtask_status_t state = user_subtask_cancel(subtask);
  user_subtask_drop(subtask);
  return state == USER_SUBTASK_RETURNED_CANCELLED;
}

// Whether the other side has let go of what it was to read from.
static bool is_let_go(test_cancelled_slow_future_u32_writer_t writer) {
  const uint32_t value = 1;
  user_waitable_status_t status = test_cancelled_slow_future_u32_write(writer, &value);
  bool gone = USER_WAITABLE_STATE(status) == USER_WAITABLE_DROPPED;
  if (gone) test_cancelled_slow_future_u32_drop_writable(writer);
  return gone;
}

static const char *go(void) {
  const test_cancelled_slow_counts_t before = count();
  const uint32_t alive = test_cancelled_slow_alive();
  user_string_t text;
  test_cancelled_slow_future_u32_writer_t writer, gate;

  CHECK(cancelled(test_cancelled_slow_get(test_cancelled_slow_future_u32_new(&writer), &text)));
  CHECK(count().begun == before.begun + 1 && count().ended == before.ended + 1);
  CHECK(is_let_go(writer));

  test_cancelled_slow_stream_string_writer_t strings;
  user_string_set(&text, "some text");
  uint32_t length;
  user_subtask_status_t status = test_cancelled_slow_read(
      test_cancelled_slow_stream_string_new(&strings), test_cancelled_slow_make(), text, &length);
  CHECK(test_cancelled_slow_alive() == alive + 1);
  CHECK(cancelled(status));
  CHECK(count().ended == before.ended + 2 && test_cancelled_slow_alive() == alive);
  test_cancelled_slow_stream_string_drop_writable(strings);

  test_cancelled_slow_fill_args_t empty;
  user_string_set(&empty.a, "");
  user_string_set(&empty.b, "");
  user_string_set(&empty.c, "");
  status = test_cancelled_slow_fill(&empty);
  CHECK(test_cancelled_slow_alive() == alive + 3);
  CHECK(cancelled(status));
  CHECK(count().ended == before.ended + 3 && test_cancelled_slow_alive() == alive);

  // What was spawned goes on.
  status = test_cancelled_slow_part(test_cancelled_slow_future_u32_new(&gate),
                                    test_cancelled_slow_future_u32_new(&writer), &length);
  CHECK(cancelled(status));
  CHECK(count().ended == before.ended + 4 && count().beside == before.beside);
  CHECK(is_let_go(writer));
  const uint32_t seven = 7;
  CHECK(test_cancelled_slow_future_u32_write(gate, &seven) == USER_WAITABLE_COMPLETED);
  test_cancelled_slow_future_u32_drop_writable(gate);
  for (int i = 0; i < 1000 && count().beside == before.beside; ++i) user_thread_yield();
  CHECK(count().beside == before.beside + 7);

  // One call for another.
  uint32_t ended = test_cancelled_relaying_ended();
  status = test_cancelled_relaying_get(test_cancelled_slow_future_u32_new(&writer),
                                       test_cancelled_slow_make(), &text);
  CHECK(test_cancelled_slow_alive() == alive + 1 && count().begun == before.begun + 5);
  CHECK(cancelled(status));
  CHECK(test_cancelled_relaying_ended() == ended + 1 && count().ended == before.ended + 5);
  CHECK(test_cancelled_slow_alive() == alive && is_let_go(writer));
  // What its writer leaves at its end.
  CHECK(returned(test_cancelled_slow_kept(&length)) && length == 99);

  // A call that the other one has not begun: what it would have been given is still the caller's.
  test_cancelled_slow_hold(true);
  status = test_cancelled_relaying_get(test_cancelled_slow_future_u32_new(&writer),
                                       test_cancelled_slow_make(), &text);
  CHECK(count().begun == before.begun + 5);
  CHECK(cancelled(status) && test_cancelled_slow_alive() == alive && is_let_go(writer));
  test_cancelled_slow_own_token_t tokens[2];
  for (int held = 1; held >= 0; --held) {
    tokens[0] = test_cancelled_slow_make();
    tokens[1] = test_cancelled_slow_make();
    test_cancelled_relaying_list_own_token_t all = {tokens, 2};
    status = test_cancelled_relaying_give(all);
    CHECK(test_cancelled_slow_alive() == alive + 4);
    CHECK(cancelled(status) && test_cancelled_slow_alive() == alive);
    if (held) test_cancelled_slow_hold(false);
  }
  CHECK(returned(test_cancelled_slow_kept(&length)) && length == 99);
  CHECK(count().begun == before.begun + 6);

  // And a call that is not cancelled has its result.
  status = test_cancelled_relaying_get(test_cancelled_slow_future_u32_new(&writer),
                                       test_cancelled_slow_make(), &text);
  CHECK(test_cancelled_slow_future_u32_write(writer, &seven) == USER_WAITABLE_COMPLETED);
  test_cancelled_slow_future_u32_drop_writable(writer);
  // Its writer waits for a reader.
  CHECK(returned(test_cancelled_slow_kept(&length)) && length == 1);
  CHECK(returned(status) && text.len == 2 && memcmp(text.ptr, "7!", 2) == 0);
  user_string_free(&text);
  CHECK(test_cancelled_slow_alive() == alive);
  return "";
}

user_callback_code_t exports_test_cancelled_checks_run(void) { return answer(go()); }

user_callback_code_t exports_test_cancelled_checks_run_callback(user_event_t *event) {
  (void)event;
  return USER_CALLBACK_CODE_EXIT;
}
