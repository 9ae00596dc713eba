#pragma once

#include <memory>
#include <optional>

#include "component/instance.h"
#include "host/app.h"
#include "host/guest_exchange.h"
#include "host/loop_state.h"
#include "wasi/guest.h"
#include "wasi/p2/http/response_receiver.h"
#include "wasi/ref.h"

namespace weir::host {

// One request's guest, from its instantiation until it returns, which may be after its answer has
// been sent. Held by whoever waits for the answer, by the answer's body, and by itself while it
// runs.
class GuestRun final : public wasi::RefCounted,
                       private component::Job,
                       private wasi::p2::ResponseReceiver {
 public:
  // `app` and `state` outlive it.
  GuestRun(const App& app, LoopState& state, http::Exchange& exchange, http::Request request);
  ~GuestRun() override;

  // Runs the guest until it first waits. `answered` is woken once there is an answer.
  void start(Waiter& answered);
  bool has_answer() const { return answer_.has_value(); }
  // What the guest answered, or what its end comes to. Taken once.
  Result<http::Response, http::ErrorCode> take_answer();

  // Nobody wants the answer any more, or the rest of it.
  void cancel(http::CancelReason reason);
  // The task that waited for the answer is gone: ends the guest for the reason that the exchange
  // has.
  void abandon();
  // The exchange is over; the guest may go on.
  void release() { exchange_.detach(instance_ != nullptr); }

 private:
  friend class LoopState;
  class AnswerBody;
  // One of the guest's standard streams, opened when the guest first writes.
  class Sink final : public wasi::OutputSink {
   public:
    Sink(const GuestRun& run, GuestOutput::Stream stream) : run_(run), stream_(stream) {}
    void write(std::span<const uint8_t> bytes) override;

   private:
    const GuestRun& run_;
    const GuestOutput::Stream stream_;
    std::unique_ptr<wasi::OutputSink> sink_;
  };

  component::OrTrap<void> run(component::Instance& instance) override;
  void done(component::Trap trap) override;
  void respond(Result<http::Response, http::ErrorCode> response) override;
  void inform(http::Informational response) override;
  void answer(Result<http::Response, http::ErrorCode> response);
  // The answer to a request whose guest ended without one.
  http::Response failure(const component::Trap& trap);
  void annotate();
  // The body of the answer failed: says so, unless the end of the guest has explained it.
  void cut_off(const http::ErrorCode& code);

  const App& app_;
  LoopState& state_;
  GuestExchange exchange_;
  http::Request request_;
  Sink output_, errors_;
  wasi::Guest guest_;
  // Gone once the guest has ended, so that what it left unfinished fails at once.
  std::unique_ptr<component::Instance> instance_;
  const uint64_t made_at_;
  // From nothing to the call of the guest's export, its start functions included.
  uint64_t instantiation_ns_ = 0;
  uint64_t cpu_ns_ = 0;
  Waiter* answered_ = nullptr;
  std::optional<Result<http::Response, http::ErrorCode>> answer_;
  bool taken_ = false;
  // Whether the log says why the guest did not finish.
  bool explained_ = false;
  wasi::Ref<GuestRun> self_;
  // The loop's list of runs.
  GuestRun* next_ = nullptr;
  GuestRun* previous_ = nullptr;
};

}  // namespace weir::host
