// What the server's side of a handshake costs, over a pipe in memory.
#include <benchmark/benchmark.h>
#include <time.h>

#include "tls/testing/authority.h"
#include "tls/testing/pair.h"

namespace weir::tls {
namespace {

using testing::Pair;

double cpu_seconds() {
  timespec now;
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void handshake(benchmark::State& state, bool rsa, bool resumed) {
  io::Loop loop;
  testing::Authority authority;
  auto files = authority.issue("leaf", {.rsa = rsa});
  auto trust = ClientContext::load({.system_roots = false, .ca_files = {authority.file()}});
  auto identity = ServerContext::load({.pairs = {{files.certificate, files.key}}});
  auto sessions = std::make_shared<SessionCache>();
  testing::PairOptions options;
  if (resumed) options.sessions = sessions;
  for (auto _ : state) {
    Pair pair(loop, *trust, *identity, options);
    double spent = 0;
    auto pending = io::IoResult::State::pending;
    auto near = pending, far = pending;
    while (near == pending || far == pending) {
      near = pair.client->handshake(nullptr).state;
      double before = cpu_seconds();
      far = pair.server->handshake(nullptr).state;
      spent += cpu_seconds() - before;
      loop.run_once();
    }
    if (!pair.server->tls()) {
      state.SkipWithError("no handshake");
      return;
    }
    state.SetIterationTime(spent);
    if (resumed) {
      Pair::write(*pair.server, "x");
      Pair::read(*pair.client);
    }
  }
}

BENCHMARK_CAPTURE(handshake, ecdsa_p256, false, false)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(handshake, rsa_2048, true, false)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(handshake, resumed, false, true)->UseManualTime()->Unit(benchmark::kMicrosecond);

void transfer(benchmark::State& state) {
  io::Loop loop;
  testing::Authority authority;
  auto files = authority.issue("leaf");
  auto trust = ClientContext::load({.system_roots = false, .ca_files = {authority.file()}});
  auto identity = ServerContext::load({.pairs = {{files.certificate, files.key}}});
  Pair pair(loop, *trust, *identity, {.capacity = 1 << 20});
  pair.shake();
  std::string block(64 << 10, 'x');
  for (auto _ : state) {
    Pair::write(*pair.server, block);
    benchmark::DoNotOptimize(Pair::read(*pair.client));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * block.size()));
}
BENCHMARK(transfer)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace weir::tls
