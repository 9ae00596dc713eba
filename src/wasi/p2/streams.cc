#include "wasi/p2/streams.h"

#include <algorithm>
#include <array>

#include "wasi/p2/poll.h"
#include "wasi/p2/stream_resources.h"

namespace weir::wasi::p2 {
namespace {

using component::Trap;

// The most that the blocking writes take (wasi:io/streams).
constexpr uint64_t kMaxBlockingWrite = 4096;

constexpr std::array<uint8_t, 4096> kZeroes = {};

Trap misuse(const char* message) { return Trap(Trap::Kind::host, message); }

// Writes everything, waiting as long as the stream is full. `bytes` is not in guest memory.
component::OrTrap<Result<void, io_streams::StreamError>> write_all(component::Call& call,
                                                                   io_streams::OutputStream& self,
                                                                   Bytes bytes) {
  for (;;) {
    auto room = self.check();
    if (!room) return Result<void, io_streams::StreamError>(Err(std::move(room).error()));
    if (bytes.empty()) return Result<void, io_streams::StreamError>();
    if (*room == 0) {
      if (!wait_until_ready(call, self)) return Trap::cancelled();
      continue;
    }
    auto written =
        self.put(bytes.take(static_cast<size_t>(std::min<uint64_t>(*room, bytes.size()))));
    if (!written || bytes.empty()) return written;
  }
}

}  // namespace

StreamsHost::OrTrap<Result<Bytes, StreamsHost::StreamError>> StreamsHost::input_stream_read(
    Call&, InputStream& self, uint64_t len) {
  return self.read(len);
}

StreamsHost::OrTrap<Result<Bytes, StreamsHost::StreamError>>
StreamsHost::input_stream_blocking_read(Call& call, InputStream& self, uint64_t len) {
  for (;;) {
    auto bytes = self.read(len);
    if (!bytes || !bytes->empty() || len == 0) return bytes;
    if (!wait_until_ready(call, self)) return Trap::cancelled();
  }
}

StreamsHost::OrTrap<Result<uint64_t, StreamsHost::StreamError>> StreamsHost::input_stream_skip(
    Call&, InputStream& self, uint64_t len) {
  auto bytes = self.read(len);
  if (!bytes) return Result<uint64_t, StreamError>(Err(std::move(bytes).error()));
  return Result<uint64_t, StreamError>(bytes->size());
}

StreamsHost::OrTrap<Result<uint64_t, StreamsHost::StreamError>>
StreamsHost::input_stream_blocking_skip(Call& call, InputStream& self, uint64_t len) {
  auto bytes = input_stream_blocking_read(call, self, len);
  if (!bytes.ok()) return std::move(bytes.trap());
  if (!*bytes) return Result<uint64_t, StreamError>(Err(std::move(bytes->error())));
  return Result<uint64_t, StreamError>((*bytes)->size());
}

StreamsHost::OrTrap<std::unique_ptr<io_poll::Pollable>> StreamsHost::input_stream_subscribe(
    Call&, InputStream& self) {
  return std::make_unique<io_poll::Pollable>(self);
}

StreamsHost::OrTrap<Result<uint64_t, StreamsHost::StreamError>>
StreamsHost::output_stream_check_write(Call&, OutputStream& self) {
  auto room = self.check();
  self.permit = room ? *room : 0;
  return room;
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>> StreamsHost::output_stream_write(
    Call&, OutputStream& self, std::span<const uint8_t> contents) {
  if (contents.size() > self.permit) {
    // A stream that failed or closed meanwhile says so; a full one had given no permit.
    auto room = self.check();
    if (!room) return Result<void, StreamError>(Err(std::move(room).error()));
    return misuse("output-stream.write exceeded what check-write permitted");
  }
  self.permit -= contents.size();
  return self.put(contents);
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>>
StreamsHost::output_stream_blocking_write_and_flush(Call& call, OutputStream& self,
                                                    std::span<const uint8_t> contents) {
  if (contents.size() > kMaxBlockingWrite) {
    return misuse("output-stream.blocking-write-and-flush takes at most 4096 bytes");
  }
  self.permit = 0;
  auto room = self.check();
  if (!room) return Result<void, StreamError>(Err(std::move(room).error()));
  if (*room >= contents.size()) return self.put(contents);
  // Guest memory may not be looked at after a wait.
  return write_all(call, self, Bytes::copy(contents));
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>> StreamsHost::output_stream_flush(
    Call&, OutputStream& self) {
  auto room = self.check();
  if (!room) return Result<void, StreamError>(Err(std::move(room).error()));
  return Result<void, StreamError>();
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>>
StreamsHost::output_stream_blocking_flush(Call& call, OutputStream& self) {
  return output_stream_flush(call, self);
}

StreamsHost::OrTrap<std::unique_ptr<io_poll::Pollable>> StreamsHost::output_stream_subscribe(
    Call&, OutputStream& self) {
  return std::make_unique<io_poll::Pollable>(self);
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>> StreamsHost::output_stream_write_zeroes(
    Call&, OutputStream& self, uint64_t len) {
  if (len > self.permit) {
    auto room = self.check();
    if (!room) return Result<void, StreamError>(Err(std::move(room).error()));
    return misuse("output-stream.write-zeroes exceeded what check-write permitted");
  }
  self.permit -= len;
  while (len > 0) {
    size_t part = static_cast<size_t>(std::min<uint64_t>(len, kZeroes.size()));
    auto written = self.put(std::span(kZeroes).first(part));
    if (!written) return written;
    len -= part;
  }
  return Result<void, StreamError>();
}

StreamsHost::OrTrap<Result<void, StreamsHost::StreamError>>
StreamsHost::output_stream_blocking_write_zeroes_and_flush(Call& call, OutputStream& self,
                                                           uint64_t len) {
  if (len > kMaxBlockingWrite) {
    return misuse("output-stream.blocking-write-zeroes-and-flush takes at most 4096 bytes");
  }
  self.permit = 0;
  return write_all(call, self, Bytes::copy(std::span(kZeroes).first(static_cast<size_t>(len))));
}

StreamsHost::OrTrap<Result<uint64_t, StreamsHost::StreamError>> StreamsHost::output_stream_splice(
    Call&, OutputStream& self, InputStream& src, uint64_t len) {
  self.permit = 0;
  auto room = self.check();
  if (!room) return room;
  auto bytes = src.read(std::min(*room, len));
  if (!bytes) return Result<uint64_t, StreamError>(Err(std::move(bytes).error()));
  uint64_t size = bytes->size();
  if (size > 0) {
    auto written = self.put(std::move(bytes).value());
    if (!written) return Result<uint64_t, StreamError>(Err(std::move(written).error()));
  }
  return Result<uint64_t, StreamError>(size);
}

StreamsHost::OrTrap<Result<uint64_t, StreamsHost::StreamError>>
StreamsHost::output_stream_blocking_splice(Call& call, OutputStream& self, InputStream& src,
                                           uint64_t len) {
  if (!wait_until_ready(call, self) || !wait_until_ready(call, src)) return Trap::cancelled();
  return output_stream_splice(call, self, src, len);
}

}  // namespace weir::wasi::p2
