#include "io/listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <vector>

namespace weir::io {
namespace {

TEST(ListeningSocket, TellsThePortThatTheSystemChose) {
  auto socket = ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(socket.ok());
  EXPECT_TRUE(socket->address().starts_with("127.0.0.1:"));
  EXPECT_NE(socket->address(), "127.0.0.1:0");
}

TEST(ListeningSocket, RefusesAnAddressThatAServerUses) {
  auto first = ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(first.ok());
  auto second = ListeningSocket::open(first->address());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("address in use"), std::string::npos);
}

TEST(ListeningSocket, TakesOverTheFileOfADeadServerButNotOfALiveOne) {
  std::string path = std::filesystem::temp_directory_path() / ("weir-" + std::to_string(getpid()));
  std::string address = "unix:" + path;
  {
    // A server that died leaves its file.
    int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    ::close(fd);
  }
  {
    auto live = ListeningSocket::open(address);
    ASSERT_TRUE(live.ok()) << live.error().message;
    EXPECT_EQ(live->address(), address);
    EXPECT_FALSE(ListeningSocket::open(address).ok());
  }
  struct stat info;
  EXPECT_NE(::lstat(path.c_str(), &info), 0);
}

TEST(ListeningSocket, TakesADescriptorThatListensAndNoOther) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  std::string address = "fd:" + std::to_string(fd);
  EXPECT_FALSE(ListeningSocket::open(address).ok());
  ASSERT_EQ(::listen(fd, 1), 0);
  EXPECT_TRUE(ListeningSocket::open(address).ok());
  EXPECT_FALSE(ListeningSocket::open("fd:99999").ok());
}

TEST(ListeningSocket, SaysWhatIsWrongWithAnAddress) {
  for (const char* bad : {"", "80", "127.0.0.1", "127.0.0.1:65536", "127.0.0.1:http", "[::1:80",
                          "example.com:80", "unix:", "fd:x", "::1:80", "127.0.0.1:-1"}) {
    auto socket = ListeningSocket::open(bad);
    ASSERT_FALSE(socket.ok()) << bad;
    EXPECT_FALSE(socket.error().message.empty());
  }
}

struct Guests final : Acceptor::Owner {
  bool reserve() override {
    if (room == 0) return false;
    --room;
    return true;
  }
  void accepted(const ListeningSocket&, Fd connection, std::string address) override {
    connections.push_back(std::move(connection));
    peer = std::move(address);
  }
  void not_accepted() override { ++room; }
  int room = 1000;
  std::vector<Fd> connections;
  std::string peer;
};

Fd connect_to(const ListeningSocket& socket) {
  sockaddr_in name = {};
  socklen_t size = sizeof name;
  ::getsockname(socket.fd(), reinterpret_cast<sockaddr*>(&name), &size);
  Fd client(::socket(AF_INET, SOCK_STREAM, 0));
  EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  return client;
}

TEST(Acceptor, AcceptsAndPauses) {
  auto socket = ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(socket.ok());
  Loop loop;
  Guests guests;
  Acceptor acceptor(loop, *socket, guests);
  Fd first = connect_to(*socket);
  for (int i = 0; i < 1000 && guests.connections.empty(); ++i) loop.run_once();
  ASSERT_EQ(guests.connections.size(), 1u);
  EXPECT_TRUE(guests.peer.starts_with("127.0.0.1:"));
  acceptor.pause();
  Fd second = connect_to(*socket);
  for (int i = 0; i < 10; ++i) loop.run_once();
  EXPECT_EQ(guests.connections.size(), 1u);
  acceptor.resume();
  for (int i = 0; i < 1000 && guests.connections.size() == 1; ++i) loop.run_once();
  EXPECT_EQ(guests.connections.size(), 2u);
}

TEST(Acceptor, PausesWhereThereIsNoRoomAndLeavesTheRestInTheQueue) {
  auto socket = ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(socket.ok());
  Loop loop;
  Guests guests;
  guests.room = 1;
  Acceptor acceptor(loop, *socket, guests);
  Fd first = connect_to(*socket), second = connect_to(*socket);
  for (int i = 0; i < 1000 && !acceptor.paused(); ++i) loop.run_once();
  EXPECT_TRUE(acceptor.paused());
  EXPECT_EQ(guests.connections.size(), 1u);
  EXPECT_EQ(guests.room, 0);
  guests.room = 1;
  acceptor.resume();
  for (int i = 0; i < 1000 && guests.connections.size() == 1; ++i) loop.run_once();
  EXPECT_EQ(guests.connections.size(), 2u);
}

TEST(Acceptor, GivesTheRoomBackWhereNothingWaits) {
  auto socket = ListeningSocket::open("127.0.0.1:0");
  ASSERT_TRUE(socket.ok());
  Loop loop;
  Guests guests;
  Acceptor acceptor(loop, *socket, guests);
  acceptor.accept_waiting();
  EXPECT_EQ(guests.room, 1000);
}

}  // namespace
}  // namespace weir::io
