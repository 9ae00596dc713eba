#include "engine/version.h"

#include "engine/c_api.h"

namespace weir::engine {

std::string_view version() { return weir_engine_version(); }

}  // namespace weir::engine
