#pragma once

#include "http/body.h"
#include "http/h1/output_buffer.h"
#include "http/h1/response_head_writer.h"
#include "http/message.h"
#include "io/stream.h"

namespace weir::http::h1 {

// Writes the responses of one connection, one after the other, and pulls each one's content as the
// connection can take it.
class ResponseWriter {
 public:
  // What the request asks of its answer.
  struct Terms {
    bool to_head = false;
    bool http_1_0 = false;
    bool takes_trailers = false;
    bool keep_alive = true;
    // The connection becomes a tunnel after the head.
    bool tunnel = false;
    std::string_view date;
  };

  ResponseWriter(BufferPool& pool, ByteBudget& budget) : output_(pool, budget) {}

  // Puts an informational response on its way; drops it when too much waits already.
  void inform(const Informational& response);
  // Begins a final response. Whether the connection can be kept after it.
  bool begin(Response response, const Terms& terms);

  enum class Progress {
    body_pending,  // waits for content
    socket_full,   // waits for the peer to read
    failing,       // likewise, and the content fails after that
    complete,      // the response is over, and all of it is written
    failed,        // the content failed, or is not as long as was said
    broken,        // the connection is gone
  };
  // Moves content until somebody has to wait, who is woken then. While the peer does not read, no
  // content is asked for; what comes of it wakes the body's waiter only where it fails.
  Progress pump(io::Stream& stream, Waiter& body_waiter, Waiter& write_waiter);
  // The write waiter of `pump` was woken: the peer may have room again.
  void on_writable() { blocked_ = false; }
  // Writes what is buffered.
  OutputBuffer::Flush flush(io::Stream& stream, Waiter& write_waiter) {
    return output_.flush(stream, write_waiter);
  }
  // Gives the content up: its producer stops.
  void abort(ErrorCode code);
  // Forgets what is buffered, and the content.
  void clear();

  // The end of the connection is the end of the content.
  bool until_close() const { return framing_ == Framing::until_close; }
  // Content bytes put on their way.
  uint64_t sent() const { return sent_; }
  uint64_t total_written() const { return output_.total_written(); }
  bool empty() const { return output_.empty(); }

 private:
  enum class Gathered { some, pending, end, failed };
  Gathered gather(Waiter& body_waiter);
  void take(Bytes data);
  // The peer does not read.
  Progress stalled(Waiter& body_waiter);

  OutputBuffer output_;
  BodyPtr body_;
  Framing framing_ = Framing::none;
  bool takes_trailers_ = false;
  bool ended_ = false;
  bool failed_ = false;
  bool blocked_ = false;
  uint64_t left_ = 0;
  uint64_t sent_ = 0;
  // The trailer section of the last chunk.
  std::string trailers_;
};

}  // namespace weir::http::h1
