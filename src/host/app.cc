#include "host/app.h"

#include <algorithm>

#include "component/summary.h"
#include "host/capacity.h"
#include "wasi/p2/incoming_handler.h"
#include "wasi/p2/link.h"

namespace weir::host {

Result<std::shared_ptr<const App>> App::make(engine::Engine& engine,
                                             std::shared_ptr<const component::Component> component,
                                             AppOptions options, Log& log) {
  std::shared_ptr<App> app(new App(engine, std::move(options), log));
  wasi::p2::link(app->linker_);
  app->linked_ = WEIR_TRY(
      component::Linked::link(engine, std::move(component), app->linker_, app->options_.link));
  auto handle = wasi::p2::find_incoming_handler(app->linked_->plan());
  if (!handle) return Err(Error{std::string(kNoHandler)});
  app->handle_ = *handle;
  component::Demand demand =
      component::demand_of(app->linked_->plan(), app->linked_->component().decoded());
  uint32_t pool = engine.facts().max_instances;
  WEIR_TRY(check_demand(demand, app->options_.memory_limit, engine.config(), pool));
  uint32_t places = pool_capacity(demand, engine.config(), pool);
  // Requests come first; but where there are fewer places than they were promised, some are better
  // used over and over.
  const AppOptions& wanted = app->options_;
  uint32_t spare = places < wanted.max_requests ? places / 16 : places - wanted.max_requests;
  app->idle_capacity_ = std::min(wanted.max_idle, spare);
  app->capacity_ = std::min(wanted.max_requests, places - app->idle_capacity_);
  return std::shared_ptr<const App>(std::move(app));
}

}  // namespace weir::host
