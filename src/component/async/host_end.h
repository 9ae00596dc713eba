#pragma once

#include "component/async/copy_party.h"

namespace weir::component {

class Channel;
class HostSink;

// The host's writing end of a stream or future; what it does that no type matters for. Belongs to
// its channel. See `StreamSource` and `FutureWriter`.
class HostSource : public CopyParty {
 public:
  HostSource() = default;
  HostSource(const HostSource&) = delete;
  HostSource& operator=(const HostSource&) = delete;
  virtual ~HostSource();

  void set_channel(Channel& channel) { channel_ = &channel; }
  // Learns how many elements can be given now. The guest that reads waits for more than none.
  uint32_t pull() { return offered_ = offer(); }

  // Give the next `count` elements, at most what was offered: to guest memory; to be lowered later;
  // to an end of the host; or, where they have no type, just so.
  virtual void give(AbiContext& to, uint8_t* at, uint32_t count) = 0;
  virtual std::unique_ptr<HeldBack> hold_back(uint32_t count) = 0;
  virtual void pass_on(HostSink& to, uint32_t count) = 0;
  virtual void give_units(uint32_t count) = 0;

  uint32_t remain() const final { return offered_; }
  bool zero_length() const final { return false; }
  void advance(uint32_t count) final { offered_ -= count; }
  void on_copy() final {}
  void on_copy_done(CopyResult) final {}

 protected:
  virtual uint32_t offer() = 0;
  Channel* channel_ = nullptr;

 private:
  uint32_t offered_ = 0;
};

// The host's reading end of a stream or future. See `StreamSink` and `FutureSink`.
class HostSink : public CopyParty {
 public:
  HostSink() = default;
  HostSink(const HostSink&) = delete;
  HostSink& operator=(const HostSink&) = delete;

  // Take `count` elements: from guest memory, or, where they have no type, just so.
  virtual void take(AbiContext& from, const uint8_t* at, uint32_t count) = 0;
  virtual void take_units(uint32_t count) = 0;
  // Nothing more will come. `failed`: because the instance has ended.
  virtual void over(bool failed) = 0;

  uint32_t remain() const final { return demand_; }
  bool zero_length() const final { return false; }
  void advance(uint32_t) final {}
  void on_copy() final;
  void on_copy_done(CopyResult result) final;

 protected:
  // Lets go of the stream.
  virtual ~HostSink();
  // Takes the end over, whose channel may be over already.
  void connect(std::shared_ptr<Channel> channel);
  // Wants so many from now on.
  void demand(uint32_t count);
  void set_demand(uint32_t count) { demand_ = count; }
  void disconnect();
  bool connected() const { return channel_ != nullptr; }

 private:
  std::shared_ptr<Channel> channel_;
  uint32_t demand_ = 0;
};

}  // namespace weir::component
