#include "host/component_handler.h"

#include "host/guest_run.h"
#include "io/timer.h"
#include "io/wakeup.h"

namespace weir::host {
namespace {

// Wakes a waiter when time is up.
class Alarm final : public io::Timer {
 public:
  explicit Alarm(Waiter& waiter) : waiter_(waiter) {}
  bool over = false;

 private:
  void expired() override {
    over = true;
    waiter_.wake();
  }
  Waiter& waiter_;
};

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
  const AppOptions& options = app_->options();
  if (!app_->admission().try_enter()) {
    io::Wakeup wake(state_.loop());
    Alarm alarm(wake);
    Admission::Ticket ticket(app_->admission(), state_.bell(), wake);
    if (ticket.queued()) alarm.arm(state_.loop(), state_.loop().now() + options.max_wait_ns);
    bool entered = ticket.claim();
    while (!entered && ticket.queued() && !alarm.over) {
      co_await wake;
      entered = ticket.claim();
    }
    if (!entered) {
      exchange.annotations().outcome = http::Outcome::refused;
      http::Response busy;
      busy.status = 503;
      busy.fields.append("retry-after", "1");
      busy.fields.append("content-type", "text/plain");
      busy.body = http::bytes_body(Bytes::borrow_static("503 Service Unavailable\n"));
      co_return std::move(busy);
    }
  }
  io::Wakeup answered(state_.loop());
  Owned run(wasi::make_ref<GuestRun>(*app_, state_, exchange, std::move(request)));
  run->start(answered);
  while (!run->has_answer()) co_await answered;
  auto answer = run->take_answer();
  (void)run.let_go();
  co_return std::move(answer);
}

}  // namespace weir::host
