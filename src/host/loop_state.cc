#include "host/loop_state.h"

#include "host/guest_run.h"

namespace weir::host {

LoopState::LoopState(const App& app, io::Loop& loop) : loop_(loop), clocks_(loop) {
  if (app.options().outgoing) outgoing_ = app.options().outgoing(loop);
}

LoopState::~LoopState() {
  while (first_) {
    wasi::Ref<GuestRun> run(first_);
    run->release();
    run->cancel(http::CancelReason::drain);
    if (first_ == run.get()) remove(*run);
  }
}

void LoopState::add(GuestRun& run) {
  run.next_ = first_;
  if (first_) first_->previous_ = &run;
  first_ = &run;
}

void LoopState::remove(GuestRun& run) {
  if (run.previous_)
    run.previous_->next_ = run.next_;
  else
    first_ = run.next_;
  if (run.next_) run.next_->previous_ = run.previous_;
  run.next_ = run.previous_ = nullptr;
}

}  // namespace weir::host
