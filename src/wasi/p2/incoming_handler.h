#pragma once

#include <optional>

#include "component/linked.h"
#include "http/message.h"
#include "wasi/context.h"
#include "wasi/p2/http/response_receiver.h"

namespace weir::component {
class Instance;
}

namespace weir::wasi::p2 {

// `wasi:http/incoming-handler.handle` of a component, of any WASI 0.2.x; none if it exports none.
std::optional<component::ExportId> find_incoming_handler(const component::Plan& plan);

// In a job of `instance`, whose state is a `wasi::Guest` with `context`: lets the guest handle
// `request`. The answer goes to `receiver` as soon as the guest sets it, while it still runs; its
// body fails if the guest ends without finishing it. Returns when the guest does;
// `receiver.answered()` says then whether it ever answered. `receiver` may die earlier.
component::OrTrap<void> call_incoming_handler(component::Instance& instance,
                                              component::ExportId handle, const Context& context,
                                              http::Request request, ResponseReceiver& receiver);

}  // namespace weir::wasi::p2
