#pragma once

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "component/async/copy_party.h"
#include "component/host/abi.h"

namespace weir::component {

class Channel;
class HostSource;
template <class T>
class StreamSource;

// Types whose values lie in a guest's memory as they do in the host's.
template <class T>
inline constexpr bool is_number_type =
    std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char32_t>;

// The readable end of a stream or future while the host holds it; what it does that no type matters
// for.
class HostReadableEnd {
 public:
  HostReadableEnd() = default;
  explicit HostReadableEnd(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  HostReadableEnd(HostReadableEnd&& other) noexcept : channel_(std::move(other.channel_)) {}
  HostReadableEnd& operator=(HostReadableEnd&& other) noexcept;
  // Drops the end.
  ~HostReadableEnd();

  explicit operator bool() const { return channel_ != nullptr; }
  std::shared_ptr<Channel> release() { return std::move(channel_); }

  static std::shared_ptr<Channel> make(bool future, std::unique_ptr<HostSource> source);
  static std::shared_ptr<Channel> lift(AbiContext& from, bool future, DescribeElement element,
                                       uint32_t index);
  static uint32_t lower(AbiContext& to, std::shared_ptr<Channel> channel, DescribeElement element);

 protected:
  HostSource* host_source() const;

 private:
  std::shared_ptr<Channel> channel_;
};

// `stream<T>` as host functions take and give it: its readable end. `StreamReader<NoPayload>` is
// `stream`. It may be read with a `StreamSink` or given on, unread or not, within one instance.
// Move-only; empty if moved from. An end that is destroyed is dropped.
template <class T>
class StreamReader : public HostReadableEnd {
 public:
  StreamReader() = default;
  explicit StreamReader(std::shared_ptr<Channel> channel) : HostReadableEnd(std::move(channel)) {}
  // A new stream that the host writes.
  template <class S>
    requires std::is_base_of_v<StreamSource<T>, S>
  explicit StreamReader(std::unique_ptr<S> source)
      : HostReadableEnd(make(false, std::move(source))) {}

  // What writes it, if that is the host and its reader is not gone, else null: so the host may
  // know its own when it comes back.
  StreamSource<T>* source() const { return static_cast<StreamSource<T>*>(host_source()); }
};

// `future<T>`: its readable end, see `StreamReader`.
template <class T>
class FutureReader : public HostReadableEnd {
 public:
  FutureReader() = default;
  explicit FutureReader(std::shared_ptr<Channel> channel) : HostReadableEnd(std::move(channel)) {}
};

// Values that wait to be lowered.
template <class T>
class HeldElements final : public HeldBack {
 public:
  explicit HeldElements(std::vector<T> values) : values_(std::move(values)) {}
  void lower(AbiContext& to, uint8_t* at) override {
    for (size_t i = 0; i < values_.size() && to.ok(); ++i) {
      Abi<T>::lower(to, values_[i], at + i * Abi<T>::size);
    }
  }

 private:
  std::vector<T> values_;
};

template <class End, class T, bool future>
struct ReadableEndAbi {
  static constexpr uint32_t size = 4, align = 4, flat_count = 1;
  static End take(AbiContext& c, uint32_t index) {
    return End(HostReadableEnd::lift(c, future, &describe_payload<T>, index));
  }
  static uint32_t give(AbiContext& c, End& end) {
    return HostReadableEnd::lower(c, end.release(), &describe_payload<T>);
  }
  static End lift(AbiContext& c, const uint8_t* at) { return take(c, load<uint32_t>(at)); }
  static End lift_flat(AbiContext& c, const Raw*& flat) { return take(c, flat++->u32); }
  static void lower(AbiContext& c, End& end, uint8_t* at) { store<uint32_t>(at, give(c, end)); }
  static void lower_flat(AbiContext& c, End& end, Raw*& flat) { flat++->u64 = give(c, end); }
  static ValType describe(TypeBuilder& b) {
    return future ? b.future(&describe_payload<T>) : b.stream(&describe_payload<T>);
  }
};
template <class T>
struct Abi<StreamReader<T>> : ReadableEndAbi<StreamReader<T>, T, false> {};
template <class T>
struct Abi<FutureReader<T>> : ReadableEndAbi<FutureReader<T>, T, true> {};

}  // namespace weir::component
