// canon thread.* beside thread.yield
#include "component/async/builtins.h"

namespace weir::component {

engine::HostFn thread_builtin(Builtin) { return nullptr; }

}  // namespace weir::component
