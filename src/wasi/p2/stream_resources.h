#pragma once

#include "component/host/resource.h"
#include "wasi/p2/io_error_resource.h"
#include "wasi/p2/io_streams.h"
#include "wasi/p2/pollable.h"

namespace weir::wasi::p2::io_streams {

// wasi:io/streams.input-stream: a source of bytes. Nothing here waits.
class InputStream : public component::HostResource, public PollSource {
 public:
  // At most `max` bytes that are there now; empty if there are none.
  virtual Result<Bytes, StreamError> read(uint64_t max) = 0;

  const char* drop_refusal() const override {
    return has_children() ? "input-stream was dropped before a pollable made from it" : nullptr;
  }
};

// wasi:io/streams.output-stream: a drain of bytes. Nothing here waits; flushing is done when the
// bytes are queued.
class OutputStream : public component::HostResource, public PollSource {
 public:
  // How much may be written now, 0 if the guest has to wait.
  virtual Result<uint64_t, StreamError> check() = 0;
  // Takes all of the bytes, at most what `check` said.
  virtual Result<void, StreamError> put(std::span<const uint8_t> bytes) = 0;
  virtual Result<void, StreamError> put(Bytes bytes) { return put(bytes.span()); }

  const char* drop_refusal() const override {
    return has_children() ? "output-stream was dropped before a pollable made from it" : nullptr;
  }

  // What the last `check-write` permitted and `write` has not used.
  uint64_t permit = 0;
};

inline StreamError stream_failed(http::ErrorCode code) {
  return StreamError::last_operation_failed(std::make_unique<io_error::Error>(std::move(code)));
}

}  // namespace weir::wasi::p2::io_streams
