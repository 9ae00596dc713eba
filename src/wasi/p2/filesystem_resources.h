#pragma once

#include "component/host/resource.h"

// Resources of wasi:filesystem. There are no preopened directories, so no guest ever gets one.
namespace weir::wasi::p2::filesystem_types {
class Descriptor final : public component::HostResource {};
class DirectoryEntryStream final : public component::HostResource {};
}  // namespace weir::wasi::p2::filesystem_types
