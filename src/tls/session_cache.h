#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace weir::tls {

// The sessions that a client may resume, by a key of its choosing (one for each server and
// identity). Belongs to one loop; always made as a shared pointer. Bounded: the oldest go first.
class SessionCache {
 public:
  explicit SessionCache(size_t entries = 1024);
  ~SessionCache();
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;

  size_t size() const;

 private:
  friend class Stream;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace weir::tls
