// A call that waits for a call of another component: where it is cancelled, so is that.

#include "relay.hpp"

namespace exports::test::cancelled::relaying {
namespace {

uint32_t ended_now = 0;

struct Waiting {
  ~Waiting() { ++ended_now; }
};

}  // namespace

wit::task<std::string> get(wit::future<uint32_t> from, Token) {
  Waiting waiting;
  auto [writer, reader] = wit::make_future<uint32_t>(99);
  ::test::cancelled::slow::keep(std::move(reader));
  std::string got = co_await ::test::cancelled::slow::get(std::move(from));
  (void)co_await writer.write(1);
  co_return got + "!";
}

wit::task<> give(std::vector<Token> all) {
  Waiting waiting;
  all.push_back(::test::cancelled::slow::make());
  Token lent = ::test::cancelled::slow::make();
  co_await ::test::cancelled::slow::many(std::move(all), lent, "some text");
}

uint32_t ended() { return ended_now; }

}  // namespace exports::test::cancelled::relaying
