#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "util/result.h"
#include "wit/binary/encode.h"
#include "wit/resolve.h"

namespace weir::tools {

// A core module with a section `component-type` that says that it is for this world. Sections of
// that kind which it has already stay.
Result<std::vector<uint8_t>> embed_world(std::span<const uint8_t> module,
                                         const wit::Resolve& resolve, wit::WorldId world,
                                         wit::StringEncoding encoding);

}  // namespace weir::tools
