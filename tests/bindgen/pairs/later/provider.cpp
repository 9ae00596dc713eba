// Asynchronous exports are coroutines.

#include "provider.hpp"

namespace exports::test::later::steps {

wit::task<uint64_t> sum(wit::stream<uint32_t> values, wit::future<uint32_t> last, uint32_t more) {
  uint64_t total = more;
  for (;;) {
    std::vector<uint32_t> some = co_await values.read(4);
    if (some.empty()) break;
    for (uint32_t value : some) total += value;
  }
  co_return total + co_await last.read();
}

namespace {

wit::task<> write(wit::stream_writer<uint8_t> out, std::string text) {
  std::span<const uint8_t> left = wit::bytes(text);
  while (!left.empty()) {
    size_t size = std::min<size_t>(left.size(), 3);
    if (!co_await out.write(left.first(size))) co_return;
    left = left.subspan(size);
  }
}

}  // namespace

wit::task<wit::expected<wit::stream<uint8_t>, std::string>> spell(std::string text) {
  if (text.empty()) co_return wit::unexpected(std::string("nothing to spell"));
  auto [writer, reader] = wit::make_stream<uint8_t>();
  // Goes on after the result has been returned.
  wit::spawn(write(std::move(writer), std::move(text)));
  co_return std::move(reader);
}

wit::task<std::string> join(std::string a, std::string b, std::string c) { co_return a + b + c; }

}  // namespace exports::test::later::steps
