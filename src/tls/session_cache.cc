#include "tls/session_cache.h"

#include "tls/session_cache_impl.h"

namespace weir::tls {

SessionCache::SessionCache(size_t entries) : impl_(std::make_unique<Impl>()) {
  impl_->limit = entries;
}
SessionCache::~SessionCache() = default;
size_t SessionCache::size() const { return impl_->entries.size(); }

}  // namespace weir::tls
