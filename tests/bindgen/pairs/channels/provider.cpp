// Streams of what is no number: texts, records, handles.

#include "provider.hpp"

namespace exports::test::channels::work {
namespace {

class Numbered final : public Job {
 public:
  explicit Numbered(uint32_t n) : n(n) {}
  wit::task<uint32_t> wait(wit::future<std::monostate> gate) override {
    co_await gate.read();
    co_return n;
  }

  const uint32_t n;
};

wit::task<> write_doubled(wit::stream<std::string> texts, wit::stream_writer<std::string> out) {
  for (;;) {
    std::vector<std::string> some = co_await texts.read(2);
    if (some.empty()) co_return;
    for (std::string& text : some) text += text;
    if (!co_await out.write(some)) co_return;
  }
}

}  // namespace

wit::own<Job> Job::create(uint32_t n) { return std::make_unique<Numbered>(n); }

wit::task<wit::stream<std::string>> double_(wit::stream<std::string> texts) {
  auto [writer, reader] = wit::make_stream<std::string>();
  wit::spawn(write_doubled(std::move(texts), std::move(writer)));
  co_return std::move(reader);
}

wit::task<uint32_t> count(wit::stream<wit::own<Job>> jobs) {
  uint32_t sum = 0;
  for (;;) {
    std::vector<wit::own<Job>> some = co_await jobs.read(10);
    if (some.empty()) co_return sum;
    for (const wit::own<Job>& job : some) sum += static_cast<const Numbered&>(*job).n;
  }
}

wit::task<std::optional<Item>> first(wit::stream<Item> items) {
  std::vector<Item> one = co_await items.read(1);
  if (one.empty()) co_return std::nullopt;
  co_return std::move(one.front());
}

wit::task<> nothing() { co_return; }

}  // namespace exports::test::channels::work
