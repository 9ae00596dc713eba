// Asynchronous exports: tasks that give way to the caller and go on in their callbacks.

#include "provider.h"

#include <stdlib.h>
#include <string.h>

// ---- sum: reads a stream, then a future

typedef struct {
  provider_waitable_set_t set;
  exports_test_later_steps_stream_u32_t values;
  exports_test_later_steps_future_u32_t last;
  bool values_ended;
  uint32_t buffer[4];
  uint64_t total;
} sum_task_t;

// Takes in what a read gave; false at the end.
static bool take_values(sum_task_t *task, provider_waitable_status_t status) {
  for (uint32_t i = 0; i < PROVIDER_WAITABLE_COUNT(status); i++) task->total += task->buffer[i];
  return PROVIDER_WAITABLE_STATE(status) == PROVIDER_WAITABLE_COMPLETED;
}

static provider_callback_code_t wait_for(provider_waitable_set_t set, uint32_t waitable) {
  provider_waitable_join(waitable, set);
  return PROVIDER_CALLBACK_CODE_WAIT(set);
}

static provider_callback_code_t finish_sum(sum_task_t *task) {
  task->total += task->buffer[0];
  provider_waitable_join(task->last, 0);
  exports_test_later_steps_future_u32_drop_readable(task->last);
  provider_waitable_set_drop(task->set);
  exports_test_later_steps_sum_return(task->total);
  free(task);
  return PROVIDER_CALLBACK_CODE_EXIT;
}

static provider_callback_code_t go_on_with_sum(sum_task_t *task) {
  while (!task->values_ended) {
    provider_waitable_status_t status =
        exports_test_later_steps_stream_u32_read(task->values, task->buffer, 4);
    if (status == PROVIDER_WAITABLE_STATUS_BLOCKED) return wait_for(task->set, task->values);
    task->values_ended = !take_values(task, status);
  }
  provider_waitable_join(task->values, 0);
  exports_test_later_steps_stream_u32_drop_readable(task->values);
  provider_waitable_status_t status =
      exports_test_later_steps_future_u32_read(task->last, task->buffer);
  if (status == PROVIDER_WAITABLE_STATUS_BLOCKED) return wait_for(task->set, task->last);
  return finish_sum(task);
}

provider_callback_code_t exports_test_later_steps_sum(exports_test_later_steps_stream_u32_t values,
                                                      exports_test_later_steps_future_u32_t last,
                                                      uint32_t more) {
  sum_task_t *task = calloc(1, sizeof *task);
  task->set = provider_waitable_set_new();
  task->values = values;
  task->last = last;
  task->total = more;
  provider_context_set_0(task);
  return go_on_with_sum(task);
}

provider_callback_code_t exports_test_later_steps_sum_callback(provider_event_t *event) {
  sum_task_t *task = provider_context_get_0();
  if (event->event == PROVIDER_EVENT_STREAM_READ && event->waitable == task->values) {
    task->values_ended = !take_values(task, event->code);
    return go_on_with_sum(task);
  }
  if (event->event == PROVIDER_EVENT_FUTURE_READ && event->waitable == task->last) {
    return finish_sum(task);
  }
  abort();
}

// ---- spell: answers at once with a stream, then writes to it

typedef struct {
  provider_waitable_set_t set;
  exports_test_later_steps_stream_u8_writer_t writer;
  provider_string_t text;
  size_t written;
} spell_task_t;

// Takes in what a write came to; all is written when nobody reads any more.
static void wrote(spell_task_t *task, provider_waitable_status_t status) {
  task->written += PROVIDER_WAITABLE_COUNT(status);
  if (PROVIDER_WAITABLE_STATE(status) == PROVIDER_WAITABLE_DROPPED) task->written = task->text.len;
}

static provider_callback_code_t go_on_with_spelling(spell_task_t *task) {
  while (task->written < task->text.len) {
    size_t left = task->text.len - task->written;
    provider_waitable_status_t status = exports_test_later_steps_stream_u8_write(
        task->writer, task->text.ptr + task->written, left < 3 ? left : 3);
    if (status == PROVIDER_WAITABLE_STATUS_BLOCKED) return wait_for(task->set, task->writer);
    wrote(task, status);
  }
  provider_waitable_join(task->writer, 0);
  exports_test_later_steps_stream_u8_drop_writable(task->writer);
  provider_waitable_set_drop(task->set);
  provider_string_free(&task->text);
  free(task);
  return PROVIDER_CALLBACK_CODE_EXIT;
}

provider_callback_code_t exports_test_later_steps_spell(provider_string_t *text) {
  exports_test_later_steps_result_stream_u8_string_t result;
  memset(&result, 0, sizeof result);
  if (text->len == 0) {
    result.is_err = true;
    provider_string_set(&result.val.err, "nothing to spell");
    exports_test_later_steps_spell_return(result);
    return PROVIDER_CALLBACK_CODE_EXIT;
  }
  spell_task_t *task = calloc(1, sizeof *task);
  task->set = provider_waitable_set_new();
  task->text = *text;
  result.val.ok = exports_test_later_steps_stream_u8_new(&task->writer);
  provider_context_set_0(task);
  exports_test_later_steps_spell_return(result);
  return go_on_with_spelling(task);
}

provider_callback_code_t exports_test_later_steps_spell_callback(provider_event_t *event) {
  spell_task_t *task = provider_context_get_0();
  if (event->event != PROVIDER_EVENT_STREAM_WRITE || event->waitable != task->writer) abort();
  wrote(task, event->code);
  return go_on_with_spelling(task);
}

// ---- join: gives way once, then answers

static provider_string_t joined;

provider_callback_code_t exports_test_later_steps_join(provider_string_t *a, provider_string_t *b,
                                                       provider_string_t *c) {
  joined.len = a->len + b->len + c->len;
  joined.ptr = malloc(joined.len + 1);
  memcpy(joined.ptr, a->ptr, a->len);
  memcpy(joined.ptr + a->len, b->ptr, b->len);
  memcpy(joined.ptr + a->len + b->len, c->ptr, c->len);
  provider_string_free(a);
  provider_string_free(b);
  provider_string_free(c);
  return PROVIDER_CALLBACK_CODE_YIELD;
}

provider_callback_code_t exports_test_later_steps_join_callback(provider_event_t *event) {
  if (event->event != PROVIDER_EVENT_NONE) abort();
  exports_test_later_steps_join_return(joined);
  provider_string_free(&joined);
  return PROVIDER_CALLBACK_CODE_EXIT;
}
