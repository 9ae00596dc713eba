#include "io/socket_stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "util/assert.h"

namespace weir::io {
namespace {

IoResult failed(int error) { return {IoResult::State::failed, 0, error}; }

}  // namespace

SocketStream::SocketStream(Loop& loop, int fd) : poll_(new Poll{{}, this}), fd_(fd) {
  WEIR_ASSERT(uv_poll_init(loop.raw(), &poll_->handle, fd) == 0);
  poll_->handle.data = poll_;
}

SocketStream::~SocketStream() {
  poll_->owner = nullptr;
  uv_poll_stop(&poll_->handle);
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_->handle),
           [](uv_handle_t* handle) { delete static_cast<Poll*>(handle->data); });
  ::close(fd_);
}

IoResult SocketStream::read(std::span<uint8_t> target, Waiter* waiter) {
  ssize_t count;
  do count = ::recv(fd_, target.data(), target.size(), 0);
  while (count < 0 && errno == EINTR);
  if (count > 0) return {IoResult::State::done, static_cast<size_t>(count), 0};
  if (count == 0) {
    hung_up_ = true;
    return {IoResult::State::end, 0, 0};
  }
  if (errno != EAGAIN && errno != EWOULDBLOCK) {
    hung_up_ = true;
    return failed(errno);
  }
  if (waiter) {
    readers_.add(*waiter);
    want(wanted_ | UV_READABLE);
  }
  return {};
}

IoResult SocketStream::write(std::span<const iovec> source, Waiter* waiter) {
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(source.data());
  message.msg_iovlen = source.size();
  ssize_t count;
  do count = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  while (count < 0 && errno == EINTR);
  if (count >= 0) return {IoResult::State::done, static_cast<size_t>(count), 0};
  if (errno != EAGAIN && errno != EWOULDBLOCK) {
    hung_up_ = true;
    return failed(errno);
  }
  if (waiter) {
    writers_.add(*waiter);
    want(wanted_ | UV_WRITABLE);
  }
  return {};
}

void SocketStream::watch_hang_up(Waiter* waiter) {
  if (!waiter) return;
  if (hung_up_) {
    waiter->wake();
    return;
  }
  watchers_.add(*waiter);
  want(wanted_ | UV_DISCONNECT);
}

void SocketStream::shut_down_writes() { ::shutdown(fd_, SHUT_WR); }

void SocketStream::reset() {
  linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

void SocketStream::want(int events) {
  if (events == wanted_) return;
  wanted_ = events;
  if (events == 0)
    uv_poll_stop(&poll_->handle);
  else
    uv_poll_start(&poll_->handle, events, on_event);
}

void SocketStream::on_event(uv_poll_t* handle, int status, int events) {
  SocketStream* self = static_cast<Poll*>(handle->data)->owner;
  if (!self) return;
  if (status < 0) events = UV_READABLE | UV_WRITABLE | UV_DISCONNECT;
  int keep = self->wanted_;
  if (events & UV_DISCONNECT) {
    self->hung_up_ = true;
    keep &= ~UV_DISCONNECT;
    self->watchers_.wake_all();
  }
  if (events & UV_READABLE) {
    // Readiness nobody waits for is turned off: the poll is level-triggered.
    if (self->readers_.empty()) keep &= ~UV_READABLE;
    self->readers_.wake_all();
  }
  if (events & UV_WRITABLE) {
    keep &= ~UV_WRITABLE;
    self->writers_.wake_all();
  }
  self->want(keep);
}

}  // namespace weir::io
