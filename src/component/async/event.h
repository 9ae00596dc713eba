#pragma once

#include <cstdint>

namespace weir::component {

// CanonicalABI.md, "Waitable State".
enum class EventCode : uint8_t {
  none = 0,
  subtask = 1,
  stream_read = 2,
  stream_write = 3,
  future_read = 4,
  future_write = 5,
  task_cancelled = 6,
};

struct Event {
  EventCode code = EventCode::none;
  // The handle of what it is about.
  uint32_t index = 0;
  uint32_t payload = 0;
};

// What built-ins answer that would have to wait.
inline constexpr uint32_t kBlocked = 0xffff'ffff;

}  // namespace weir::component
