// Clocks, random, cli, filesystem, sockets: what a guest gets without grants.
#include <gtest/gtest.h>

#include "wasi/p2/resources.h"
#include "wasi/testing/fake_guest.h"

namespace weir::wasi::p2 {
namespace {

using testing::FakeGuest;
using Kind = component::Trap::Kind;

struct Interfaces : ::testing::Test {
  FakeGuest guest;
  component::Call& call = guest.call;
  Hosts& p2 = guest.p2();
};

TEST_F(Interfaces, ClocksTellTheTime) {
  EXPECT_EQ(*p2.monotonic_clock.now(call), 1'000'000u);
  EXPECT_EQ(*p2.monotonic_clock.resolution(call), 1u);
  EXPECT_EQ(p2.wall_clock.now(call)->seconds, 1'700'000'000u);
  EXPECT_EQ(p2.wall_clock.now(call)->nanoseconds, 5u);
  EXPECT_EQ(p2.wall_clock.resolution(call)->seconds, 1u);
  EXPECT_EQ(p2.wall_clock.resolution(call)->nanoseconds, 1u);
  EXPECT_EQ(p2.timezone.display(call, {0, 0})->name, "UTC");
  EXPECT_EQ(*p2.timezone.utc_offset(call, {UINT64_MAX, 0}), 0);
}

TEST_F(Interfaces, RandomGivesAsManyBytesAsAskedUpToTheLimit) {
  EXPECT_EQ(p2.random.get_random_bytes(call, 0)->size(), 0u);
  EXPECT_EQ(p2.random.get_random_bytes(call, 3)->view(), "\x01\x02\x03");
  EXPECT_EQ(p2.insecure_random.get_insecure_random_bytes(call, 1000)->size(), 1000u);
  EXPECT_NE(*p2.random.get_random_u64(call), *p2.random.get_random_u64(call));
  EXPECT_NE(*p2.insecure_random.get_insecure_random_u64(call), 0u);
  auto [a, b] = *p2.insecure_seed.insecure_seed(call);
  EXPECT_NE(a, b);
  EXPECT_EQ(p2.random.get_random_bytes(call, guest.grants.limits.random)->size(), 1u << 20);
}

TEST_F(Interfaces, HugeRandomEndsTheGuestWithoutAllocating) {
  for (uint64_t len : {(uint64_t{1} << 20) + 1, uint64_t{1} << 40, UINT64_MAX}) {
    auto answer = p2.random.get_random_bytes(call, len);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.trap().kind(), Kind::host);
    EXPECT_FALSE(p2.insecure_random.get_insecure_random_bytes(call, len).ok());
  }
}

TEST_F(Interfaces, EnvironmentIsWhatIsGrantedAndNothingElse) {
  EXPECT_TRUE(p2.environment.get_environment(call)->empty());
  EXPECT_TRUE(p2.environment.get_arguments(call)->empty());
  EXPECT_FALSE(p2.environment.initial_cwd(call)->has_value());
  guest.grants.environment = {{"A", "1"}, {"B", ""}};
  guest.grants.arguments = {"app"};
  EXPECT_EQ(*p2.environment.get_environment(call),
            (std::vector<std::tuple<std::string, std::string>>{{"A", "1"}, {"B", ""}}));
  EXPECT_EQ(*p2.environment.get_arguments(call), std::vector<std::string>{"app"});
}

TEST_F(Interfaces, ExitEndsTheGuestWithItsStatus) {
  EXPECT_EQ(p2.exit.exit(call, {}).trap().kind(), Kind::exit);
  EXPECT_EQ(p2.exit.exit(call, {}).trap().status(), 0);
  EXPECT_EQ(p2.exit.exit(call, Err(Unit{})).trap().status(), 1);
  EXPECT_EQ(p2.exit.exit_with_code(call, 42).trap().status(), 42);
}

TEST_F(Interfaces, StdinIsAtItsEnd) {
  auto in = *p2.stdin_.get_stdin(call);
  EXPECT_FALSE(p2.streams.input_stream_read(call, *in, 1)->ok());
  EXPECT_FALSE(p2.streams.input_stream_blocking_read(call, *in, 1)->ok());
  EXPECT_TRUE(in->ready());
}

TEST_F(Interfaces, StdoutAndStderrGoToTheirSinksAndNeverWait) {
  auto out = *p2.stdout_.get_stdout(call);
  auto err = *p2.stderr_.get_stderr(call);
  std::string page(4096, 'o');
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(
        p2.streams.output_stream_blocking_write_and_flush(call, *out, as_bytes(page))->ok());
  }
  EXPECT_TRUE(p2.streams.output_stream_blocking_write_and_flush(call, *err, as_bytes("e"))->ok());
  EXPECT_EQ(guest.suspensions, 0);
  EXPECT_EQ(guest.out.text.size(), 409600u);
  EXPECT_EQ(guest.err.text, "e");
  uint64_t permit = **p2.streams.output_stream_check_write(call, *out);
  EXPECT_LE(permit, 64u << 10);
}

TEST(InterfacesWithoutSinks, DropTheOutput) {
  FakeGuest guest;
  Guest silent(Context{guest.loop, guest.loop, guest.random, guest.grants});
  auto out = *silent.p2.stdout_.get_stdout(guest.call);
  EXPECT_TRUE(out->put(as_bytes("nobody")).ok());
}

TEST_F(Interfaces, NothingIsATerminal) {
  EXPECT_FALSE(p2.terminal_stdin.get_terminal_stdin(call)->has_value());
  EXPECT_FALSE(p2.terminal_stdout.get_terminal_stdout(call)->has_value());
  EXPECT_FALSE(p2.terminal_stderr.get_terminal_stderr(call)->has_value());
}

TEST_F(Interfaces, ThereAreNoFiles) {
  EXPECT_TRUE(p2.preopens.get_directories(call)->empty());
  filesystem_types::Descriptor descriptor;
  auto opened = p2.filesystem.descriptor_open_at(call, descriptor, {}, ".", {}, {});
  ASSERT_TRUE(opened.ok() && !opened->ok());
  EXPECT_EQ(opened->error(), filesystem_types::ErrorCode::access);
  io_error::Error error("x");
  EXPECT_FALSE(p2.filesystem.filesystem_error_code(call, error)->has_value());
}

TEST_F(Interfaces, SocketsCanBeMadeAndConfiguredButNeverReachTheNetwork) {
  using sockets_network::ErrorCode;
  using sockets_network::IpAddressFamily;
  auto network = *p2.instance_network.instance_network(call);
  auto made = p2.tcp_create.create_tcp_socket(call, IpAddressFamily::ipv6);
  ASSERT_TRUE(made.ok() && made->ok());
  auto& tcp = ***made;
  EXPECT_EQ(*p2.tcp.tcp_socket_address_family(call, tcp), IpAddressFamily::ipv6);
  auto address = sockets_network::IpSocketAddress::ipv4({80, {127, 0, 0, 1}});
  EXPECT_EQ(p2.tcp.tcp_socket_start_connect(call, tcp, *network, address)->error(),
            ErrorCode::access_denied);
  EXPECT_EQ(p2.tcp.tcp_socket_start_bind(call, tcp, *network, address)->error(),
            ErrorCode::access_denied);
  EXPECT_EQ(p2.tcp.tcp_socket_finish_connect(call, tcp)->error(), ErrorCode::not_in_progress);
  EXPECT_EQ(p2.tcp.tcp_socket_set_hop_limit(call, tcp, 0)->error(), ErrorCode::invalid_argument);
  EXPECT_TRUE(p2.tcp.tcp_socket_set_hop_limit(call, tcp, 7)->ok());
  EXPECT_EQ(**p2.tcp.tcp_socket_hop_limit(call, tcp), 7);
  auto pollable = *p2.tcp.tcp_socket_subscribe(call, tcp);
  EXPECT_TRUE(pollable->ready());
  EXPECT_NE(tcp.drop_refusal(), nullptr);

  auto udp = p2.udp_create.create_udp_socket(call, IpAddressFamily::ipv4);
  ASSERT_TRUE(udp.ok() && udp->ok());
  EXPECT_EQ(p2.udp.udp_socket_start_bind(call, ***udp, *network, address)->error(),
            ErrorCode::access_denied);
  EXPECT_EQ(p2.udp.udp_socket_stream(call, ***udp, std::nullopt)->error(),
            ErrorCode::invalid_state);
  EXPECT_EQ(p2.name_lookup.resolve_addresses(call, *network, "localhost")->error(),
            ErrorCode::access_denied);
}

}  // namespace
}  // namespace weir::wasi::p2
