#pragma once

#include <optional>
#include <string_view>

namespace weir::cli {

// How many processors this process may use: those of its affinity, as far as the quotas of its
// control groups go; at least one.
unsigned usable_processors();

// What a cgroup's `cpu.max` allows, rounded up; none without a limit.
std::optional<unsigned> processors_of_quota(std::string_view cpu_max);

}  // namespace weir::cli
