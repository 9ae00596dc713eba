#pragma once

#include <cstdint>

#include "http/h1/request_head.h"

namespace weir::http::h1 {

// Limits and timeouts of a server's connections. Times in nanoseconds, sizes in bytes.
struct ServerSettings {
  HeadLimits head;
  // A request's content (413).
  uint64_t max_body = UINT64_MAX;
  // From a head's first byte to its last (408).
  uint64_t head_timeout_ns = 10'000'000'000;
  // Before a request's first byte.
  uint64_t idle_timeout_ns = 60'000'000'000;
  // Between bytes of a request's content that somebody waits for; after that much waiting in all,
  // the client has to send at least `min_read_rate` bytes a second on average (408, or cut).
  uint64_t read_timeout_ns = 30'000'000'000;
  uint64_t min_read_rate = 100;
  // Without a client's taking any byte of an answer (cut).
  uint64_t write_timeout_ns = 30'000'000'000;
  // From a request's head to its response's head (504); 0 for none.
  uint64_t response_timeout_ns = 30'000'000'000;
  // From a request's head to the end of its response (504, or cut); 0 for none.
  uint64_t max_duration_ns = 0;
  // How long a request may wait for others to end (503).
  uint64_t queue_timeout_ns = 1'000'000'000;
  // How late a loop is, or how long without a pause, whose requests may go to another one.
  uint64_t late_ns = 4'000'000;
  uint64_t busy_ns = 50'000'000;
  // A client that ends its direction still waits for its answer.
  bool half_close = false;
};

}  // namespace weir::http::h1
