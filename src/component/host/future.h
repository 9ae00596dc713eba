#pragma once

#include <optional>

#include "component/async/host_end.h"
#include "component/host/stream.h"
#include "component/host/stream_source.h"

// The host's ends of futures.
namespace weir::component {

void break_promise(Channel& channel);
HostSource* source_of(Channel& channel);

// The reading end of the host. The host owns it; destroying it drops the end. Used on the
// instance's thread.
template <class T>
class FutureSink : public HostSink {
 public:
  // Wants the value, which may be there before this returns.
  void open(FutureReader<T> future) {
    connect(future.release());
    if (connected()) demand(1);
  }
  void close() { disconnect(); }
  void pass(T value) {
    set_demand(0);
    received(std::move(value));
  }

 protected:
  // Must not call into guests, and may not destroy itself.
  virtual void received(T value) = 0;
  // It will never come: the instance has ended. Last call.
  virtual void failed() = 0;

 private:
  void take(AbiContext& from, const uint8_t* at, uint32_t) final {
    T value = Abi<T>::lift(from, at);
    if (from.ok()) pass(std::move(value));
  }
  void take_units(uint32_t) final {
    if constexpr (std::is_same_v<T, NoPayload>) pass({});
  }
  void over(bool) final {
    if (remain() != 0) failed();
  }
};

// What a future of the host gives, once it has it.
template <class T>
class FutureSource final : public HostSource {
 public:
  void set(T value) {
    value_ = std::move(value);
    source_ready(*channel_);
  }

 private:
  T take() { return *std::exchange(value_, std::nullopt); }
  uint32_t offer() override { return value_ ? 1 : 0; }
  void give(AbiContext& to, uint8_t* at, uint32_t) override {
    T value = take();
    Abi<T>::lower(to, value, at);
  }
  std::unique_ptr<HeldBack> hold_back(uint32_t) override {
    std::vector<T> values;
    values.push_back(take());
    return std::make_unique<HeldElements<T>>(std::move(values));
  }
  void pass_on(HostSink& to, uint32_t) override { static_cast<FutureSink<T>&>(to).pass(take()); }
  void give_units(uint32_t) override { value_.reset(); }

  std::optional<T> value_;
};

// The host's writable end of a future. Move-only. One that is destroyed before `set` ends the guest
// that waits for the value, since it could never go on.
template <class T>
class FutureWriter {
 public:
  FutureWriter() = default;
  explicit FutureWriter(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  FutureWriter(FutureWriter&& other) noexcept : channel_(std::move(other.channel_)) {}
  FutureWriter& operator=(FutureWriter&& other) noexcept {
    std::swap(channel_, other.channel_);
    return *this;
  }
  ~FutureWriter() {
    if (channel_) break_promise(*channel_);
  }

  // Until `set`.
  explicit operator bool() const { return channel_ != nullptr; }
  // Nobody will read it.
  bool reader_gone() const { return !channel_ || !source_of(*channel_); }
  // Once. A reader that waits for it has it before this returns, or when it runs next.
  void set(T value) {
    std::shared_ptr<Channel> channel = std::move(channel_);
    HostSource* source = source_of(*channel);
    if (source) static_cast<FutureSource<T>*>(source)->set(std::move(value));
  }

 private:
  std::shared_ptr<Channel> channel_;
};

// A new future that the host writes.
template <class T>
std::pair<FutureReader<T>, FutureWriter<T>> make_future() {
  std::shared_ptr<Channel> channel =
      HostReadableEnd::make(true, std::make_unique<FutureSource<T>>());
  return {FutureReader<T>(channel), FutureWriter<T>(channel)};
}

}  // namespace weir::component
