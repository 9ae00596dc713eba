#pragma once

namespace weir::cli {

// Gives back to the system what the allocator keeps for the calling thread, but does not use.
void give_back_memory();

}  // namespace weir::cli
