#pragma once

#include "component/plan.h"
#include "engine/host_func.h"

namespace weir::component {

// What the engine calls for a built-in of asynchronous components; null if there is none.
engine::HostFn async_builtin(Builtin kind);
engine::HostFn task_builtin(Builtin kind);
engine::HostFn waitable_builtin(Builtin kind);
engine::HostFn stream_builtin(Builtin kind);
engine::HostFn thread_builtin(Builtin kind);

}  // namespace weir::component
