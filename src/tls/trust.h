#pragma once

#include <string>
#include <vector>

#include "tls/handles.h"
#include "util/result.h"

namespace weir::tls {

// Which authorities are believed: those of the system where `system` is set (the first bundle of
// the usual places, or `system_file` where that is not empty), and the files' certificates. An
// error names a file that cannot be read; a system without a bundle is no error, it trusts nobody.
Result<StorePtr> load_trust(bool system, const std::string& system_file,
                            const std::vector<std::string>& files);

}  // namespace weir::tls
