#pragma once

#include "wasi/p2/io_streams.h"

namespace weir::wasi::p2 {

// wasi:io/streams over the classes of stream_resources.h.
class StreamsHost final : public io_streams::Host {
 public:
  using Call = component::Call;
  template <class T>
  using OrTrap = component::OrTrap<T>;
  using InputStream = io_streams::InputStream;
  using OutputStream = io_streams::OutputStream;
  using StreamError = io_streams::StreamError;

  OrTrap<Result<Bytes, StreamError>> input_stream_read(Call&, InputStream& self,
                                                       uint64_t len) override;
  OrTrap<Result<Bytes, StreamError>> input_stream_blocking_read(Call&, InputStream& self,
                                                                uint64_t len) override;
  OrTrap<Result<uint64_t, StreamError>> input_stream_skip(Call&, InputStream& self,
                                                          uint64_t len) override;
  OrTrap<Result<uint64_t, StreamError>> input_stream_blocking_skip(Call&, InputStream& self,
                                                                   uint64_t len) override;
  OrTrap<std::unique_ptr<io_poll::Pollable>> input_stream_subscribe(Call&,
                                                                    InputStream& self) override;

  OrTrap<Result<uint64_t, StreamError>> output_stream_check_write(Call&,
                                                                  OutputStream& self) override;
  OrTrap<Result<void, StreamError>> output_stream_write(Call&, OutputStream& self,
                                                        std::span<const uint8_t> contents) override;
  OrTrap<Result<void, StreamError>> output_stream_blocking_write_and_flush(
      Call&, OutputStream& self, std::span<const uint8_t> contents) override;
  OrTrap<Result<void, StreamError>> output_stream_flush(Call&, OutputStream& self) override;
  OrTrap<Result<void, StreamError>> output_stream_blocking_flush(Call&,
                                                                 OutputStream& self) override;
  OrTrap<std::unique_ptr<io_poll::Pollable>> output_stream_subscribe(Call&,
                                                                     OutputStream& self) override;
  OrTrap<Result<void, StreamError>> output_stream_write_zeroes(Call&, OutputStream& self,
                                                               uint64_t len) override;
  OrTrap<Result<void, StreamError>> output_stream_blocking_write_zeroes_and_flush(
      Call&, OutputStream& self, uint64_t len) override;
  OrTrap<Result<uint64_t, StreamError>> output_stream_splice(Call&, OutputStream& self,
                                                             InputStream& src,
                                                             uint64_t len) override;
  OrTrap<Result<uint64_t, StreamError>> output_stream_blocking_splice(Call&, OutputStream& self,
                                                                      InputStream& src,
                                                                      uint64_t len) override;
};

}  // namespace weir::wasi::p2
