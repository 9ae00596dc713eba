#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/admission.h"
#include "http/h1/request_head.h"
#include "io/stream.h"

namespace weir::http::h1 {

// Who speaks with whom, for people; and whether over TLS.
struct Endpoints {
  std::string peer, local;
  bool secure = false;
};

// A connection on its way to another loop, with a request that no handler has seen. Any thread may
// hold it.
struct Handover {
  // Has left its loop and has to join the other one.
  std::unique_ptr<io::Stream> stream;
  Endpoints endpoints;
  RequestHead head;
  // What follows the head and was read already.
  std::string unread;
  // Where the request has waited for it.
  Admission::Place place;
  // When the head was complete, on the loops' clock.
  uint64_t since = 0;
};

}  // namespace weir::http::h1
