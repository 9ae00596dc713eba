#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wit/binary/encode.h"
#include "wit/resolve.h"

namespace weir::wit {

// `W_component_type.o`: an object file for wasm-ld with an empty function that `W.c` refers to
// (`component_type_symbol` of `name`), and the custom section `component-type:W`, which the linker
// copies into the module and from which a component is made.
std::vector<uint8_t> component_type_object(const Resolve& resolve, WorldId world,
                                           const std::string& name,
                                           StringEncoding encoding = StringEncoding::utf8);

}  // namespace weir::wit
