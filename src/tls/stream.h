#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"
#include "tls/client_context.h"
#include "tls/failure.h"
#include "tls/server_context.h"
#include "tls/session_cache.h"
#include "util/byte_budget.h"

struct bio_st;
struct ssl_ctx_st;
struct ssl_st;

namespace weir::tls {

// TLS over another stream. Reading and writing make the handshake first, where it is not made yet.
// An end of what is below without the peer's close_notify is a failure, not an end: what it cut
// must not look complete. Destroying an unbroken stream says close_notify. A failed read or write
// gives the errno value of what is below, ECONNRESET for a truncation, ETIMEDOUT for a handshake
// that took too long and EPROTO for all that TLS refused; `failure` has the details.
//
// A server's session tickets of TLS 1.3 go out with its first bytes, or before it waits for the
// client's first ones: with them the client hears that its part of the handshake arrived, for which
// its next segment may wait (Nagle's algorithm).
//
// What it holds of what comes and goes counts in `budget` (may be null; outlives it), its handshake
// included, unless it is little. An idle one holds nothing. Where the budget is used up, it reads
// to the end of the record that it is in, without which nothing of that could be used, and no
// further.
class Stream final : public io::Stream {
 public:
  // The client's side. `host` is the name or address (without brackets) that the server's
  // certificate must be for. `sessions` (may be null) is where a session to resume is looked up by
  // `session_key`, and kept.
  static std::unique_ptr<Stream> client(io::Loop& loop, std::unique_ptr<io::Stream> below,
                                        std::shared_ptr<const ClientContext> context,
                                        const std::string& host,
                                        std::shared_ptr<SessionCache> sessions,
                                        std::string session_key, ByteBudget* budget = nullptr);
  // The server's side. The handshake must be over after `handshake_timeout_ns`.
  static std::unique_ptr<Stream> server(io::Loop& loop, std::unique_ptr<io::Stream> below,
                                        std::shared_ptr<const ServerContext> context,
                                        uint64_t handshake_timeout_ns,
                                        ByteBudget* budget = nullptr);
  ~Stream() override;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // Goes on with the handshake: `done` once it is over (`bytes` says nothing), `pending`, `failed`.
  io::IoResult handshake(Waiter* waiter);
  const Failure& failure() const { return failure_; }

  io::IoResult read(std::span<uint8_t> target, Waiter* waiter) override;
  io::IoResult write(std::span<const iovec> source, Waiter* waiter) override;
  void watch_hang_up(Waiter* waiter) override;
  bool hung_up() const override;
  void shut_down_writes() override;
  void reset() override;
  bool leave() override;
  void join(io::Loop& loop) override;
  const io::TlsFacts* tls() const override { return facts_ ? &*facts_ : nullptr; }

  // For the contexts: how sessions and alerts are noticed.
  static void set_callbacks(ssl_ctx_st* context);

 private:
  Stream(io::Loop& loop, std::unique_ptr<io::Stream> below, ssl_ctx_st* context,
         ByteBudget* budget);

  static int bio_read(bio_st* bio, char* target, int size);
  static int bio_write(bio_st* bio, const char* source, int size);
  static long bio_control(bio_st* bio, int command, long number, void* pointer);
  struct Callbacks;
  struct Accounted;

  // Reads from below until a whole record is there.
  io::IoResult::State next_record();
  // Keeps little more memory than what is held takes, and counts it.
  void account();

  // What a call into TLS came to.
  io::IoResult settle(int result);
  io::IoResult failed();
  io::IoResult fail(Failure::Kind kind, int error, std::string text);
  void fail_protocol();
  void established();
  // Encrypts what TLS keeps back until the next write.
  void push_tickets();
  // Sends what is encrypted. False while the stream below is full, or broke.
  bool flush();
  void on_writable();
  void on_timeout();

  std::unique_ptr<io::Stream> below_;
  // Keep what `ssl_` refers to.
  std::shared_ptr<const ClientContext> client_context_;
  std::shared_ptr<const ServerContext> server_context_;
  std::shared_ptr<SessionCache> sessions_;
  std::string session_key_;
  ssl_st* ssl_;
  std::optional<io::MemberWaiter<&Stream::on_writable, Stream>> write_event_;
  io::MemberTimer<&Stream::on_timeout, Stream> alarm_;
  WaitList writers_;
  // Who asked for the call in progress.
  Waiter* reader_ = nullptr;

  // Received and not decrypted yet; encrypted and not sent yet.
  std::string in_, out_;
  size_t in_at_ = 0, out_at_ = 0;
  // The record that TLS was given last, and what of it is left to be given.
  size_t record_ = 0, record_left_ = 0;
  // What TLS may hold of the records that it was given.
  size_t given_ = 0;
  BudgetShare share_;
  // Bytes of the caller's that are encrypted, but were not reported as written.
  size_t accepted_ = 0;
  bool established_ = false, tickets_due_ = false, ended_ = false, end_below_ = false;
  bool finish_after_flush_ = false, finished_ = false;
  int error_below_ = 0;
  uint8_t alert_ = 0;
  Failure failure_;
  std::optional<io::TlsFacts> facts_;
};

}  // namespace weir::tls
