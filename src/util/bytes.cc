#include "util/bytes.h"

#include <cstdlib>

namespace weir {

Bytes::Block* Bytes::allocate(size_t size) {
  void* memory = std::malloc(sizeof(Block) + size);
  if (!memory) std::abort();
  return new (memory) Block{1};
}

void Bytes::free_block(Block* block) {
  block->~Block();
  std::free(block);
}

Bytes Bytes::copy(std::span<const uint8_t> source) {
  return make(source.size(),
              [&](uint8_t* data) { std::memcpy(data, source.data(), source.size()); });
}

Bytes Bytes::copy(std::string_view source) { return copy(as_bytes(source)); }

Bytes Bytes::borrow_static(std::string_view literal) {
  return Bytes(nullptr, reinterpret_cast<const uint8_t*>(literal.data()), literal.size());
}

}  // namespace weir
