// Coroutines that their callers cancel while they wait: what they hold goes as at the end of a block.

#include "provider.hpp"

#define ROOT(name) __attribute__((__import_module__("$root"), __import_name__(name)))
extern "C" ROOT("[backpressure-inc]") void backpressure_inc();
extern "C" ROOT("[backpressure-dec]") void backpressure_dec();

namespace exports::test::cancelled::slow {
namespace {

uint32_t alive_now = 0;
Counts counts{};

class Counted final : public Token {
 public:
  Counted() { ++alive_now; }
  ~Counted() override { --alive_now; }
};

struct Waiting {
  Waiting() { ++counts.begun; }
  ~Waiting() { ++counts.ended; }
};

wit::task<uint32_t> get_deep(wit::future<uint32_t>& from) {
  Waiting waiting;
  co_return co_await from.read();
}

wit::task<> wait_beside(wit::future<uint32_t> gate) {
  counts.beside += co_await gate.read();
}

}  // namespace

wit::own<Token> make() { return std::make_unique<Counted>(); }
uint32_t alive() { return alive_now; }
Counts count() { return counts; }

wit::task<std::string> get(wit::future<uint32_t> from) {
  uint32_t got = co_await get_deep(from);
  co_return std::to_string(got);
}

wit::task<uint32_t> read(wit::stream<std::string> from, wit::own<Token>, std::string text) {
  Waiting waiting;
  std::vector<std::string> some = co_await from.read(10);
  co_return static_cast<uint32_t>(some.size() + text.size());
}

wit::task<> fill(std::string, std::string, std::string) {
  Waiting waiting;
  auto [writer, reader] = wit::make_stream<wit::own<Token>>();
  std::vector<wit::own<Token>> tokens;
  for (int i = 0; i < 3; ++i) tokens.push_back(make());
  (void)co_await writer.write(std::move(tokens));
}

wit::task<> many(std::vector<wit::own<Token>>, std::optional<Token*>, std::string) {
  Waiting waiting;
  auto [writer, reader] = wit::make_future<uint32_t>(0);
  (void)co_await reader.read();
}

wit::task<uint32_t> part(wit::future<uint32_t> gate, wit::future<uint32_t> from) {
  wit::spawn(wait_beside(std::move(gate)));
  Waiting waiting;
  co_return co_await from.read();
}

void hold(bool on) { on ? backpressure_inc() : backpressure_dec(); }

std::optional<wit::future<uint32_t>> kept_now;
void keep(wit::future<uint32_t> from) { kept_now = std::move(from); }
wit::task<uint32_t> kept() { co_return co_await std::exchange(kept_now, std::nullopt)->read(); }

void drain(wit::stream<wit::own<Token>>) {}

}  // namespace exports::test::cancelled::slow
