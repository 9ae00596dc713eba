#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/fields.h"
#include "util/number.h"

namespace weir::http::h1 {

// A response as a client found it in what a server sent.
struct Reply {
  uint16_t status = 0;
  Fields fields;
  std::string content;
  // The message's own framing says that it is whole.
  bool complete = false;
};

// Takes the bytes that a server sent apart, as strictly as RFC 9112 puts it. `methods` are those of
// the requests, in order; GET where there are no more. `ended`: the server closed orderly. What
// cannot be a response is told in `error`.
inline std::vector<Reply> parse_replies(std::string_view bytes, std::deque<std::string> methods,
                                        bool ended, std::string& error) {
  std::vector<Reply> replies;
  auto take_line = [&](std::string_view& line) {
    size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return false;
    line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    return true;
  };
  auto take_fields = [&](Fields& fields) {
    std::string_view line;
    while (take_line(line)) {
      if (line.empty()) return true;
      size_t colon = line.find(": ");
      if (colon == std::string_view::npos) {
        error = "no field line: " + std::string(line);
        return false;
      }
      fields.append(line.substr(0, colon), line.substr(colon + 2));
    }
    return false;
  };
  while (!bytes.empty() && error.empty()) {
    Reply& reply = replies.emplace_back();
    std::string_view line;
    if (!take_line(line)) break;
    auto status = parse_decimal(line.substr(0, 12).substr(9), 999);
    if (!line.starts_with("HTTP/1.1 ") || line.size() < 13 || !status) {
      error = "no status line: " + std::string(line.substr(0, 100));
      break;
    }
    reply.status = static_cast<uint16_t>(*status);
    if (!take_fields(reply.fields)) break;
    if (reply.status / 100 == 1 && reply.status != 101) {
      reply.complete = true;
      continue;
    }
    std::string method = "GET";
    if (!methods.empty()) {
      method = methods.front();
      methods.pop_front();
    }
    bool tunnel = reply.status == 101 || (method == "CONNECT" && reply.status / 100 == 2);
    if (method == "HEAD" || reply.status == 204 || reply.status == 304) {
      reply.complete = true;
    } else if (tunnel) {
      reply.complete = true;
      reply.content = bytes;
      bytes = {};
    } else if (reply.fields.has("transfer-encoding")) {
      if (reply.fields.has("content-length") ||
          reply.fields.first("transfer-encoding") != "chunked")
        error = "a framing that contradicts itself";
      while (error.empty() && take_line(line)) {
        auto size = parse_hex(line);
        if (!size) error = "no chunk size: " + std::string(line.substr(0, 100));
        if (!size || bytes.size() < *size + 2) {
          reply.content += bytes;
          bytes = {};
          break;
        }
        if (*size == 0) {
          reply.complete = take_fields(reply.fields);
          break;
        }
        reply.content += bytes.substr(0, *size);
        if (bytes.substr(*size, 2) != "\r\n") error = "a chunk without its end";
        bytes.remove_prefix(*size + 2);
      }
    } else if (reply.fields.has("content-length")) {
      auto length = parse_decimal(reply.fields.first("content-length"));
      if (!length || reply.fields.count("content-length") != 1) {
        error = "a bad Content-Length";
        break;
      }
      reply.complete = bytes.size() >= *length;
      reply.content = bytes.substr(0, *length);
      bytes.remove_prefix(reply.content.size());
    } else {
      reply.content = bytes;
      reply.complete = ended;
      bytes = {};
    }
  }
  return replies;
}

}  // namespace weir::http::h1
