// rooms: http
//
// A whole connection of a server against a hostile client: the first bytes choose limits and what
// happens besides, the rest is what the client sends, in pieces and with pauses that the input
// chooses too. Whatever comes: it ends, no request gets two answers, what looks complete parses,
// and after an answer that refuses for good nothing more is read or answered.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <string_view>

#include "http/h1/testing/served.h"

namespace {

using namespace weir;
using namespace weir::http;
using namespace weir::http::h1;

constexpr uint64_t kSecond = 1'000'000'000;

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

struct Input {
  const uint8_t* data;
  size_t size;
  uint8_t next() {
    if (size == 0) return 0;
    --size;
    return *data++;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3 || size > 50'000) return 0;
  Input input{data, size};
  uint8_t how = input.next(), pieces = input.next(), pauses = input.next();
  ServerSettings settings;
  settings.half_close = how & 1;
  if (how & 2) settings.max_body = 100;
  if (how & 4) settings.max_duration_ns = 20 * kSecond;
  settings.head = {.request_line = 200, .section = 1000, .fields = 10};
  Served served(settings, how & 8 ? 64 : 64 << 10, nullptr, how & 16 ? 1 : 1000, how & 32 ? 0 : 10);
  Admission::Place busy;
  if (how & 16) busy = served.gate.try_enter();

  std::string_view text(reinterpret_cast<const char*>(input.data), input.size);
  size_t step = 1 + pieces % 64 * (pieces & 64 ? 16 : 1);
  for (unsigned turn = 0; !text.empty() && !served.gone; ++turn) {
    size_t count = std::min(step, text.size());
    served.send(text.substr(0, count));
    text.remove_prefix(count);
    if (pauses & 1 && turn % 4 == 0) served.wait(kSecond);
    if (pauses & 2 && turn % 8 == 3) busy = {};
    if (pauses & 4 && turn % 8 == 5) served.reads = !served.reads;
    if (pauses & 8 && turn == 6 && served.connection) {
      served.is_draining = true;
      served.connection->drain();
    }
  }
  busy = {};
  served.reads = true;
  served.settle();
  if (served.ended && !served.gone) {
    // What comes after the server's last word is not looked at.
    size_t before = served.received.size(), records = served.records.size();
    served.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    check(served.received.size() == before && served.records.size() == records,
          "an answer after the last one");
  }
  if (pauses & 16 && served.client) {
    served.client->shut_down_writes();
  } else if (pauses & 32 && served.client) {
    served.client->reset();
  }
  // Every timeout passes.
  for (int i = 0; i < 8 && !served.gone; ++i) served.wait(20 * kSecond);
  check(served.gone, "a connection that never ends");
  check(served.running == 0 && served.gate.running() == 0 && served.gate.waiting() == 0,
        "a request that was not given back");
  check(served.bytes.used() == 0, "bytes that are counted for ever");

  // Each request that was answered has a record, in the order of the answers.
  std::deque<std::string> methods;
  for (const Served::Record& record : served.records)
    if (record.status != 0) methods.push_back(record.method.empty() ? "GET" : record.method);
  const size_t answered = methods.size();
  size_t finals = 0;
  for (const Reply& reply : served.replies(std::move(methods)))
    if (reply.status >= 200 || reply.status == 101) ++finals;
  check(finals <= answered, "more answers than requests");
  check(served.error.empty(), "what the server sent does not parse");
  return 0;
}
