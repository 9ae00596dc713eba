#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "http/exchange.h"
#include "http/handler.h"
#include "util/byte_budget.h"
#include "util/executor.h"
#include "wasi/clocks.h"
#include "wasi/http/field_rules.h"
#include "wasi/output_sink.h"
#include "wasi/random_source.h"

namespace weir::wasi {

// How much of the host a guest may use. Sizes in bytes.
struct Limits {
  // One field section that a guest builds, as `http::Fields::accounted_size` counts it.
  size_t fields = 128 << 10;
  // All field sections that the guests of one request hold at a time, and the texts of the requests
  // that they make.
  size_t held = 16 << 20;
  // Random bytes of one call.
  size_t random = 1 << 20;
  // What a body that a guest writes may have queued before the guest has to wait. At least 8 KiB.
  size_t body_buffer = 64 << 10;
  // Where the bytes in such bodies are counted; outlives them. Null: nowhere.
  ByteBudget* budget = nullptr;
};

// What the guests of one application may see and do. Shared by requests; outlives them.
struct Grants {
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<std::string> arguments;
  FieldRules field_rules;
  Limits limits;
};

// What one request's guests stand on. Everything outlives the guests; all of one thread.
struct Context {
  Executor& executor;
  Clocks& clocks;
  RandomSource& random;
  const Grants& grants;
  // Null: what is written is dropped.
  OutputSink* standard_output = nullptr;
  OutputSink* standard_error = nullptr;
  // Who answers outgoing requests. Null: they are denied.
  http::Handler* outgoing = nullptr;
  // The exchange that the guest serves; outgoing requests are its children. Not null where
  // `outgoing` is not. Outlives the guests and the bodies that they got from `outgoing`.
  http::Exchange* exchange = nullptr;
};

}  // namespace weir::wasi
