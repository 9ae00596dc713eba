#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/h1/body_decoder.h"
#include "http/h1/request_head.h"

namespace weir::http::h1 {

// What a parser makes of the bytes of a connection.
struct Verdict {
  struct Message {
    std::string method, content;
    friend bool operator==(const Message&, const Message&) = default;
  };
  // `stop`: nothing after a request that ends the connection or changes the protocol is looked at.
  enum class End : uint8_t { more, bad, stop };

  std::vector<Message> messages;
  End end = End::more;
};

// What the server's parser makes of them.
inline Verdict verdict_of(std::string_view input) {
  Verdict out;
  auto ended = [&](Verdict::End end) {
    out.end = end;
    return std::move(out);
  };
  const HeadLimits limits;
  while (true) {
    if (input.starts_with("\r\n")) input.remove_prefix(2);
    if (input.empty()) return ended(Verdict::End::more);
    size_t scanned = 0;
    auto size = find_head_end(input, scanned, limits);
    if (!size.ok()) return ended(Verdict::End::bad);
    if (*size == 0) return ended(Verdict::End::more);
    auto head = parse_request_head(input.substr(0, *size), limits, false, "local:80");
    if (!head.ok()) return ended(Verdict::End::bad);
    input.remove_prefix(*size);
    BodyDecoder decoder;
    decoder.begin(head->chunked, head->length.value_or(0), UINT64_MAX);
    Verdict::Message message{head->request.method, {}};
    for (bool done = false; !done;) {
      std::string_view data;
      switch (decoder.next(input, data, SIZE_MAX)) {
        case BodyDecoder::Step::data:
          message.content += data;
          break;
        case BodyDecoder::Step::end:
          done = true;
          break;
        case BodyDecoder::Step::more:
          return ended(Verdict::End::more);
        default:
          return ended(Verdict::End::bad);
      }
    }
    out.messages.push_back(std::move(message));
    if (!head->keep_alive || head->request.method == "CONNECT" || !head->request.upgrade.empty())
      return ended(Verdict::End::stop);
  }
}

}  // namespace weir::http::h1
