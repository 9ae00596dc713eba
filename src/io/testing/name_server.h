#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "io/fd.h"

namespace weir::io::testing {

// A name server on a thread: answers A questions as its function says, AAAA with nothing.
class NameServer {
 public:
  struct Reply {
    uint8_t rcode = 0;
    std::vector<uint32_t> addresses;  // IPv4
    uint32_t ttl = 60;
    bool silent = false;
  };
  explicit NameServer(std::function<Reply(const std::string&)> answer)
      : answer_(std::move(answer)), fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&any), sizeof any), 0);
    socklen_t size = sizeof any;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&any), &size);
    address_ = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    stop_ = true;
    thread_.join();
  }
  const std::string& address() const { return address_; }
  int questions() const { return questions_; }

 private:
  void serve() {
    while (!stop_) {
      pollfd waiting{fd_.get(), POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      uint8_t packet[512];
      sockaddr_in from{};
      socklen_t size = sizeof from;
      ssize_t count = ::recvfrom(fd_.get(), packet, sizeof packet, 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
      if (count < 17) continue;
      std::string name;
      size_t at = 12;
      while (packet[at] != 0) {
        if (!name.empty()) name += '.';
        name.append(reinterpret_cast<char*>(packet + at + 1), packet[at]);
        at += packet[at] + 1u;
      }
      size_t end = at + 5;
      bool is_a = packet[at + 2] == 1;
      ++questions_;
      Reply reply = answer_(name);
      if (reply.silent) continue;
      std::string out(reinterpret_cast<char*>(packet), end);
      out[2] = static_cast<char>(0x81);
      out[3] = static_cast<char>(0x80 | reply.rcode);
      size_t answers = is_a ? reply.addresses.size() : 0;
      out[6] = 0;
      out[7] = static_cast<char>(answers);
      out[8] = out[9] = out[10] = out[11] = 0;
      for (size_t i = 0; i < answers; ++i) {
        const uint8_t head[] = {0xc0, 12, 0, 1, 0, 1};
        out.append(reinterpret_cast<const char*>(head), sizeof head);
        uint32_t ttl = htonl(reply.ttl), address = htonl(reply.addresses[i]);
        out.append(reinterpret_cast<const char*>(&ttl), 4);
        out.append("\0\4", 2);
        out.append(reinterpret_cast<const char*>(&address), 4);
      }
      ::sendto(fd_.get(), out.data(), out.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }

  std::function<Reply(const std::string&)> answer_;
  Fd fd_;
  std::string address_;
  std::atomic<bool> stop_{false};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

}  // namespace weir::io::testing
