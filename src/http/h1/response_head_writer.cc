#include "http/h1/response_head_writer.h"

#include <charconv>

#include "http/status.h"
#include "util/number.h"

namespace weir::http::h1 {
namespace {

void append_number(std::string& out, uint64_t number, int base = 10) {
  char text[24];
  auto end = std::to_chars(text, text + sizeof text, number, base).ptr;
  out.append(text, end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

void append_status_line(std::string& out, uint16_t status) {
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

// The one valid Content-Length among the fields.
std::optional<uint64_t> described_length(const Fields& fields) {
  if (fields.count("content-length") != 1) return std::nullopt;
  return parse_decimal(fields.first("content-length"));
}

}  // namespace

bool is_connection_field(std::string_view name) {
  switch (name.size()) {
    case 2:
      return same_name(name, "te");
    case 7:
      return same_name(name, "upgrade");
    case 10:
      return same_name(name, "connection") || same_name(name, "keep-alive");
    case 14:
      return same_name(name, "content-length");
    case 16:
      return same_name(name, "proxy-connection");
    case 17:
      return same_name(name, "transfer-encoding");
    default:
      return false;
  }
}

void append_response_head(std::string& out, const Response& response, const HeadTerms& terms) {
  out.reserve(out.size() + 160 + response.fields.accounted_size());
  append_status_line(out, response.status);
  bool has_date = false;
  for (size_t i = 0; i < response.fields.size(); ++i) {
    auto [name, value] = response.fields[i];
    if (is_connection_field(name)) continue;
    if (name.size() == 4 && same_name(name, "date")) has_date = true;
    append_field(out, name, value);
  }
  if (!has_date) append_field(out, "date", terms.date);
  if (terms.framing == Framing::chunked) {
    out += "transfer-encoding: chunked\r\n";
  } else {
    std::optional<uint64_t> length = terms.length;
    if (terms.describes)
      if (auto described = described_length(response.fields)) length = described;
    if (length) {
      out += "content-length: ";
      append_number(out, *length);
      out += "\r\n";
    }
  }
  if (terms.switches) {
    out += "connection: upgrade\r\n";
    append_field(out, "upgrade", response.fields.first("upgrade"));
  } else if (terms.close) {
    out += "connection: close\r\n";
  } else if (terms.keep_alive_1_0) {
    out += "connection: keep-alive\r\n";
  }
  out += "\r\n";
}

void append_trailers(std::string& out, const Fields& trailers) {
  for (size_t i = 0; i < trailers.size(); ++i)
    if (!is_connection_field(trailers[i].name))
      append_field(out, trailers[i].name, trailers[i].value);
}

void append_informational(std::string& out, const Informational& response) {
  append_status_line(out, response.status);
  append_trailers(out, response.fields);
  out += "\r\n";
}

void append_chunk_size(std::string& out, size_t size) {
  append_number(out, size, 16);
  out += "\r\n";
}

}  // namespace weir::http::h1
