#include "host/resident.h"

#include <algorithm>
#include <cstdint>

#include "component/decode.h"
#include "host/source.h"

namespace weir::host {
namespace {

constexpr size_t kUnknown = 64 << 10;
// Rewriting so much costs about as much as the faults of a usual request.
constexpr uint64_t kWorthKeeping = 256 << 10;

}  // namespace

size_t resident_without_pagemap(const std::string& path) {
  auto binary = read_component_binary(path);
  if (!binary.ok()) return kUnknown;
  auto decoded = component::decode(binary->span());
  if (!decoded.ok()) return kUnknown;
  uint64_t largest = 0;
  for (const component::DecodedModule& module : decoded->modules) {
    const wasm::Module& core = module.module;
    for (size_t i = core.imported(wasm::ExternKind::memory); i < core.memories.size(); ++i) {
      uint64_t pages = std::min(core.memories[i].limits.min, uint64_t{1} << 16);
      largest = std::max(largest, pages << 16);
    }
  }
  return largest <= kWorthKeeping ? static_cast<size_t>(largest) : 0;
}

}  // namespace weir::host
