#include "io/socket_stream.h"

#include <limits.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace weir::io {

SocketStream::SocketStream(Loop& loop, int fd) : fd_(fd) { join(loop); }

bool SocketStream::leave() {
  if (error_ != 0 || hung_up()) return false;
  watch_.reset();
  return true;
}

void SocketStream::join(Loop& loop) {
  watch_.emplace(loop, fd_.get(), static_cast<FdWatch::Owner&>(*this));
  if (watch_->error() != 0) fail(watch_->error());
  watch_->set(FdWatch::readable | FdWatch::disconnect);
}

IoResult SocketStream::fail(int error) {
  error_ = error;
  hang_up_ = HangUp::gone;
  if (watch_) watch_->set(0);
  readers_.wake_all();
  writers_.wake_all();
  watchers_.wake_all();
  return {IoResult::State::failed, 0, error};
}

IoResult SocketStream::read(std::span<uint8_t> target, Waiter* waiter) {
  if (error_ != 0) return {IoResult::State::failed, 0, error_};
  if (maybe_readable_) {
    ssize_t count;
    do count = ::recv(fd_.get(), target.data(), target.size(), 0);
    while (count < 0 && errno == EINTR);
    if (count > 0) {
      // A short read has emptied the socket; after a hang-up there is the end left to be read.
      if (static_cast<size_t>(count) < target.size() && hang_up_ == HangUp::none)
        maybe_readable_ = false;
      return {IoResult::State::done, static_cast<size_t>(count), 0};
    }
    if (count == 0) {
      hang_up_ = std::max(hang_up_, HangUp::half);
      return {IoResult::State::end, 0, 0};
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) return fail(errno);
    maybe_readable_ = false;
  }
  if (waiter) {
    readers_.add(*waiter);
    if (!(watch_->events() & FdWatch::readable)) watch_wanted();
  }
  return {};
}

IoResult SocketStream::write(std::span<const iovec> source, Waiter* waiter) {
  if (error_ != 0) return {IoResult::State::failed, 0, error_};
  if (maybe_writable_) {
    ssize_t count;
    do {
      if (source.size() == 1) {
        count = ::send(fd_.get(), source[0].iov_base, source[0].iov_len, MSG_NOSIGNAL);
      } else {
        msghdr message = {};
        message.msg_iov = const_cast<iovec*>(source.data());
        message.msg_iovlen = std::min<size_t>(source.size(), IOV_MAX);
        count = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
      }
    } while (count < 0 && errno == EINTR);
    if (count >= 0) return {IoResult::State::done, static_cast<size_t>(count), 0};
    if (errno != EAGAIN && errno != EWOULDBLOCK) return fail(errno);
    maybe_writable_ = false;
  }
  if (waiter) {
    writers_.add(*waiter);
    if (!(watch_->events() & FdWatch::writable)) watch_wanted();
  }
  return {};
}

void SocketStream::shut_down_writes() {
  if (fd_) ::shutdown(fd_.get(), SHUT_WR);
}

void SocketStream::reset() {
  if (!fd_) return;
  linger hard{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  watch_.reset();
  fd_.close();
  fail(ECONNRESET);
}

void SocketStream::watch_hang_up(Waiter* waiter) {
  if (!waiter) return;
  if (hung_up()) {
    waiter->wake();
    return;
  }
  watchers_.add(*waiter);
  if (!(watch_->events() & FdWatch::disconnect)) watch_wanted();
}

void SocketStream::watch_wanted() {
  unsigned events = 0;
  if (!readers_.empty()) events |= FdWatch::readable;
  if (!writers_.empty()) events |= FdWatch::writable;
  if (hang_up_ == HangUp::none) events |= FdWatch::disconnect;
  // After the peer's end only a broken connection is news. The system reports that for whatever is
  // watched, and urgent data can no longer come.
  if (events == 0 && hang_up_ == HangUp::half) events = FdWatch::urgent;
  watch_->set(events);
}

void SocketStream::on_ready(unsigned events, int error) {
  if (error != 0) {
    int pending = 0;
    socklen_t size = sizeof pending;
    ::getsockopt(fd_.get(), SOL_SOCKET, SO_ERROR, &pending, &size);
    fail(pending != 0 ? pending : ECONNRESET);
    return;
  }
  bool unwanted = false;
  if (events & FdWatch::disconnect) {
    hang_up_ = std::max(hang_up_, HangUp::half);
    maybe_readable_ = true;
    watchers_.wake_all();
    unwanted = true;
  }
  if (events & FdWatch::urgent) {
    hang_up_ = HangUp::gone;
    unwanted = true;
  }
  if (events & FdWatch::readable) {
    maybe_readable_ = true;
    unwanted |= readers_.empty();
    readers_.wake_all();
  }
  if (events & FdWatch::writable) {
    maybe_writable_ = true;
    unwanted |= writers_.empty();
    writers_.wake_all();
  }
  if (!unwanted) return;
  if (hang_up_ == HangUp::gone)
    watch_->set(0);
  else
    watch_wanted();
}

}  // namespace weir::io
