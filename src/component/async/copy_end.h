#pragma once

#include <vector>

#include "component/async/channel.h"
#include "component/async/pooled.h"
#include "component/async/waitable.h"

namespace weir::component {

// One end of a stream or future in the handle table of a component instance (CanonicalABI.md,
// "Stream State").
class CopyEnd final : public Waitable, public CopyParty, public Pooled<CopyEnd> {
 public:
  enum class State : uint8_t { idle, copying, cancelling, done };
  static bool is(Kind kind) {
    return kind == Kind::readable_stream || kind == Kind::writable_stream ||
           kind == Kind::readable_future || kind == Kind::writable_future;
  }

  CopyEnd(Scheduler& scheduler, std::shared_ptr<Channel> channel, bool reads);
  // Tells the other end, unless the channel was taken.
  ~CopyEnd() override;

  bool reads() const { return reads_; }
  bool future() const { return channel_->future(); }
  State state() const { return state_; }
  Channel& channel() const { return *channel_; }
  // It is passed on: this end is over, and the channel goes on.
  std::shared_ptr<Channel> take_channel() { return std::move(channel_); }
  // Why a new operation would be a fault of the guest; null if it is not.
  const char* busy() const;

  // Begins to read or write `buffer`.
  Trap copy(const GuestBuffer& buffer);
  void begin_cancel();

  GuestBuffer* guest() override { return &buffer_; }
  uint32_t remain() const override { return buffer_.length - buffer_.progress; }
  bool zero_length() const override { return buffer_.length == 0; }
  void advance(uint32_t count) override { buffer_.progress += count; }
  void on_copy() override;
  void on_copy_done(CopyResult result) override;
  void keep(std::unique_ptr<HeldBack> elements, uint32_t count) override;

 private:
  struct Kept {
    std::unique_ptr<HeldBack> elements;
    uint32_t count;
    // Where they belong.
    uint32_t address;
  };

  OrTrap<Event> deliver() override;
  Trap lower_kept();
  ComponentInstance& instance() const { return *buffer_.instance; }

  std::shared_ptr<Channel> channel_;
  bool reads_;
  State state_ = State::idle;
  GuestBuffer buffer_;
  CopyResult result_ = CopyResult::completed;
  std::vector<Kept> kept_;
  // The channel has still to forget the buffer.
  bool reclaim_ = false;
};

// Takes the readable end at `index` out of the context's instance to pass it on, as lifting does;
// null, with a trap, if it may not be.
std::shared_ptr<Channel> lift_channel(AbiContext& from, bool future,
                                      const std::optional<ValType>& element, uint32_t index);
// Gives the context's instance the readable end. 0, with a trap, if it has too many handles.
uint32_t lower_channel(AbiContext& to, std::shared_ptr<Channel> channel);

}  // namespace weir::component
