#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "http/error_code.h"
#include "http/fields.h"
#include "util/bytes.h"
#include "util/executor.h"

namespace weir::http {

// The content of a message, pulled by its consumer: bytes, then at most one
// trailer section, then the end; or an error, which stays. A body belongs to
// whoever holds it, outlives `handle()` and the instance that made it, and is
// used on one thread. Destroying one that has not ended is an `abort` with
// `connection_terminated`.
class Body {
 public:
  enum class State : uint8_t {
    data,      // `data` holds at least one byte
    trailers,  // `trailers` holds the trailer section; comes at most once, after
               // all data
    end,       // complete; every later poll says so again
    error,     // failed; every later poll says so again
    pending,   // nothing now: the waiter is woken when another poll may make
               // progress
  };
  struct Frame {
    State state = State::pending;
    Bytes data;
    Fields trailers;
    std::optional<ErrorCode> error;

    static Frame of_data(Bytes bytes) { return {State::data, std::move(bytes), {}, {}}; }
    static Frame of_trailers(Fields fields) { return {State::trailers, {}, std::move(fields), {}}; }
    static Frame of_end() { return {State::end, {}, {}, {}}; }
    static Frame of_error(ErrorCode code) { return {State::error, {}, {}, std::move(code)}; }
    static Frame of_pending() { return {}; }
  };

  virtual ~Body() = default;

  // The next frame, with at most `max` (> 0) bytes of data. Never blocks. When
  // the answer is `pending` and `waiter` is not null, it is woken once. The
  // first poll is the wish to read that an `Expect: 100-continue` client waits
  // for.
  virtual Frame poll(size_t max, Waiter* waiter) = 0;

  // As `poll`, but data goes straight into `target` (not empty), and
  // `frame.data` stays empty: the return value says how many bytes were
  // written.
  virtual size_t poll_into(std::span<uint8_t> target, Frame& frame, Waiter* waiter);

  // Why the content will end in an error, once that is certain; what came before may be left to
  // poll. Null otherwise: then `waiter` (may be null) is woken when it fails, where the producer
  // can tell before all is read. Valid as long as the body.
  virtual const ErrorCode* failure(Waiter* waiter);

  // The consumer wants no more: the producer stops and learns why. Later polls
  // give `error`.
  virtual void abort(ErrorCode code) = 0;

  // The number of data bytes still to come, where it is known.
  virtual std::optional<uint64_t> length() const = 0;
};

using BodyPtr = std::unique_ptr<Body>;

// A body without content.
BodyPtr empty_body();
// A body of these bytes.
BodyPtr bytes_body(Bytes bytes);

}  // namespace weir::http
