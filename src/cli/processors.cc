#include "cli/processors.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "util/number.h"

namespace weir::cli {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The path of this process's group of version 2, "/" where it is not known.
std::string own_group() {
  std::ifstream file("/proc/self/cgroup");
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("0::")) return line.substr(3);
  return "/";
}

std::optional<unsigned> quota_of_version_1() {
  std::string folder = "/sys/fs/cgroup/cpu/";
  std::string quota = first_line(folder + "cpu.cfs_quota_us");
  if (quota.empty() || quota.front() == '-') return std::nullopt;
  return processors_of_quota(quota + " " + first_line(folder + "cpu.cfs_period_us"));
}

}  // namespace

std::optional<unsigned> processors_of_quota(std::string_view cpu_max) {
  size_t space = cpu_max.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  auto quota = parse_decimal(cpu_max.substr(0, space), UINT32_MAX);
  auto period = parse_decimal(cpu_max.substr(space + 1), UINT32_MAX);
  if (!quota || !period || *period == 0) return std::nullopt;
  return static_cast<unsigned>(std::max<uint64_t>(1, (*quota + *period - 1) / *period));
}

unsigned usable_processors() {
  cpu_set_t set;
  unsigned count = ::sched_getaffinity(0, sizeof set, &set) == 0
                       ? static_cast<unsigned>(std::max(1, CPU_COUNT(&set)))
                       : 1;
  auto limit = [&](std::optional<unsigned> quota) {
    if (quota) count = std::min(count, *quota);
  };
  limit(quota_of_version_1());
  // A group's quota holds for all beneath it.
  std::string group = own_group();
  while (true) {
    limit(processors_of_quota(first_line("/sys/fs/cgroup" + group + "/cpu.max")));
    if (group.empty() || group == "/") return count;
    group.erase(group.rfind('/'));
  }
}

}  // namespace weir::cli
