#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/admission.h"
#include "http/exchange.h"
#include "http/h1/buffer_pool.h"
#include "http/h1/handover.h"
#include "util/byte_budget.h"

namespace weir::http::h1 {

class ServerConnection;

// What a log may say about a request that is over. Views are valid during the call.
struct RequestRecord {
  const Exchange& exchange;
  const Annotations& annotations;
  // Empty where no head was understood.
  std::string_view method, authority, target;
  Protocol protocol = Protocol::http_1_1;
  // 0: nobody was answered.
  uint16_t status = 0;
  // Content bytes.
  uint64_t received = 0, sent = 0;
  // On the loop's precise clock; 0 where it never came to that.
  uint64_t begun_ns = 0, answered_ns = 0, ended_ns = 0;
};

// Who keeps the connections of a loop.
class ConnectionOwner {
 public:
  // The connection has ended: destroy it, in a later turn.
  virtual void closed(ServerConnection& connection) = 0;
  // Who could take over a request that no handler has seen because its loop has much less to do
  // than this one, which is late; null: nobody.
  virtual ConnectionOwner* less_busy() = 0;
  // As `closed`, and `to` gets what it needs to go on with the connection.
  virtual void departed(ServerConnection& connection, ConnectionOwner& to,
                        std::unique_ptr<Handover> handover) = 0;
  virtual bool draining() const = 0;
  // The current date as a field value, and 16 random hex digits.
  virtual std::string_view date() = 0;
  virtual std::string new_request_id() = 0;
  virtual BufferPool& buffers() = 0;
  virtual ByteBudget& budget() = 0;

  // Who lets requests in, and how it reaches those who wait on this loop.
  virtual Admission& admission() = 0;
  virtual const std::shared_ptr<Admission::Bell>& bell() = 0;
  // A request has been let in, or is over.
  virtual void begin_request() = 0;
  virtual void end_request() = 0;

  // Whether `finished` wants to know; else no record is kept.
  virtual bool logs_requests() const = 0;
  virtual void finished(const RequestRecord& record) = 0;

 protected:
  ~ConnectionOwner() = default;
};

}  // namespace weir::http::h1
