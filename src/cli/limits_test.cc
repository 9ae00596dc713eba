// Each limit and timeout: its default, its flag, its variable, and what the help says of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "host/app.h"
#include "server/settings.h"
#include "util/number.h"

namespace weir::cli {
namespace {

using Read = std::function<uint64_t(const ServerOptions&)>;

struct Limit {
  const char* flag;
  // Its default, in words and as a number.
  const char* shown;
  uint64_t value;
  // Another value, and what comes of it.
  const char* other;
  uint64_t other_value;
  Read read;
  // Of `weir serve` alone.
  bool of_guests = false;
};

// What a server is given for the options.
template <class Member>
Read setting(Member member) {
  return [member](const ServerOptions& options) {
    return static_cast<uint64_t>(server_settings(options).*member);
  };
}
template <class Member>
Read connection(Member member) {
  return [member](const ServerOptions& options) {
    return static_cast<uint64_t>(server_settings(options).connection.*member);
  };
}
template <class Member>
Read head(Member member) {
  return [member](const ServerOptions& options) {
    return static_cast<uint64_t>(server_settings(options).connection.head.*member);
  };
}
template <class Member>
Read guest(Member member) {
  return [member](const ServerOptions& options) {
    return static_cast<uint64_t>(static_cast<const ServeOptions&>(options).*member);
  };
}

const std::vector<Limit>& limits() {
  using Server = server::Settings;
  using Connection = http::h1::ServerSettings;
  using Head = http::h1::HeadLimits;
  constexpr uint64_t s = 1'000'000'000;
  static const std::vector<Limit> all = {
      {"--head-timeout", "10s", 10 * s, "3s", 3 * s, connection(&Connection::head_timeout_ns)},
      {"--idle-timeout", "60s", 60 * s, "3s", 3 * s, connection(&Connection::idle_timeout_ns)},
      {"--read-timeout", "30s", 30 * s, "3s", 3 * s, connection(&Connection::read_timeout_ns)},
      {"--min-read-rate", "100", 100, "7", 7, connection(&Connection::min_read_rate)},
      {"--write-timeout", "30s", 30 * s, "3s", 3 * s, connection(&Connection::write_timeout_ns)},
      {"--timeout", "30s", 30 * s, "3s", 3 * s, connection(&Connection::response_timeout_ns)},
      {"--max-duration", "no limit", 0, "3s", 3 * s, connection(&Connection::max_duration_ns)},
      {"--max-head", "32KiB", 32 << 10, "1KiB", 1 << 10, head(&Head::section)},
      {"--max-head-fields", "128", 128, "7", 7, head(&Head::fields)},
      {"--max-request-line", "8KiB", 8 << 10, "1KiB", 1 << 10, head(&Head::request_line)},
      {"--max-body", "no limit", UINT64_MAX, "1KiB", 1 << 10, connection(&Connection::max_body)},
      {"--max-requests", "1000", 1000, "7", 7, setting(&Server::max_requests)},
      {"--max-queued", "1000", 1000, "7", 7, setting(&Server::max_waiting)},
      {"--queue-timeout", "1s", s, "3s", 3 * s, connection(&Connection::queue_timeout_ns)},
      {"--max-buffered", "256MiB", 256 << 20, "1MiB", 1 << 20, setting(&Server::max_buffered)},
      {"--drain-timeout", "30s", 30 * s, "3s", 3 * s, setting(&Server::drain_timeout_ns)},
      {"--cpu-time", "10s", 10 * s, "3s", 3 * s, guest(&ServeOptions::cpu_time_ns), true},
      {"--max-memory", "128MiB", 128 << 20, "1MiB", 1 << 20, guest(&ServeOptions::max_memory),
       true},
  };
  return all;
}

Result<CommandLine, Ending> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "weir");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

// What `weir serve` and `weir proxy` make of some flags.
void each_server(const std::vector<const char*>& flags, const Limit& limit,
                 const std::function<void(const ServerOptions&)>& check) {
  for (const char* verb : {"serve", "proxy"}) {
    bool serves = std::string_view(verb) == "serve";
    if (limit.of_guests && !serves) continue;
    std::vector<const char*> words = {verb, serves ? "app.wasm" : "http://127.0.0.1:1"};
    words.insert(words.end(), flags.begin(), flags.end());
    auto line = parse(words);
    ASSERT_TRUE(line.ok()) << line.error().text;
    SCOPED_TRACE(std::string(verb) + " " + limit.flag);
    if (serves)
      check(*line->serve);
    else
      check(*line->proxy);
  }
}

TEST(Limits, HaveTheirDefaults) {
  for (const Limit& limit : limits())
    each_server({}, limit,
                [&](const ServerOptions& options) { EXPECT_EQ(limit.read(options), limit.value); });
}

TEST(Limits, AreWhatAServerIsMadeWithWhereNothingIsSaid) {
  const server::Settings made;
  auto line = parse({"serve", "app.wasm"});
  ASSERT_TRUE(line.ok());
  const server::Settings given = server_settings(*line->serve);
  EXPECT_EQ(given.max_requests, made.max_requests);
  EXPECT_EQ(given.max_waiting, made.max_waiting);
  EXPECT_EQ(given.max_buffered, made.max_buffered);
  EXPECT_EQ(given.drain_timeout_ns, made.drain_timeout_ns);
  const auto &a = given.connection, &b = made.connection;
  EXPECT_EQ(a.head.request_line, b.head.request_line);
  EXPECT_EQ(a.head.section, b.head.section);
  EXPECT_EQ(a.head.fields, b.head.fields);
  EXPECT_EQ(a.max_body, b.max_body);
  EXPECT_EQ(a.head_timeout_ns, b.head_timeout_ns);
  EXPECT_EQ(a.idle_timeout_ns, b.idle_timeout_ns);
  EXPECT_EQ(a.read_timeout_ns, b.read_timeout_ns);
  EXPECT_EQ(a.min_read_rate, b.min_read_rate);
  EXPECT_EQ(a.write_timeout_ns, b.write_timeout_ns);
  EXPECT_EQ(a.response_timeout_ns, b.response_timeout_ns);
  EXPECT_EQ(a.max_duration_ns, b.max_duration_ns);
  EXPECT_EQ(a.queue_timeout_ns, b.queue_timeout_ns);
  EXPECT_EQ(a.half_close, b.half_close);
  const host::AppOptions app;
  EXPECT_EQ(line->serve->cpu_time_ns, app.cpu_limit_ns);
  EXPECT_EQ(line->serve->max_memory, app.memory_limit);
  EXPECT_EQ(line->serve->max_requests, app.max_requests);
  EXPECT_EQ(line->serve->keep_instances, app.max_idle_of_loop);
}

TEST(Limits, HaveAFlagEach) {
  for (const Limit& limit : limits())
    each_server({limit.flag, limit.other}, limit, [&](const ServerOptions& options) {
      EXPECT_EQ(limit.read(options), limit.other_value);
    });
}

std::string variable_of(const Limit& limit) {
  std::string name = "WEIR";
  for (char c : std::string_view(limit.flag).substr(1))
    name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

TEST(Limits, HaveAVariableEach) {
  for (const Limit& limit : limits()) {
    std::string name = variable_of(limit);
    ::setenv(name.c_str(), limit.other, 1);
    each_server({}, limit, [&](const ServerOptions& options) {
      EXPECT_EQ(limit.read(options), limit.other_value) << name;
    });
    ::unsetenv(name.c_str());
  }
}

TEST(Limits, AreInTheHelpWithTheirDefaults) {
  for (const char* verb : {"serve", "proxy"}) {
    auto help = parse({verb, "--help"});
    ASSERT_FALSE(help.ok());
    // Without the line breaks between words.
    std::string text;
    for (char c : help.error().text) {
      if (c == '\n') c = ' ';
      if (c != ' ' || !text.ends_with(' ')) text += c;
    }
    for (const Limit& limit : limits()) {
      if (limit.of_guests && std::string_view(verb) == "proxy") continue;
      size_t at = text.find(std::string(" ") + limit.flag + " ");
      ASSERT_NE(at, std::string::npos) << limit.flag;
      std::string entry = text.substr(at, text.find(']', at) - at + 1);
      EXPECT_TRUE(entry.ends_with(std::string("; default ") + limit.shown + " [" +
                                  variable_of(limit) + "]"))
          << verb << ": " << entry;
    }
  }
}

TEST(Limits, OfConnectionsAreWhatDescriptorsAllowLessAReserve) {
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  auto line = parse({"serve", "app.wasm"});
  ASSERT_TRUE(line.ok());
  auto with = [&](rlim_t descriptors) {
    rlimit limit = {descriptors, before.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
    return server_settings(*line->serve).max_connections;
  };
  // A quarter where there are few, 1024 where there are many.
  EXPECT_EQ(with(400), 300u);
  if (before.rlim_max >= 10'000) EXPECT_EQ(with(10'000), 10'000u - 1024);
  // Raised as far as the system allows first.
  with(100);
  raise_descriptor_limit();
  rlimit raised;
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &raised), 0);
  EXPECT_EQ(raised.rlim_cur, before.rlim_max);
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  auto told = parse({"serve", "--max-connections", "7", "app.wasm"});
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(server_settings(*told->serve).max_connections, 7u);
}

}  // namespace
}  // namespace weir::cli
