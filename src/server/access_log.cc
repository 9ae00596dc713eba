#include "server/access_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "util/escape.h"

namespace weir::server {
namespace {

using http::h1::RequestRecord;

// What a turn gathers before it is handed on.
constexpr size_t kBatch = 32 << 10;

std::string_view name_of(http::Outcome outcome) {
  switch (outcome) {
    case http::Outcome::ok:
      return "ok";
    case http::Outcome::trap:
      return "trap";
    case http::Outcome::timeout:
      return "timeout";
    case http::Outcome::cpu:
      return "cpu";
    case http::Outcome::out_of_memory:
      return "oom";
    case http::Outcome::cancelled:
      return "cancelled";
    case http::Outcome::refused:
      return "refused";
    case http::Outcome::error:
      return "error";
  }
  return "error";
}

std::string_view name_of(http::Protocol protocol) {
  switch (protocol) {
    case http::Protocol::http_1_0:
      return "HTTP/1.0";
    case http::Protocol::http_1_1:
      return "HTTP/1.1";
    case http::Protocol::http_2:
      return "HTTP/2";
    case http::Protocol::http_3:
      return "HTTP/3";
  }
  return "";
}

void append_time(std::string& out, uint64_t wall_ns) {
  std::time_t seconds = static_cast<std::time_t>(wall_ns / 1'000'000'000);
  std::tm parts;
  ::gmtime_r(&seconds, &parts);
  char text[32];
  size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  out.append(text, size);
  fmt::format_to(std::back_inserter(out), ".{:03}Z", wall_ns / 1'000'000 % 1000);
}

// Between quotes of a text line: as `append_escaped`, and no quote ends it early.
void append_quoted(std::string& out, std::string_view text) {
  size_t from = out.size();
  append_escaped(out, text);
  for (size_t at = out.find('"', from); at != std::string::npos; at = out.find('"', at + 4))
    out.replace(at, 1, "\\x22");
}

// The inside of a JSON string (RFC 8259 section 7). Bytes outside ASCII come as `\u00XX`, one each.
void append_json(std::string& out, std::string_view text) {
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte >= 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
}

struct Times {
  double first_ms = -1, total_ms = 0;
};

Times times_of(const RequestRecord& record) {
  Times times;
  if (record.answered_ns >= record.begun_ns && record.answered_ns)
    times.first_ms = static_cast<double>(record.answered_ns - record.begun_ns) / 1e6;
  times.total_ms = static_cast<double>(record.ended_ns - record.begun_ns) / 1e6;
  return times;
}

void append_text(std::string& out, const RequestRecord& record, uint64_t wall_ns) {
  auto to = std::back_inserter(out);
  Times times = times_of(record);
  append_time(out, wall_ns);
  out += ' ';
  append_quoted(out, record.exchange.peer_address());
  if (record.method.empty()) {
    out += " \"-\"";
  } else {
    out += " \"";
    append_quoted(out, record.method);
    out += ' ';
    append_quoted(out, record.target.empty() ? record.authority : record.target);
    fmt::format_to(to, " {}\"", name_of(record.protocol));
  }
  if (record.status)
    fmt::format_to(to, " {}", record.status);
  else
    out += " -";
  fmt::format_to(to, " {} in={} out={} ", name_of(record.annotations.outcome), record.received,
                 record.sent);
  if (times.first_ms >= 0) fmt::format_to(to, "head={:.3f}ms ", times.first_ms);
  fmt::format_to(to, "time={:.3f}ms", times.total_ms);
  if (record.annotations.guest_cpu_ns || record.annotations.instantiation_ns)
    fmt::format_to(to, " cpu={:.3f}ms inst={:.3f}ms",
                   static_cast<double>(record.annotations.guest_cpu_ns) / 1e6,
                   static_cast<double>(record.annotations.instantiation_ns) / 1e6);
  out += " id=";
  append_quoted(out, record.exchange.request_id());
  if (!record.method.empty()) {
    out += " host=\"";
    append_quoted(out, record.authority);
    out += '"';
  }
  out += '\n';
}

void append_json_line(std::string& out, const RequestRecord& record, uint64_t wall_ns) {
  auto to = std::back_inserter(out);
  auto member = [&](std::string_view name, std::string_view value) {
    fmt::format_to(to, ",\"{}\":\"", name);
    append_json(out, value);
    out += '"';
  };
  Times times = times_of(record);
  out += "{\"time\":\"";
  append_time(out, wall_ns);
  out += '"';
  member("id", record.exchange.request_id());
  member("peer", record.exchange.peer_address());
  member("local", record.exchange.local_address());
  if (!record.method.empty()) {
    member("method", record.method);
    member("authority", record.authority);
    member("target", record.target);
    member("protocol", name_of(record.protocol));
  }
  fmt::format_to(to, ",\"secure\":{}", record.exchange.secure());
  if (record.status) fmt::format_to(to, ",\"status\":{}", record.status);
  member("outcome", name_of(record.annotations.outcome));
  fmt::format_to(to, ",\"received\":{},\"sent\":{}", record.received, record.sent);
  if (times.first_ms >= 0) fmt::format_to(to, ",\"head_ms\":{:.3f}", times.first_ms);
  fmt::format_to(to, ",\"total_ms\":{:.3f},\"guest_cpu_ms\":{:.3f},\"instantiation_ms\":{:.3f}}}\n",
                 times.total_ms, static_cast<double>(record.annotations.guest_cpu_ns) / 1e6,
                 static_cast<double>(record.annotations.instantiation_ns) / 1e6);
}

}  // namespace

void append_access_line(std::string& out, AccessFormat format, const RequestRecord& record,
                        uint64_t wall_ns) {
  if (format == AccessFormat::text) append_text(out, record, wall_ns);
  if (format == AccessFormat::json) append_json_line(out, record, wall_ns);
}

void AccessLog::add(const RequestRecord& record) {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  append_access_line(
      lines_, format_, record,
      static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec));
  ++count_;
  if (lines_.size() >= kBatch)
    flush();
  else
    loop_.post_at_turn_end(flush_);
}

void AccessLog::flush() {
  if (count_ == 0) return;
  sink_->write_lines(lines_, count_);
  lines_.clear();
  count_ = 0;
}

}  // namespace weir::server
