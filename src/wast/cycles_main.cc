// weir-cycles: many short lives of hostile guests, to see that nothing of them stays.
//
//   weir-cycles COUNT [SEED]
//
// Each cycle instantiates a component of two instances that call built-ins at random
// (component/testing/hostile_guest.h), calls it, and lets it return, trap, be cancelled or be
// destroyed in the middle. After a tenth of the cycles, and again at the end, it looks at what the
// process holds. Exits with 0 if nothing has grown.
#include <dirent.h>
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "component/testing/hostile_guest.h"

namespace weir::wast {
namespace {

using component::testing::HostileEnd;
using component::testing::HostileGuests;

// What may differ between two looks: buffers that grow once, and the granularity of the system.
constexpr uint64_t kHeapSlack = 256 << 10;
constexpr uint64_t kResidentSlack = 8 << 20;

struct Look {
  uint64_t heap;
  uint64_t resident;
  uint64_t descriptors;
  engine::PoolMetrics pool;
};

uint64_t open_descriptors() {
  uint64_t count = 0;
  DIR* folder = opendir("/proc/self/fd");
  if (!folder) return 0;
  while (readdir(folder)) ++count;
  closedir(folder);
  return count;
}

Look look(const engine::Engine& engine) {
  uint64_t pages = 0;
  uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return {mallinfo2().uordblks, resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)),
          open_descriptors(), engine.metrics()};
}

void print(uint64_t cycles, const Look& look) {
  std::printf(
      "after %llu cycles: heap %llu KiB, resident %llu KiB, %llu descriptors, %llu stacks\n",
      static_cast<unsigned long long>(cycles), static_cast<unsigned long long>(look.heap >> 10),
      static_cast<unsigned long long>(look.resident >> 10),
      static_cast<unsigned long long>(look.descriptors),
      static_cast<unsigned long long>(look.pool.stacks));
}

// What can be done at any time, so that a program gets somewhere.
constexpr std::string_view kHarmless[] = {
    "stream-new",   "texts-new",   "future-new",   "set-new",    "yield",
    "pressure-inc", "context-get", "resource-new", "log",        "thread-index",
    "thread-new",   "call-turns",  "call-turns",   "call-make",  "later",
    "source",       "log",         "context-set",  "call-turns", "yield",
};

// A third of the programs is random bytes, a third mostly operations that exist, and a third mostly
// harmless ones.
std::string random_program(std::mt19937& random) {
  std::string program(random() % 300, '\0');
  uint32_t kind = random() % 3;
  for (size_t i = 0; i < program.size(); ++i) {
    program[i] = static_cast<char>(kind == 1 && random() % 4 ? random() % 70 : random());
    if (kind != 2) continue;
    std::string_view name = kHarmless[random() % std::size(kHarmless)];
    if (random() % 40 != 0) program[i] = static_cast<char>(component::testing::hostile_op(name));
    // Its arguments.
    size_t arguments = name == "log" || name == "later"               ? 3
                       : name == "thread-new" || name == "call-turns" ? 2
                       : name == "source" || name == "call-make"      ? 1
                                                                      : 0;
    for (; arguments > 0 && i + 1 < program.size(); --arguments) {
      program[++i] = static_cast<char>(random() % 8);
    }
  }
  return program;
}

int run(uint64_t count, uint32_t seed) {
  std::unique_ptr<HostileGuests> guests = HostileGuests::make();
  if (!guests) return 1;
  std::mt19937 random(seed);
  std::array<uint64_t, 4> ends{};
  Look before{};
  for (uint64_t i = 0; i < count; ++i) {
    std::string program = random_program(random);
    bool patient = random() % 4 != 0;
    auto end = component::testing::run_hostile(
        *guests, {reinterpret_cast<const uint8_t*>(program.data()), program.size()},
        random() % 2 == 0, patient ? 2000 : static_cast<uint32_t>(random() % 5), random() % 2 == 0);
    if (!end) {
      std::printf("cycle %llu of seed %u does not come to an end\n",
                  static_cast<unsigned long long>(i), seed);
      return 1;
    }
    ends[static_cast<size_t>(*end)] += 1;
    if (i + 1 == count / 10) print(i + 1, before = look(*guests->engine));
  }
  Look after = look(*guests->engine);
  print(count, after);
  std::printf("%llu returned, %llu trapped, %llu were cancelled, %llu destroyed\n",
              static_cast<unsigned long long>(ends[0]), static_cast<unsigned long long>(ends[1]),
              static_cast<unsigned long long>(ends[2]), static_cast<unsigned long long>(ends[3]));
  bool grew =
      after.heap > before.heap + kHeapSlack || after.resident > before.resident + kResidentSlack ||
      after.descriptors != before.descriptors || after.pool.stacks != 0 || after.pool.memories != 0;
  if (grew) std::printf("it grew\n");
  return grew ? 1 : 0;
}

}  // namespace
}  // namespace weir::wast

int main(int argc, char** argv) {
  unsigned long long count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
  if (count < 10) {
    std::fputs("usage: weir-cycles COUNT [SEED]; COUNT is 10 or more\n", stderr);
    return 2;
  }
  uint32_t seed = argc > 2 ? static_cast<uint32_t>(std::strtoul(argv[2], nullptr, 10)) : 1;
  return weir::wast::run(count, seed);
}
