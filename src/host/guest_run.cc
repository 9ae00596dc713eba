#include "host/guest_run.h"

#include <string>
#include <utility>

#include "util/escape.h"
#include "wasi/p2/incoming_handler.h"

namespace weir::host {

using component::Trap;
using http::ErrorCode;
using http::Outcome;

// The body of a guest's answer: keeps the guest, and ends it when nobody reads any more.
class GuestRun::AnswerBody final : public http::Body {
 public:
  AnswerBody(http::BodyPtr body, wasi::Ref<GuestRun> run)
      : body_(std::move(body)), run_(std::move(run)) {}
  ~AnswerBody() override {
    body_.reset();
    run_->annotate();
    run_->release();
    if (!ended_) run_->cancel(http::CancelReason::client_gone);
  }
  Frame poll(size_t max, Waiter* waiter) override {
    Frame frame = body_->poll(max, waiter);
    note(frame);
    return frame;
  }
  size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter) override {
    size_t count = body_->poll_into(target, frame, waiter);
    note(frame);
    return count;
  }
  const ErrorCode* failure(Waiter* waiter) override {
    const ErrorCode* code = body_->failure(waiter);
    if (code && !ended_) run_->cut_off(*code);
    return code;
  }
  void abort(ErrorCode code) override {
    body_->abort(std::move(code));
    run_->cancel(http::CancelReason::client_gone);
    ended_ = true;
  }
  std::optional<uint64_t> length() const override { return body_->length(); }

 private:
  void note(const Frame& frame) {
    if (frame.state != State::end && frame.state != State::error) return;
    if (frame.state == State::error && !ended_) run_->cut_off(*frame.error);
    ended_ = true;
  }
  http::BodyPtr body_;
  wasi::Ref<GuestRun> run_;
  bool ended_ = false;
};

namespace {

Outcome outcome_of(const Trap& trap) {
  switch (trap.kind()) {
    case Trap::Kind::cpu_limit:
      return Outcome::cpu;
    case Trap::Kind::memory_limit:
      return Outcome::out_of_memory;
    case Trap::Kind::cancelled:
      return Outcome::cancelled;
    case Trap::Kind::pool_exhausted:
      return Outcome::refused;
    default:
      return Outcome::trap;
  }
}

http::Response plain(uint16_t status, std::string_view text) {
  http::Response response;
  response.status = status;
  response.fields.append("content-type", "text/plain");
  if (status == 503) response.fields.append("retry-after", "1");
  response.body = http::bytes_body(Bytes::borrow_static(text));
  return response;
}

}  // namespace

GuestRun::GuestRun(const App& app, LoopState& state, http::Exchange& exchange,
                   http::Request request)
    : ResponseReceiver(request.method == "HEAD"),
      app_(app),
      state_(state),
      exchange_(exchange),
      request_(std::move(request)),
      output_(*this, GuestOutput::Stream::standard_output),
      errors_(*this, GuestOutput::Stream::standard_error),
      guest_(wasi::Context{.executor = state.loop(),
                           .clocks = state.clocks(),
                           .random = state.random(),
                           .grants = app.options().grants,
                           .standard_output = app.options().output ? &output_ : nullptr,
                           .standard_error = app.options().output ? &errors_ : nullptr,
                           .outgoing = state.outgoing(),
                           .exchange = &exchange_}),
      made_at_(state.loop().precise_now()) {
  instance_ = state_.take_instance(&guest_);
  state_.add(*this);
}

GuestRun::~GuestRun() { WEIR_ASSERT(!instance_ || !instance_->running()); }

void GuestRun::Sink::write(std::span<const uint8_t> bytes) {
  if (!sink_) sink_ = run_.app_.options().output->open(stream_, run_.exchange_.request_id());
  sink_->write(bytes);
}

void GuestRun::start(Waiter& answered) {
  answered_ = &answered;
  self_ = wasi::Ref<GuestRun>(this);
  instance_->start(*this);
}

component::OrTrap<void> GuestRun::run(component::Instance& instance) {
  instantiation_ns_ = state_.loop().precise_now() - made_at_;
  return wasi::p2::call_incoming_handler(instance, app_.handle(), guest_.context,
                                         std::move(request_), *this);
}

void GuestRun::respond(Result<http::Response, ErrorCode> response) {
  if (response.ok() && response->status < 200) {
    app_.log().warning("[" + std::string(exchange_.request_id()) +
                       "] the guest answered with status " + std::to_string(response->status) +
                       ", which is not a final one");
    return answer(plain(500, "500 Internal Server Error\n"));
  }
  answer(std::move(response));
}

void GuestRun::inform(http::Informational response) { exchange_.inform(std::move(response)); }

void GuestRun::answer(Result<http::Response, ErrorCode> response) {
  if (answer_ || taken_) return;
  answer_.emplace(std::move(response));
  if (answered_) answered_->wake();
}

Result<http::Response, ErrorCode> GuestRun::take_answer() {
  taken_ = true;
  answered_ = nullptr;
  auto answer = std::move(*answer_);
  answer_.reset();
  annotate();
  if (answer.ok())
    answer->body = std::make_unique<AnswerBody>(std::move(answer->body), wasi::Ref<GuestRun>(this));
  else
    release();
  return answer;
}

void GuestRun::cancel(http::CancelReason reason) {
  answered_ = nullptr;
  if (!instance_ || !instance_->running()) return;
  wasi::Ref<GuestRun> keep(this);
  exchange_.cancel(reason);
  instance_->cancel();
}

void GuestRun::abandon() {
  http::CancelReason reason = http::CancelReason::client_gone;
  if (http::Exchange* served = exchange_.served()) reason = served->cancelled().value_or(reason);
  // What it has cost so far; why it ends, the exchange knows.
  annotate();
  release();
  if (reason == http::CancelReason::timeout && instance_ && instance_->running()) {
    explained_ = true;
    app_.log().error("[" + std::string(exchange_.request_id()) +
                     "] the guest was ended: it had not answered when its time was up");
  }
  cancel(reason);
}

void GuestRun::cut_off(const http::ErrorCode& code) {
  if (std::exchange(explained_, true)) return;
  app_.log().error("[" + std::string(exchange_.request_id()) +
                   "] the answer was cut off: " + escaped(code.describe()));
}

http::Response GuestRun::failure(const Trap& trap) {
  if (trap) {
    switch (trap.kind()) {
      case Trap::Kind::cpu_limit:
        return plain(504, "504 Gateway Timeout\n");
      case Trap::Kind::pool_exhausted:
        return plain(503, "503 Service Unavailable\n");
      default:
        break;
    }
  }
  return plain(500, "500 Internal Server Error\n");
}

void GuestRun::done(Trap trap) {
  wasi::Ref<GuestRun> keep = std::move(self_);
  auto who = [this] { return "[" + std::string(exchange_.request_id()) + "] "; };
  http::Annotations& notes = exchange_.annotations();
  if (trap) {
    notes.outcome = outcome_of(trap);
    if (trap.kind() == Trap::Kind::exit && (answered() || trap.status() == 0)) {
      // A wish to end after the answer is how some guests end.
      if (answered()) notes.outcome = Outcome::ok;
    } else if (trap.kind() != Trap::Kind::cancelled) {
      explained_ = true;
      std::string text = trap.describe();
      std::string line;
      for (size_t at = 0; at < text.size();) {
        size_t end = std::min(text.find('\n', at), text.size());
        line = who() + (at == 0 ? "the guest was ended: " : "    ");
        append_escaped(line, std::string_view(text).substr(at, end - at));
        app_.log().error(line);
        at = end + 1;
      }
    }
  }
  if (!answered()) {
    if (!trap || trap.kind() == Trap::Kind::exit) {
      notes.outcome = Outcome::trap;
      app_.log().error(who() +
                       "the guest ended without an answer: it never called "
                       "`response-outparam.set`");
    }
    answer(failure(trap));
  }
  cpu_ns_ = instance_->cpu_ns();
  state_.give_instance(std::move(instance_));
  exchange_.give_place_back();
  annotate();
  state_.remove(*this);
}

void GuestRun::annotate() {
  if (!exchange_.served()) return;
  http::Annotations& notes = exchange_.served()->annotations();
  notes.outcome = exchange_.annotations().outcome;
  notes.instantiation_ns = instantiation_ns_;
  notes.guest_cpu_ns = instance_ ? instance_->cpu_ns() : cpu_ns_;
}

}  // namespace weir::host
