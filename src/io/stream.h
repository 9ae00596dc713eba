#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "util/executor.h"

namespace weir::io {

class Loop;

// What came of a read or a write.
struct IoResult {
  enum class State : uint8_t {
    done,     // `bytes` (> 0) were moved
    end,      // the peer has finished its direction (reads only)
    pending,  // nothing now: the waiter is woken when it is worth another try
    failed,   // the connection is broken: `error` is an errno value
  };
  State state = State::pending;
  size_t bytes = 0;
  int error = 0;
};

// What the encryption of a stream says about it and its peer, once the handshake is over.
struct TlsFacts {
  std::string version;       // "TLSv1.3"
  std::string cipher;        // "TLS_AES_128_GCM_SHA256"
  std::string group;         // of the key exchange: "X25519MLKEM768"
  std::string server_name;   // what the client asked for (SNI); empty for none
  std::string alpn;          // "http/1.1"; empty where none was agreed on
  std::string peer_subject;  // of the peer's certificate, as in RFC 2253; empty for none
  bool resumed = false;
};

// A byte stream in both directions that never blocks: a TCP or Unix connection, a pipe in memory,
// TLS over another one. Belongs to one loop at a time. Destroying it closes it and forgets its
// waiters.
class Stream {
 public:
  virtual ~Stream() = default;

  // At most `target.size()` (> 0) bytes.
  virtual IoResult read(std::span<uint8_t> target, Waiter* waiter) = 0;
  // A prefix of the buffers, which are not all empty. After `pending` the next write begins with
  // the same bytes: a stream that encrypts may have taken some of them.
  virtual IoResult write(std::span<const iovec> source, Waiter* waiter) = 0;
  // Wakes `waiter` when the peer has gone or finished, also while nobody reads; at once where that
  // has happened. Null does nothing.
  virtual void watch_hang_up(Waiter* waiter) = 0;
  // True once the peer was seen to be gone (reset) or to have finished its direction. Bytes that it
  // sent before may be unread.
  virtual bool hung_up() const = 0;
  // No more writes; the peer reads an end. Reading goes on.
  virtual void shut_down_writes() = 0;
  // Closes at once so that the peer sees a reset, not a clean end, where the transport can say so.
  // Wakes everybody who waits; every later read and write fails.
  virtual void reset() = 0;
  // Leaves its loop, on whose thread this is called, and where its waiters withdraw before anybody
  // else gets it. Until `join` takes it to another loop, on that one's thread, it is only
  // destroyed. False where it cannot leave now, or at all: then nothing has changed.
  virtual bool leave() { return false; }
  virtual void join(Loop&) {}
  // Null where the stream is not encrypted, or not yet. Valid as long as the stream.
  virtual const TlsFacts* tls() const { return nullptr; }
};

}  // namespace weir::io
