#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/h1/connection_owner.h"
#include "io/loop.h"

namespace weir::http::h1 {

// What the connections of a test need of whoever keeps them. Outlives them.
class TestOwner : public ConnectionOwner {
 public:
  ConnectionOwner* less_busy() override { return nullptr; }
  void departed(ServerConnection&, ConnectionOwner&, std::unique_ptr<Handover>) override {}
  bool draining() const override { return false; }
  std::string_view date() override { return "Thu, 01 Jan 2026 00:00:00 GMT"; }
  std::string new_request_id() override { return "0123456789abcdef"; }
  BufferPool& buffers() override { return pool; }
  ByteBudget& budget() override { return bytes; }
  Admission& admission() override { return gate; }
  const std::shared_ptr<Admission::Bell>& bell() override { return loop_bell; }
  void begin_request() override {}
  void end_request() override {}
  bool logs_requests() const override { return true; }

  io::Loop loop;
  BufferPool pool;
  ByteBudget bytes;
  Admission gate;
  const std::shared_ptr<Admission::Bell> loop_bell;

 protected:
  // With room for so many requests, and for so many that wait.
  TestOwner(uint64_t most_bytes, uint32_t room, uint32_t queue_room)
      : bytes(most_bytes),
        gate(room, queue_room),
        loop_bell(std::make_shared<Admission::Bell>(loop)) {}
  ~TestOwner() = default;
};

}  // namespace weir::http::h1
