#pragma once

#include <cstddef>
#include <string>

namespace weir::host {

// How many bytes of a memory to keep resident where the kernel lacks PAGEMAP_SCAN, for the
// component in the file `path`: a reset then rewrites so many, dirty or not, and gives the rest
// back to the kernel, from where each page that is touched again costs a fault. So a small memory
// is kept whole, and of a large one nothing. 64 KiB where the file cannot be read: loading says
// why.
size_t resident_without_pagemap(const std::string& path);

}  // namespace weir::host
