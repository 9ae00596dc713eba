#include "user.hpp"

namespace work = test::channels::work;
using work::Item;
using work::Job;

#define CHECK(condition) \
  if (!(condition)) co_return #condition

namespace {

template <class T>
wit::task<> write_all(wit::stream_writer<T> writer, std::vector<T> all) {
  (void)co_await writer.write(std::move(all));
}

wit::task<> read_one(wit::stream<Item> items) { (void)co_await work::first(std::move(items)); }

wit::task<> open(wit::future_writer<std::monostate> gate) { (void)co_await gate.write({}); }

wit::task<std::string> go() {
  auto [texts, texts_read] = wit::make_stream<std::string>();
  wit::spawn(write_all<std::string>(std::move(texts), {"a", "", "long enough for the heap"}));
  wit::stream<std::string> doubled = co_await work::double_(std::move(texts_read));
  std::string all;
  for (;;) {
    std::vector<std::string> some = co_await doubled.read(10);
    if (some.empty()) break;
    for (const std::string& text : some) all += text + ";";
  }
  CHECK(all == "aa;;long enough for the heaplong enough for the heap;");

  std::vector<Job> jobs;
  for (uint32_t n = 1; n <= 25; ++n) jobs.emplace_back(n);
  auto [sent, sent_read] = wit::make_stream<Job>();
  wit::spawn(write_all<Job>(std::move(sent), std::move(jobs)));
  CHECK(co_await work::count(std::move(sent_read)) == 25 * 26 / 2);

  auto [items, items_read] = wit::make_stream<Item>();
  std::vector<Item> both = {{7, {"x", "y"}}, {8, {}}};
  wit::spawn(write_all<Item>(std::move(items), both));
  std::optional<Item> first = co_await work::first(std::move(items_read));
  CHECK(first && *first == both[0]);

  auto [gate, gate_read] = wit::make_future<std::monostate>();
  Job job(42);
  wit::spawn(open(std::move(gate)));
  CHECK(co_await job.wait(std::move(gate_read)) == 42);
  co_await work::nothing();

  // The reader goes away before it has taken the second.
  auto [more, more_read] = wit::make_stream<Item>();
  wit::spawn(read_one(std::move(more_read)));
  CHECK(!co_await more.write(both));
  co_return "";
}

}  // namespace

wit::task<std::string> exports::test::channels::checks::run() { co_return co_await go(); }
