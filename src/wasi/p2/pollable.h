#pragma once

#include <memory>
#include <optional>

#include "component/host/resource.h"
#include "util/executor.h"
#include "wasi/p2/children.h"

namespace weir::wasi::p2 {

// Something that a guest can wait for: a stream, a timer, a future.
class PollSource : public Parent {
 public:
  // Whether whoever waits should look now.
  virtual bool ready() = 0;
  // Wakes `waiter` when `ready` may have become true. Called when it is not; may wake at once.
  virtual void watch(Waiter& waiter) = 0;

  // As `watch`, by a node of this source's own: one waiter can wait for many sources so.
  void watch_for(Waiter& waiter);
  void stop_watching() { relay_.reset(); }

 private:
  class Relay final : public Waiter {
   public:
    explicit Relay(Waiter& target) : Waiter(target.executor()), target_(target) {}
    ~Relay() override { cancel(); }
    void fire() override { target_.wake(); }

   private:
    Waiter& target_;
  };
  std::optional<Relay> relay_;
};

namespace io_poll {

// wasi:io/poll.pollable. A child of what it was made from, or the owner of a source that nothing
// else needs.
class Pollable final : public component::HostResource, public Child {
 public:
  explicit Pollable(PollSource& source) : Child(&source) {}
  explicit Pollable(std::unique_ptr<PollSource> source)
      : Child(nullptr), owned_(std::move(source)) {}

  // Null when what it was made from is gone: then it is ready for good.
  PollSource* source() const { return owned_ ? owned_.get() : static_cast<PollSource*>(parent()); }
  bool ready() const {
    PollSource* polled = source();
    return !polled || polled->ready();
  }

 private:
  std::unique_ptr<PollSource> owned_;
};

}  // namespace io_poll

// A source that is always ready.
class ReadySource final : public PollSource {
 public:
  bool ready() override { return true; }
  void watch(Waiter& waiter) override { waiter.wake(); }
};

}  // namespace weir::wasi::p2
