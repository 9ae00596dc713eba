#include "host/component_handler.h"

#include "host/guest_run.h"
#include "io/wakeup.h"

namespace weir::host {
namespace {

// A guest that ends with the task that waits for its answer.
class Owned {
 public:
  explicit Owned(wasi::Ref<GuestRun> run) : run_(std::move(run)) {}
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  ~Owned() {
    if (run_) run_->abandon();
  }
  GuestRun& operator*() { return *run_; }
  GuestRun* operator->() { return run_.get(); }
  wasi::Ref<GuestRun> let_go() { return std::move(run_); }

 private:
  wasi::Ref<GuestRun> run_;
};

}  // namespace

ComponentHandler::ComponentHandler(std::shared_ptr<const App> app, io::Loop& loop)
    : app_(std::move(app)), state_(*app_, loop) {}

ComponentHandler::~ComponentHandler() = default;

io::Task<Result<http::Response, http::ErrorCode>> ComponentHandler::handle(
    http::Request request, http::Exchange& exchange) {
  io::Wakeup answered(state_.loop());
  Owned run(wasi::make_ref<GuestRun>(*app_, state_, exchange, std::move(request)));
  run->start(answered);
  while (!run->has_answer()) co_await answered;
  auto answer = run->take_answer();
  (void)run.let_go();
  co_return std::move(answer);
}

}  // namespace weir::host
