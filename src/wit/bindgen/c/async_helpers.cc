#include "wit/bindgen/c/generator.h"
#include "wit/bindgen/c/names.h"

namespace weir::wit {
namespace {

// `w_` and `W_` stand for the world's name.
constexpr std::string_view kDeclarations = R"(
typedef uint32_t w_subtask_t;
typedef uint32_t w_subtask_status_t;
#define W_SUBTASK_STATE(status) ((w_subtask_state_t) ((status) & 0xf))
#define W_SUBTASK_HANDLE(status) ((w_subtask_t) ((status) >> 4))

typedef enum w_subtask_state {
    W_SUBTASK_STARTING,
    W_SUBTASK_STARTED,
    W_SUBTASK_RETURNED,
    W_SUBTASK_STARTED_CANCELLED,
    W_SUBTASK_RETURNED_CANCELLED
} w_subtask_state_t;

w_subtask_status_t w_subtask_cancel(w_subtask_t subtask);
void w_subtask_drop(w_subtask_t subtask);

// What an export and its callback return: the task is over, gives way, or waits.
typedef uint32_t w_callback_code_t;
#define W_CALLBACK_CODE_EXIT 0
#define W_CALLBACK_CODE_YIELD 1
#define W_CALLBACK_CODE_WAIT(set) (2 | ((set) << 4))

typedef enum w_event_code {
    W_EVENT_NONE,
    W_EVENT_SUBTASK,
    W_EVENT_STREAM_READ,
    W_EVENT_STREAM_WRITE,
    W_EVENT_FUTURE_READ,
    W_EVENT_FUTURE_WRITE,
    W_EVENT_CANCEL
} w_event_code_t;

typedef struct w_event {
    w_event_code_t event;
    uint32_t waitable;
    uint32_t code;
} w_event_t;

typedef uint32_t w_waitable_set_t;
w_waitable_set_t w_waitable_set_new(void);
void w_waitable_join(uint32_t waitable, w_waitable_set_t set);
void w_waitable_set_drop(w_waitable_set_t set);
void w_waitable_set_wait(w_waitable_set_t set, w_event_t *event);
void w_waitable_set_poll(w_waitable_set_t set, w_event_t *event);

// Says that the task, which was asked to end, has no result.
void w_task_cancel(void);

// How far a read or a write of a stream or future came.
typedef uint32_t w_waitable_status_t;
#define W_WAITABLE_STATE(status) ((w_waitable_state_t) ((status) & 0xf))
#define W_WAITABLE_COUNT(status) ((uint32_t) ((status) >> 4))
#define W_WAITABLE_STATUS_BLOCKED ((w_waitable_status_t) -1)

typedef enum w_waitable_state {
    W_WAITABLE_COMPLETED,
    W_WAITABLE_DROPPED,
    W_WAITABLE_CANCELLED
} w_waitable_state_t;

void w_backpressure_inc(void);
void w_backpressure_dec(void);
void *w_context_get_0(void);
void w_context_set_0(void *value);
void w_thread_yield(void);
)";

constexpr std::string_view kDefinitions = R"(
w_subtask_status_t w_subtask_cancel(w_subtask_t subtask) {
    return (w_subtask_status_t) __wasm_import_subtask_cancel((int32_t) subtask);
}

void w_subtask_drop(w_subtask_t subtask) {
    __wasm_import_subtask_drop((int32_t) subtask);
}

w_waitable_set_t w_waitable_set_new(void) {
    return (w_waitable_set_t) __wasm_import_waitable_set_new();
}

void w_waitable_join(uint32_t waitable, w_waitable_set_t set) {
    __wasm_import_waitable_join((int32_t) waitable, (int32_t) set);
}

void w_waitable_set_drop(w_waitable_set_t set) {
    __wasm_import_waitable_set_drop((int32_t) set);
}

void w_waitable_set_wait(w_waitable_set_t set, w_event_t *event) {
    int32_t code = __wasm_import_waitable_set_wait((int32_t) set, (int32_t) (uintptr_t) &event->waitable);
    event->event = (w_event_code_t) code;
}

void w_waitable_set_poll(w_waitable_set_t set, w_event_t *event) {
    int32_t code = __wasm_import_waitable_set_poll((int32_t) set, (int32_t) (uintptr_t) &event->waitable);
    event->event = (w_event_code_t) code;
}

void w_task_cancel(void) {
    __wasm_import_task_cancel();
}

void w_backpressure_inc(void) {
    __wasm_import_backpressure_inc();
}

void w_backpressure_dec(void) {
    __wasm_import_backpressure_dec();
}

void *w_context_get_0(void) {
    return (void *) (uintptr_t) __wasm_import_context_get_0();
}

void w_context_set_0(void *value) {
    __wasm_import_context_set_0((int32_t) (uintptr_t) value);
}

void w_thread_yield(void) {
    __wasm_import_thread_yield();
}
)";

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string with_name(std::string_view text, const std::string& name, const std::string& upper) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool starts = (i == 0 || !is_word(text[i - 1])) && text.substr(i + 1, 1) == "_";
    if (starts && (text[i] == 'w' || text[i] == 'W')) {
      out += text[i] == 'w' ? name : upper;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

void add_lines(Writer& out, std::string_view text) {
  text.remove_prefix(1);
  while (!text.empty()) {
    size_t end = text.find('\n');
    out.line(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void CGenerator::async_helpers() {
  std::string upper = c_upper_case(name_);
  add_lines(async_declarations_, with_name(kDeclarations, name_, upper));
  auto intrinsic = [&](const std::string& module, const std::string& name,
                       const std::vector<CoreType>& params, const std::vector<CoreType>& results) {
    declare_import(imports_, module, "[" + name + "]", "__wasm_import_" + c_snake_case(name),
                   params, results);
  };
  constexpr CoreType i32 = CoreType::i32;
  intrinsic("$root", "subtask-cancel", {i32}, {i32});
  intrinsic("$root", "subtask-drop", {i32}, {});
  intrinsic("$root", "waitable-set-new", {}, {i32});
  intrinsic("$root", "waitable-join", {i32, i32}, {});
  intrinsic("$root", "waitable-set-drop", {i32}, {});
  intrinsic("$root", "waitable-set-wait", {i32, i32}, {i32});
  intrinsic("$root", "waitable-set-poll", {i32, i32}, {i32});
  intrinsic("[export]$root", "task-cancel", {}, {});
  intrinsic("$root", "backpressure-inc", {}, {});
  intrinsic("$root", "backpressure-dec", {}, {});
  intrinsic("$root", "context-get-0", {}, {i32});
  intrinsic("$root", "context-set-0", {i32}, {});
  intrinsic("$root", "thread-yield", {}, {i32});
  helpers_.gap();
  add_lines(helpers_, with_name(kDefinitions, name_, upper));
}

}  // namespace weir::wit
