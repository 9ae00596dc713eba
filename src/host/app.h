#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>

#include "component/linked.h"
#include "engine/engine.h"
#include "host/guest_output.h"
#include "http/handler.h"
#include "io/loop.h"
#include "util/log.h"
#include "util/result.h"
#include "wasi/context.h"

namespace weir::host {

// How many reset instances each loop keeps, where nothing else is said.
inline constexpr unsigned kIdleOfLoop = 32;

// What the guests of an application may see, do and use.
struct AppOptions {
  component::LinkOptions link;
  wasi::Grants grants;
  // Bytes of linear memory of one request's guests together.
  uint64_t memory_limit = 128ull << 20;
  // Nanoseconds of CPU of one request's guests; 0 for no limit.
  uint64_t cpu_limit_ns = 10'000'000'000;
  // Requests that guests work on at a time, on all loops together. Who feeds the handlers keeps to
  // `App::capacity`; what comes beyond it, and finds no room in the engine's pool, is answered 503.
  unsigned max_requests = 1000;
  // Instances whose request is over that wait, reset, for the next one: on each loop, and on all
  // together. The engine's pool has the latter besides those of `max_requests`.
  unsigned max_idle_of_loop = kIdleOfLoop;
  unsigned max_idle = 0;
  // Null: what guests print is dropped. Outlives the application.
  GuestOutput* output = nullptr;
  // Makes the handler that answers the guests' own requests, one a loop; empty: all are denied.
  std::function<std::unique_ptr<http::Handler>(io::Loop&)> outgoing;
  // Called on the thread of a loop where no guest has ended for a second after others did: what
  // they had can be given back now. May be empty.
  std::function<void()> at_rest;
};

// A component that can answer requests: loaded, linked with the host's interfaces. Immutable,
// shared by threads; outlives the handlers made of it.
class App {
 public:
  // The error names what is missing and the step that helps. `engine` and `log` outlive it.
  static Result<std::shared_ptr<const App>> make(
      engine::Engine& engine, std::shared_ptr<const component::Component> component,
      AppOptions options, Log& log);

  engine::Engine& engine() const { return engine_; }
  const component::Linked& linked() const { return *linked_; }
  const AppOptions& options() const { return options_; }
  component::ExportId handle() const { return handle_; }
  // How many reset instances may wait, on all loops together.
  unsigned idle_capacity() const { return idle_capacity_; }
  // How many requests the engine's pool and the options let guests work on at a time.
  unsigned capacity() const { return capacity_; }
  // Takes one of the `idle_capacity`, for good; false when there is none left. Any thread.
  bool take_idle_place() const {
    return idle_places_.fetch_add(1, std::memory_order_relaxed) < idle_capacity_;
  }
  Log& log() const { return log_; }

 private:
  App(engine::Engine& engine, AppOptions options, Log& log)
      : engine_(engine), options_(std::move(options)), log_(log) {}

  engine::Engine& engine_;
  AppOptions options_;
  Log& log_;
  component::Linker linker_;
  std::shared_ptr<const component::Linked> linked_;
  component::ExportId handle_;
  unsigned capacity_ = 0, idle_capacity_ = 0;
  mutable std::atomic<unsigned> idle_places_ = 0;
};

// The error of a component that answers no requests.
inline constexpr std::string_view kNoHandler =
    "the component exports no wasi:http/incoming-handler@0.2, so it cannot answer requests; "
    "`weir inspect` shows what it exports";

}  // namespace weir::host
