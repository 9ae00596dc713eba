#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/h1/connection_owner.h"
#include "io/loop.h"

namespace weir::server {

// Where lines of an access log go. Called from any loop's thread; never blocks: what does not fit
// is dropped and counted by the sink.
class AccessSink {
 public:
  // `count` whole lines, each with its line break.
  virtual void write_lines(std::string_view lines, size_t count) = 0;

 protected:
  ~AccessSink() = default;
};

enum class AccessFormat : uint8_t { off, text, json };

// One line about a request that is over, with its line break. Everything a client said is escaped.
void append_access_line(std::string& out, AccessFormat format,
                        const http::h1::RequestRecord& record, uint64_t wall_ns);

// A loop's part of the access log: gathers lines and gives them to the sink once a turn.
class AccessLog {
 public:
  // `sink` outlives it; null with `AccessFormat::off`.
  AccessLog(io::Loop& loop, AccessFormat format, AccessSink* sink)
      : loop_(loop), format_(format), sink_(sink), flush_(*this) {}
  ~AccessLog() { flush(); }

  bool enabled() const { return format_ != AccessFormat::off; }
  void add(const http::h1::RequestRecord& record);

 private:
  struct Flush final : Runnable {
    explicit Flush(AccessLog& owner) : owner(owner) {}
    void run() override { owner.flush(); }
    AccessLog& owner;
  };
  void flush();

  io::Loop& loop_;
  const AccessFormat format_;
  AccessSink* const sink_;
  std::string lines_;
  size_t count_ = 0;
  Flush flush_;
};

}  // namespace weir::server
