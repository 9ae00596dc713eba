#include "host/loop_state.h"

#include "host/guest_run.h"

namespace weir::host {

namespace {

constexpr uint64_t kRest = 1'000'000'000;

}  // namespace

LoopState::LoopState(const App& app, io::Loop& loop)
    : app_(app),
      loop_(loop),
      clocks_(loop),
      most_idle_(app.options().max_idle_of_loop),
      rest_alarm_(*this) {
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
  busy_ = true;
  if (!rest_alarm_.armed() && app_.options().at_rest) {
    rest_alarm_.arm(loop_, loop_.now() + kRest);
    busy_ = false;
  }
}

void LoopState::on_rest() {
  if (std::exchange(busy_, false))
    rest_alarm_.arm(loop_, loop_.now() + kRest);
  else
    app_.options().at_rest();
}

std::unique_ptr<component::Instance> LoopState::take_instance(wasi::Guest* state) {
  if (!idle_.empty()) {
    std::unique_ptr<component::Instance> instance = std::move(idle_.back());
    idle_.pop_back();
    instance->set_state(state);
    return instance;
  }
  return std::make_unique<component::Instance>(
      app_.engine(), app_.linked(),
      component::InstanceOptions{.executor = loop_,
                                 .state = state,
                                 .memory_limit = app_.options().memory_limit,
                                 .cpu_limit_ns = app_.options().cpu_limit_ns});
}

void LoopState::give_instance(std::unique_ptr<component::Instance> instance) {
  if (idle_.size() == idle_places_) {
    if (idle_places_ >= most_idle_) return;
    if (!app_.take_idle_place()) {
      // There will never be another: nobody gives one back.
      most_idle_ = idle_places_;
      return;
    }
    ++idle_places_;
  }
  if (instance->renew()) idle_.push_back(std::move(instance));
}

}  // namespace weir::host
