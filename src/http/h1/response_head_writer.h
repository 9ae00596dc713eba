#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace weir::http::h1 {

// How the end of a response's content is told (RFC 9112 section 6).
enum class Framing : uint8_t { none, length, chunked, until_close };

// What a response's head says beside the handler's fields.
struct HeadTerms {
  Framing framing = Framing::none;
  // With `Framing::length`; else what a Content-Length may say where there is no content, to HEAD.
  std::optional<uint64_t> length;
  // A Content-Length of the handler's describes what GET would have got: to HEAD, and with 304.
  bool describes = false;
  // 101: the fields Connection and Upgrade name the change.
  bool switches = false;
  bool close = false;
  // HTTP/1.0 has to be told that the connection stays.
  bool keep_alive_1_0 = false;
  std::string_view date;
};

// Fields that belong to the connection or the framing: never a handler's to send.
bool is_connection_field(std::string_view name);

// Appends the head of a final response, with its empty line. The handler's own framing fields are
// left out.
void append_response_head(std::string& out, const Response& response, const HeadTerms& terms);
void append_informational(std::string& out, const Informational& response);
// Field lines of a trailer section, without its empty line.
void append_trailers(std::string& out, const Fields& trailers);
void append_chunk_size(std::string& out, size_t size);

}  // namespace weir::http::h1
