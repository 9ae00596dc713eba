// Asynchronous imports are awaited; tasks run side by side.

#include "user.hpp"

namespace steps = test::later::steps;

#define CHECK(condition) \
  if (!(condition)) co_return #condition

namespace {

wit::task<> feed(wit::stream_writer<uint32_t> values, wit::future_writer<uint32_t> last) {
  const uint32_t numbers[] = {1, 2, 3, 4, 5, 6};
  (void)co_await values.write(numbers);
  wit::drop(std::move(values));
  (void)co_await last.write(70);
}

wit::task<std::string> go() {
  auto [values, values_read] = wit::make_stream<uint32_t>();
  auto [last, last_read] = wit::make_future<uint32_t>();
  wit::spawn(feed(std::move(values), std::move(last)));
  uint64_t sum = co_await steps::sum(std::move(values_read), std::move(last_read), 1000);
  CHECK(sum == 1 + 2 + 3 + 4 + 5 + 6 + 70 + 1000);

  std::string joined = co_await steps::join("one ", "", "two");
  CHECK(joined == "one two");

  wit::expected<wit::stream<uint8_t>, std::string> nothing = co_await steps::spell("");
  CHECK(!nothing && nothing.error() == "nothing to spell");

  wit::expected<wit::stream<uint8_t>, std::string> spelt = co_await steps::spell("hello streams");
  CHECK(spelt);
  std::string read;
  for (;;) {
    std::vector<uint8_t> some = co_await spelt->read(5);
    if (some.empty()) break;
    read += wit::text(some);
  }
  CHECK(read == "hello streams");

  // A reader that goes away ends the writing.
  wit::expected<wit::stream<uint8_t>, std::string> unread = co_await steps::spell("never read");
  CHECK(unread);
  std::vector<uint8_t> first = co_await unread->read(1);
  CHECK(wit::text(first) == "n");
  co_return "";
}

}  // namespace

wit::task<std::string> exports::test::later::checks::run() { co_return co_await go(); }
