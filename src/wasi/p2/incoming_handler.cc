#include "wasi/p2/incoming_handler.h"

#include "component/exports.h"
#include "component/instance.h"
#include "wasi/p2/http/incoming.h"

namespace weir::wasi::p2 {

std::optional<component::ExportId> find_incoming_handler(const component::Plan& plan) {
  return component::find_export(plan, "wasi:http/incoming-handler@0.2.12", "handle");
}

component::OrTrap<void> call_incoming_handler(component::Instance& instance,
                                              component::ExportId handle, const Context& context,
                                              http::Request request, ResponseReceiver& receiver) {
  return instance.call<void>(
      handle,
      std::make_unique<http_types::IncomingRequest>(std::move(request), context.grants.field_rules,
                                                    context.grants.limits.budget),
      std::make_unique<http_types::ResponseOutparam>(receiver));
}

}  // namespace weir::wasi::p2
