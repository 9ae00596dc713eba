#pragma once

#include <cstdint>

// Caps on what a component may contain. They are about as generous as those of other engines.
namespace weir::component::limits {

inline constexpr uint32_t kModules = 1000;
inline constexpr uint32_t kComponents = 1000;
inline constexpr uint32_t kInstances = 4096;
inline constexpr uint32_t kFunctions = 1'000'000;
inline constexpr uint32_t kTypes = 1'000'000;
inline constexpr uint32_t kCoreItems = 1'000'000;
inline constexpr uint32_t kImports = 100'000;
inline constexpr uint32_t kExports = 100'000;
inline constexpr uint32_t kArgs = 100'000;
inline constexpr uint32_t kFields = 10'000;
inline constexpr uint32_t kFlags = 32;
inline constexpr uint32_t kParams = 1000;
inline constexpr uint32_t kOptions = 10;
inline constexpr uint32_t kAttributes = 3;
// How deep components, types of components, and types may nest.
inline constexpr uint32_t kNesting = 100;
inline constexpr uint32_t kTypeDepth = 100;
inline constexpr uint64_t kModuleBytes = uint64_t{1} << 30;

}  // namespace weir::component::limits
