// rooms: http
//
// The client's side of a connection against a hostile server: the first byte picks the request and
// in which pieces the bytes arrive, the rest is what the server sends. What comes of it may not
// depend on the pieces.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/client/connection.h"
#include "io/memory_stream.h"

namespace {

using namespace weir;
using namespace weir::http;
using client::Connection;

struct Nobody final : Waiter {
  using Waiter::Waiter;
  void fire() override {}
};

void check(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "%s\n", what);
  std::abort();
}

// What was understood, as text; "bad" for every error.
std::string run(io::Loop& loop, std::string_view input, uint8_t kind, size_t step) {
  auto [near, far] = io::memory_stream_pair(1 << 20);
  Nobody changed(loop), waiter(loop);
  Connection connection(loop, Connection::Made{std::move(near), nullptr, {}, "key"}, {},
                        std::make_shared<client::Buffers>(nullptr), nullptr);
  Request request;
  request.method = kind & 1 ? "HEAD" : kind & 2 ? "POST" : "GET";
  request.authority = "a.test";
  request.body = kind & 2 ? bytes_body(Bytes::copy("content")) : empty_body();
  if (kind & 4) request.fields.append("Expect", "100-continue");
  if (kind & 8) request.upgrade = "echo, other/1";
  auto to = client::destination_of(request);
  constexpr uint64_t hour = 3'600'000'000'000;
  connection.send(*to, request, {hour, hour, hour}, changed);
  std::string result;
  bool head_told = false;
  size_t at = 0;
  while (true) {
    loop.run_once();
    for (const Informational& interim : connection.take_informational()) {
      check(interim.status >= 102 && interim.status < 200, "an informational response is none");
      check(!interim.fields.has("connection"), "a hop's field travels on");
      result += std::to_string(interim.status) + " ";
    }
    if (connection.state() == Connection::State::failed) return result + "bad";
    if (connection.state() == Connection::State::content) {
      if (!std::exchange(head_told, true)) {
        auto head = connection.take_head();
        check(head.status >= 200 || (head.status == 101 && (kind & 8)), "a status is none");
        check(!head.fields.has("transfer-encoding") && head.fields.count("content-length") <= 1,
              "framing travels on");
        result += std::to_string(head.status) + " ";
        if (connection.upgraded()) return result + "upgraded";
      }
      while (true) {
        Body::Frame frame;
        connection.poll(1000, {}, frame, &waiter);
        if (frame.state == Body::State::pending) break;
        if (frame.state == Body::State::error) return result + "bad";
        if (frame.state == Body::State::end) return result + "end";
        if (frame.state == Body::State::data) {
          check(!frame.data.empty() && frame.data.size() <= 1000, "data of a wrong size");
          result += frame.data.view();
        } else {
          result += "trailers" + std::to_string(frame.trailers.size());
        }
      }
    }
    if (at == input.size()) {
      far->shut_down_writes();
      loop.run_once();
      if (connection.state() == Connection::State::head) return result + "waits";
      if (connection.state() == Connection::State::failed) return result + "bad";
      Body::Frame frame;
      while (true) {
        connection.poll(1000, {}, frame, nullptr);
        if (frame.state == Body::State::data) {
          result += frame.data.view();
          continue;
        }
        if (frame.state == Body::State::trailers) continue;
        return result + (frame.state == Body::State::end ? "end" : "bad");
      }
    }
    std::string part(input.substr(at, step));
    iovec bytes{part.data(), part.size()};
    if (far->write({&bytes, 1}, nullptr).state != io::IoResult::State::done) {
      loop.run_once();
      continue;
    }
    at += part.size();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static io::Loop loop;
  std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (input.size() > 100'000) return 0;
  uint8_t kind = data[0] & 15;
  std::string whole = run(loop, input, kind, input.size() + 1);
  std::string pieces = run(loop, input, kind, 1 + (data[0] >> 4));
  check(whole == pieces, "what is read depends on how it arrives");
  return 0;
}
