#pragma once

#include <memory>
#include <optional>

#include "component/async/copy_party.h"
#include "component/async/host_tie.h"
#include "component/types.h"

namespace weir::component {

class HostSink;
class HostSource;

// What both ends of a stream or future share: a place to meet, without a buffer (definitions.py,
// `SharedStreamImpl` and `SharedFutureImpl`). Whoever comes first waits in it. An end of a guest is
// a `CopyEnd`; the host's are a `HostSource` and a `HostSink`.
class Channel final : public std::enable_shared_from_this<Channel>, private HostTie {
 public:
  // `element` is absent for `stream` and `future` alone.
  Channel(Instance& root, bool future, std::optional<ValType> element);
  // One that the host writes to; it belongs to no instance before it is first given to one.
  Channel(bool future, std::unique_ptr<HostSource> source);
  // Both ends are gone by now.
  ~Channel();

  bool future() const { return future_; }
  const std::optional<ValType>& element() const { return element_; }
  bool dropped() const { return dropped_; }
  // Because the instance has ended, or a promised value will not come.
  bool failed() const { return failed_; }

  // Each completes, at once or later, by `on_copy_done`. The trap is some guest's fault.
  Trap read(CopyParty& to);
  Trap write(CopyParty& from);
  // Ends the operation that waits; it is the caller's.
  void cancel();
  // One end is gone.
  void drop();
  bool is_pending(const CopyParty& party) const { return pending_ == &party; }
  // What waits has heard of what crossed, and waits no longer.
  void reclaim(const CopyParty& party) {
    if (pending_ == &party) pending_ = nullptr;
  }

  // What follows is for the ends of the host.

  // Null if the host does not write to it, or nobody reads any more.
  HostSource* source() const { return source_.get(); }
  // The host holds an end of it now. False if it is of another instance, or has failed.
  bool attach(Instance& root, std::optional<ValType> element);
  // The host has passed its end on to a guest.
  void detach();
  void set_sink(HostSink* sink) { sink_ = sink; }
  // The source has something to give; the sink wants something.
  void source_ready();
  void sink_wants();
  // The source will give nothing more. It lives on until the reader is gone.
  void end_source();
  // A future of the host that will get no value: the guest that waits for it cannot go on.
  void break_promise();

 private:
  // While one lives the source does, though its reader may go.
  class Busy {
   public:
    explicit Busy(Channel& channel) : channel_(channel) { ++channel.busy_; }
    ~Busy() {
      if (--channel_.busy_ == 0 && channel_.doomed_) channel_.destroy_source();
    }

   private:
    Channel& channel_;
  };

  Trap copy(CopyParty& from, CopyParty& to, uint32_t count);
  Trap copy_between_guests(GuestBuffer& from, CopyParty& to, uint32_t count);
  Trap take(GuestBuffer& from, CopyParty& to, uint32_t count);
  Trap give(CopyParty& from, CopyParty& to, uint32_t count);
  // Whether elements can be lowered to `guest` now: those with strings run code of it.
  bool may_lower(const GuestBuffer& guest) const;
  // The rule that one instance may not do both, but for numbers.
  Trap check_instances(CopyParty& one, CopyParty& other) const;
  void notify_pending(CopyResult result);
  // Some has crossed to or from who was waiting.
  void end_copy(CopyParty& waiting);
  void destroy_source();
  void abandon() override;
  // After the host did something off the guests' stacks.
  void settle(Trap trap);

  Instance* root_ = nullptr;
  bool future_;
  bool dropped_ = false;
  bool failed_ = false;
  uint32_t busy_ = 0;
  std::optional<ValType> element_;
  CopyParty* pending_ = nullptr;
  std::unique_ptr<HostSource> source_;
  std::unique_ptr<HostSource> doomed_;
  HostSink* sink_ = nullptr;
};

}  // namespace weir::component
