#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "component/async/host_end.h"
#include "component/host/abi.h"
#include "component/host/stream.h"

// The host's reading end of a stream. The host pulls: a guest that writes waits until the host
// wants something.
namespace weir::component {

// What sinks of every kind of element share. The host owns it; destroying it drops the end, which
// the writer learns. Used on the instance's thread.
template <class T>
class StreamSinkBase : public HostSink {
 public:
  // Reads from `stream` from now on. It may be over already.
  void open(StreamReader<T> stream) { connect(stream.release()); }
  // Wants up to `count` elements from now on; 0: none before it is called again. What has been
  // written already comes before this returns.
  void want(uint32_t count) { demand(count); }
  // Drops the end. Nothing more comes.
  void close() { disconnect(); }

 protected:
  // The stream is over: its writer has dropped its end, or, if `failed`, the instance has ended
  // before it did. Last call.
  virtual void ended(bool failed) = 0;

 private:
  void over(bool failed) final { ended(failed); }
};

// A sink of bytes or other numbers.
template <class T>
class StreamSink : public StreamSinkBase<T> {
  static_assert(is_number_type<T>);

 public:
  void pass(std::span<const T> elements) { this->set_demand(receive(elements)); }

 protected:
  // Takes all of `elements`, which are no more than it wanted, and lie in memory of the guest: good
  // until this returns. Answers how many more it wants now. Must not call into guests, and may
  // close the stream but not destroy itself.
  virtual uint32_t receive(std::span<const T> elements) = 0;

 private:
  void take(AbiContext&, const uint8_t* at, uint32_t count) final {
    pass({reinterpret_cast<const T*>(at), count});
  }
  void take_units(uint32_t) final {}
};

// A sink of values of other types.
template <class T>
  requires(!is_number_type<T> && !std::is_same_v<T, NoPayload>)
class StreamSink<T> : public StreamSinkBase<T> {
 public:
  void pass(std::span<T> values) { this->set_demand(receive(values)); }

 protected:
  // The same; the values are its own to move.
  virtual uint32_t receive(std::span<T> values) = 0;

 private:
  void take(AbiContext& from, const uint8_t* at, uint32_t count) final {
    std::vector<T> values;
    if (!from.charge(uint64_t{count} * sizeof(T))) return;
    values.reserve(count);
    for (uint32_t i = 0; i < count && from.ok(); ++i, at += Abi<T>::size) {
      values.push_back(Abi<T>::lift(from, at));
    }
    if (from.ok()) pass(values);
  }
  void take_units(uint32_t) final {}
};

// A sink of a stream without an element type.
template <>
class StreamSink<NoPayload> : public StreamSinkBase<NoPayload> {
 protected:
  // So many were written. Answers how many more it wants now.
  virtual uint32_t receive(uint32_t count) = 0;

 private:
  void take(AbiContext&, const uint8_t*, uint32_t) final {}
  void take_units(uint32_t count) final { set_demand(receive(count)); }
};

}  // namespace weir::component
