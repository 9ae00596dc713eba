#pragma once

#include <cstdint>
#include <span>

#include "component/definitions.h"
#include "component/features.h"
#include "util/result.h"

namespace weir::component {

// Whether the bytes begin as a component does (and not as a core module).
bool is_component(std::span<const uint8_t> bytes);

// Decodes and validates a component. The bodies of its core modules are not validated. An error
// says at which byte, which rule, and the names involved.
Result<Decoded> decode(std::span<const uint8_t> bytes, const Features& features = {});

}  // namespace weir::component
