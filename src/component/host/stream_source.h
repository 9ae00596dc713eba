#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "component/async/host_end.h"
#include "component/host/abi.h"
#include "component/host/stream_sink.h"

// The host's writing end of a stream. The guest pulls: nothing is asked of the host before somebody
// reads, and what it gives goes straight to where the guest wants it.
namespace weir::component {

void source_ready(Channel& channel);
void end_source(Channel& channel);

// What sources of every kind of element share. It belongs to the stream, and is destroyed when the
// reader drops its end or the instance is over; so what it wakes must forget it. Used on the
// instance's thread.
template <class T>
class StreamSourceBase : public HostSource {
 public:
  // Elements that can be given now. Asked whenever somebody wants some: the time to fetch more.
  // While it is 0 the reader waits, until `ready`.
  virtual uint32_t available() = 0;

 protected:
  // Something has become available. May give it to a reader at once.
  void ready() {
    if (channel_) source_ready(*channel_);
  }
  // There will be nothing more, and what was not taken is lost. The reader learns that the stream
  // has ended. Nothing of it is called any more; it is destroyed when the reader is gone.
  void end() {
    if (channel_) end_source(*channel_);
  }

 private:
  uint32_t offer() final { return available(); }
};

// A source of bytes or other numbers: writes them where they belong.
template <class T>
class StreamSource : public StreamSourceBase<T> {
  static_assert(is_number_type<T>);

 protected:
  // Fills `room`, which is no longer than what was available, and is memory of the guest: good
  // until this returns. Must not call into guests.
  virtual void fill(std::span<T> room) = 0;

 private:
  void give(AbiContext&, uint8_t* at, uint32_t count) final {
    fill({reinterpret_cast<T*>(at), count});
  }
  std::unique_ptr<HeldBack> hold_back(uint32_t) final { return nullptr; }
  void pass_on(HostSink& to, uint32_t count) final {
    std::vector<T> elements(count);
    fill(elements);
    static_cast<StreamSink<T>&>(to).pass(elements);
  }
  void give_units(uint32_t) final {}
};

// A source of values of other types.
template <class T>
  requires(!is_number_type<T> && !std::is_same_v<T, NoPayload>)
class StreamSource<T> : public StreamSourceBase<T> {
 protected:
  // The next element; called no more often than there are available.
  virtual T next() = 0;

 private:
  std::vector<T> take(uint32_t count) {
    std::vector<T> values;
    values.reserve(count);
    for (uint32_t i = 0; i < count; ++i) values.push_back(next());
    return values;
  }
  void give(AbiContext& to, uint8_t* at, uint32_t count) final {
    for (uint32_t i = 0; i < count && to.ok(); ++i, at += Abi<T>::size) {
      T value = next();
      Abi<T>::lower(to, value, at);
    }
  }
  std::unique_ptr<HeldBack> hold_back(uint32_t count) final {
    return std::make_unique<HeldElements<T>>(take(count));
  }
  void pass_on(HostSink& to, uint32_t count) final {
    std::vector<T> values = take(count);
    static_cast<StreamSink<T>&>(to).pass(values);
  }
  void give_units(uint32_t) final {}
};

// A source of a stream without an element type.
template <>
class StreamSource<NoPayload> : public StreamSourceBase<NoPayload> {
 protected:
  // So many were taken.
  virtual void taken(uint32_t count) = 0;

 private:
  void give(AbiContext&, uint8_t*, uint32_t) final {}
  std::unique_ptr<HeldBack> hold_back(uint32_t) final { return nullptr; }
  void pass_on(HostSink& to, uint32_t count) final {
    taken(count);
    to.take_units(count);
  }
  void give_units(uint32_t count) final { taken(count); }
};

}  // namespace weir::component
