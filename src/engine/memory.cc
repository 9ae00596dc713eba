#include "engine/memory.h"

#include "engine/c_api.h"

namespace weir::engine {

Memory::Memory(Store& store, MemoryRef ref)
    : store_(&store), base_(wasmtime_memory_data(store.raw(), raw(ref))), ref_(ref) {
  refresh();
}

void Memory::refresh() {
  growth_seen_ = store_->growth_count();
  size_ = wasmtime_memory_data_size(store_->raw(), raw(ref_));
}

}  // namespace weir::engine
