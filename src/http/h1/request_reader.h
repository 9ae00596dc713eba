#pragma once

#include <optional>
#include <span>

#include "http/h1/body_decoder.h"
#include "http/h1/incoming_body.h"
#include "http/h1/input_buffer.h"
#include "http/h1/read_allowance.h"
#include "http/h1/request_head.h"
#include "http/h1/server_settings.h"
#include "io/loop.h"
#include "io/stream.h"
#include "io/timer.h"
#include "util/result.h"

namespace weir::http::h1 {

// Reads the requests of one connection, one after the other: a head, then its content as far as
// somebody asks for it. Tells its owner of what happens in turns of the loop, never from within a
// call.
class RequestReader {
 public:
  class Owner {
   public:
    // More may have come, or the end; nobody waits for content.
    virtual void on_input() = 0;
    // Somebody wants content for the first time. From within `poll`.
    virtual void on_body_wanted() = 0;
    // The content has failed, or its reader has ended it or dropped it.
    virtual void on_body_over() = 0;

   protected:
    ~Owner() = default;
  };

  // All outlive it.
  RequestReader(io::Loop& loop, Owner& owner, const ServerSettings& settings, BufferPool& pool,
                ByteBudget& budget);
  ~RequestReader() { close(); }

  // Reads until a head is complete. Nothing: more has to come, or `ended()`. A refusal is final.
  Result<std::optional<RequestHead>, Refusal> read_head(io::Stream& stream, bool secure,
                                                        std::string_view local_authority);
  // Bytes have come that were not used yet: of a head that is not complete, or of what follows.
  bool has_input() const { return !input_.empty(); }
  // Nothing more will come: the peer has finished, or the connection is broken.
  bool ended() const { return ended_; }
  bool broken() const { return broken_; }

  // What follows `head` is its content. Null where there is none.
  std::unique_ptr<Body> begin_body(const RequestHead& head);
  // There is no request whose content this could be.
  void forget_body() { decoder_.begin(false, 0, 0); }
  const BodyDecoder& decoder() const { return decoder_; }
  bool body_done() const { return decoder_.done(); }
  // Whether the handler still holds the content and may ask for more of it.
  bool body_held() const { return body_ != nullptr; }
  // Why the content failed, where that is the client's fault.
  const std::optional<Refusal>& body_refusal() const { return refusal_; }
  bool body_failed() const { return failure_.has_value(); }
  // Takes the content from its holder, who gets `code` where it has not ended.
  void take_body(ErrorCode code);

  enum class Discard { more, done, too_much, ended };
  // Reads content away that nobody wants, at most `allowance` bytes of the connection in all.
  Discard discard_body(uint64_t& allowance);
  // Reads away whatever comes. False once nothing more will.
  bool drain();
  // Wakes the owner in a later turn as if input had come.
  void wake() { read_event_.wake(); }
  // What was read and not used, for whoever takes over the stream.
  std::string take_rest() { return input_.take(); }
  // Goes on where another one was after a head, of whose `stream` this is the rest.
  void go_on(io::Stream& stream, std::string rest) {
    stream_ = &stream;
    input_.put_back(std::move(rest));
  }
  // Waits for nothing any more.
  void close();

  // For `IncomingBody`: as `Body::poll` and, with a target, `poll_into`.
  size_t poll(size_t max, std::span<uint8_t> target, Body::Frame& frame, Waiter* waiter);
  void dropped();

 private:
  void on_readable();
  void on_body_event() { owner_.on_body_over(); }
  void on_read_timeout();
  bool fill();
  void note_end(io::IoResult::State state);
  void took_from_socket(uint64_t bytes);
  void fail(ErrorCode code, std::optional<Refusal> refusal);
  size_t deliver(std::string_view data, size_t max, std::span<uint8_t> target, Body::Frame& frame);
  // Takes more of what has arrived, up to `target`. Returns how much.
  size_t gather(std::span<uint8_t> target);

  io::Loop& loop_;
  Owner& owner_;
  const ServerSettings& settings_;
  io::Stream* stream_ = nullptr;
  InputBuffer input_;
  size_t scanned_ = 0;
  bool skipped_line_ = false;
  bool ended_ = false, broken_ = false;

  BodyDecoder decoder_;
  IncomingBody* body_ = nullptr;
  bool wanted_ = false, trailers_given_ = false;
  std::optional<ErrorCode> failure_;
  std::optional<Refusal> refusal_;
  ReadAllowance allowance_;
  // Since when somebody waits for content.
  std::optional<uint64_t> waiting_since_;

  io::MemberWaiter<&RequestReader::on_readable, RequestReader> read_event_;
  io::MemberWaiter<&RequestReader::on_body_event, RequestReader> body_event_;
  io::MemberTimer<&RequestReader::on_read_timeout, RequestReader> read_alarm_;
  // Tries again while the process holds too many bytes.
  io::MemberTimer<&RequestReader::wake, RequestReader> retry_;
};

}  // namespace weir::http::h1
