#include "component/async/host_end.h"

#include <utility>

#include "component/async/channel.h"

namespace weir::component {

HeldBack::~HeldBack() = default;
HostSource::~HostSource() = default;

HostSink::~HostSink() { disconnect(); }

void HostSink::on_copy() {
  if (demand_ == 0 && channel_) channel_->reclaim(*this);
}

void HostSink::on_copy_done(CopyResult) {}

void HostSink::connect(std::shared_ptr<Channel> channel) {
  WEIR_ASSERT(!channel_);
  if (channel->dropped()) {
    over(channel->failed());
    return;
  }
  channel_ = std::move(channel);
  channel_->set_sink(this);
}

void HostSink::demand(uint32_t count) {
  demand_ = count;
  if (!channel_) return;
  if (count == 0) {
    channel_->reclaim(*this);
    return;
  }
  // What it is told may let go of the stream.
  std::shared_ptr<Channel> channel = channel_;
  channel->sink_wants();
}

void HostSink::disconnect() {
  demand_ = 0;
  std::shared_ptr<Channel> channel = std::exchange(channel_, nullptr);
  if (!channel) return;
  channel->reclaim(*this);
  channel->set_sink(nullptr);
  channel->drop();
}

}  // namespace weir::component
