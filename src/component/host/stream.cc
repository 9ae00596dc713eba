#include "component/host/stream.h"

#include "component/async/channel.h"
#include "component/async/copy_end.h"
#include "component/async/host_end.h"
#include "component/host/future.h"
#include "component/instance.h"

namespace weir::component {
namespace {

// What the elements are called in the instance's plan. False, with a trap, if it does not know
// them.
bool find_element(AbiContext& context, DescribeElement describe, std::optional<ValType>& element) {
  if (!context.ok()) return false;
  Instance& root = context.instance().root;
  if (root.scheduler() && root.host_element(describe, element)) return true;
  context.fail("a stream or future of a type that the component does not have");
  return false;
}

}  // namespace

void source_ready(Channel& channel) { channel.source_ready(); }
void end_source(Channel& channel) { channel.end_source(); }
void break_promise(Channel& channel) { channel.break_promise(); }
HostSource* source_of(Channel& channel) { return channel.source(); }

HostReadableEnd& HostReadableEnd::operator=(HostReadableEnd&& other) noexcept {
  std::swap(channel_, other.channel_);
  return *this;
}

HostReadableEnd::~HostReadableEnd() {
  if (channel_) channel_->drop();
}

std::shared_ptr<Channel> HostReadableEnd::make(bool future, std::unique_ptr<HostSource> source) {
  return std::make_shared<Channel>(future, std::move(source));
}

std::shared_ptr<Channel> HostReadableEnd::lift(AbiContext& from, bool future,
                                               DescribeElement describe, uint32_t index) {
  std::optional<ValType> element;
  if (!find_element(from, describe, element)) return nullptr;
  std::shared_ptr<Channel> channel = lift_channel(from, future, element, index);
  if (channel) channel->attach(from.instance().root, element);
  return channel;
}

uint32_t HostReadableEnd::lower(AbiContext& to, std::shared_ptr<Channel> channel,
                                DescribeElement describe) {
  std::optional<ValType> element;
  if (!find_element(to, describe, element)) return 0;
  if (!channel || !channel->attach(to.instance().root, element) || channel->element() != element) {
    to.fail("the host gave a stream or future that cannot be given to this instance");
    return 0;
  }
  channel->detach();
  return lower_channel(to, std::move(channel));
}

HostSource* HostReadableEnd::host_source() const { return channel_ ? channel_->source() : nullptr; }

}  // namespace weir::component
