// rooms: tls
//
// What comes before the handshake is over: the first byte picks the side and in which pieces the
// bytes arrive. Nothing of it may be taken for content.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "io/memory_stream.h"
#include "tls/stream.h"
#include "tls/testing/authority.h"

namespace {

using namespace weir;

struct Setting {
  Setting() {
    auto mine = authority.issue("localhost");
    trust = *tls::ClientContext::load({.system_roots = false, .ca_files = {authority.file()}});
    identity = *tls::ServerContext::load({.pairs = {{mine.certificate, mine.key}}});
  }
  io::Loop loop;
  tls::testing::Authority authority;
  std::shared_ptr<const tls::ClientContext> trust;
  std::shared_ptr<const tls::ServerContext> identity;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static Setting setting;
  if (size == 0) return 0;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t step = data[0] & 2 ? 1 + (data[0] >> 2) : input.size() + 1;
  auto [near, far] = io::memory_stream_pair();
  std::unique_ptr<tls::Stream> stream;
  if (data[0] & 1)
    stream =
        tls::Stream::client(setting.loop, std::move(near), setting.trust, "localhost", nullptr, "");
  else
    stream = tls::Stream::server(setting.loop, std::move(near), setting.identity, 10'000'000'000);
  uint8_t buffer[1000];
  while (true) {
    auto result = stream->read(buffer, nullptr);
    if (result.state == io::IoResult::State::failed) break;
    if (result.state == io::IoResult::State::done || stream->tls()) {
      std::fprintf(stderr, "a handshake without a partner\n");
      std::abort();
    }
    if (input.empty()) {
      far.reset();
      continue;
    }
    iovec part{const_cast<char*>(input.data()), std::min(step, input.size())};
    auto written = far->write({&part, 1}, nullptr);
    if (written.state != io::IoResult::State::done) break;
    input.remove_prefix(written.bytes);
    uint8_t answer[4096];
    while (far->read(answer, nullptr).state == io::IoResult::State::done) {
    }
  }
  return 0;
}
