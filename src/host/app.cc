#include "host/app.h"

#include "wasi/p2/incoming_handler.h"
#include "wasi/p2/link.h"

namespace weir::host {
namespace {

// The memories that the component's modules start with, against the limit.
Result<void> check_initial_memory(const component::Linked& linked, uint64_t limit) {
  constexpr uint64_t kPage = 64 << 10;
  uint64_t total = 0;
  const component::Plan& plan = linked.plan();
  for (uint32_t i = 0; i < plan.core_instances.size(); ++i)
    for (const engine::ExportType& item : linked.module(component::CoreInstanceId{i}).exports())
      if (item.type.kind == engine::ExternKind::memory) total += item.type.limits.min * kPage;
  if (total <= limit) return {};
  return Err(Error{"the component starts with " + std::to_string(total >> 20) +
                   " MiB of memory and --max-memory allows " + std::to_string(limit >> 20) +
                   " MiB; raise --max-memory"});
}

}  // namespace

Result<std::shared_ptr<const App>> App::make(engine::Engine& engine,
                                             std::shared_ptr<const component::Component> component,
                                             AppOptions options, Log& log) {
  std::shared_ptr<App> app(new App(engine, std::move(options), log));
  wasi::p2::link(app->linker_);
  app->linked_ = WEIR_TRY(
      component::Linked::link(engine, std::move(component), app->linker_, app->options_.link));
  auto handle = wasi::p2::find_incoming_handler(*app->linked_);
  if (!handle)
    return Err(
        "the component exports no wasi:http/incoming-handler@0.2, so it cannot answer requests; "
        "`weir inspect` shows what it exports");
  app->handle_ = *handle;
  WEIR_TRY(check_initial_memory(*app->linked_, app->options_.memory_limit));
  return std::shared_ptr<const App>(std::move(app));
}

}  // namespace weir::host
