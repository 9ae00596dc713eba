#include "component/plan.h"

namespace weir::component {

const char* name_of(Builtin builtin) {
  switch (builtin) {
    case Builtin::resource_new:
      return "resource.new";
    case Builtin::resource_drop:
      return "resource.drop";
    case Builtin::resource_rep:
      return "resource.rep";
    case Builtin::task_return:
      return "task.return";
    case Builtin::task_cancel:
      return "task.cancel";
    case Builtin::context_get:
      return "context.get";
    case Builtin::context_set:
      return "context.set";
    case Builtin::backpressure_inc:
      return "backpressure.inc";
    case Builtin::backpressure_dec:
      return "backpressure.dec";
    case Builtin::thread_yield:
      return "thread.yield";
    case Builtin::subtask_cancel:
      return "subtask.cancel";
    case Builtin::subtask_drop:
      return "subtask.drop";
    case Builtin::stream_new:
      return "stream.new";
    case Builtin::stream_read:
      return "stream.read";
    case Builtin::stream_write:
      return "stream.write";
    case Builtin::stream_cancel_read:
      return "stream.cancel-read";
    case Builtin::stream_cancel_write:
      return "stream.cancel-write";
    case Builtin::stream_drop_readable:
      return "stream.drop-readable";
    case Builtin::stream_drop_writable:
      return "stream.drop-writable";
    case Builtin::future_new:
      return "future.new";
    case Builtin::future_read:
      return "future.read";
    case Builtin::future_write:
      return "future.write";
    case Builtin::future_cancel_read:
      return "future.cancel-read";
    case Builtin::future_cancel_write:
      return "future.cancel-write";
    case Builtin::future_drop_readable:
      return "future.drop-readable";
    case Builtin::future_drop_writable:
      return "future.drop-writable";
    case Builtin::error_context_new:
      return "error-context.new";
    case Builtin::error_context_debug_message:
      return "error-context.debug-message";
    case Builtin::error_context_drop:
      return "error-context.drop";
    case Builtin::waitable_set_new:
      return "waitable-set.new";
    case Builtin::waitable_set_wait:
      return "waitable-set.wait";
    case Builtin::waitable_set_poll:
      return "waitable-set.poll";
    case Builtin::waitable_set_drop:
      return "waitable-set.drop";
    case Builtin::waitable_join:
      return "waitable.join";
    case Builtin::thread_index:
      return "thread.index";
    case Builtin::thread_new_indirect:
      return "thread.new-indirect";
    case Builtin::thread_resume_later:
      return "thread.resume-later";
    case Builtin::thread_suspend:
      return "thread.suspend";
    case Builtin::thread_suspend_then_resume:
      return "thread.suspend-then-resume";
    case Builtin::thread_yield_then_resume:
      return "thread.yield-then-resume";
    case Builtin::thread_suspend_then_promote:
      return "thread.suspend-then-promote";
    case Builtin::thread_yield_then_promote:
      return "thread.yield-then-promote";
  }
  return "?";
}

}  // namespace weir::component
