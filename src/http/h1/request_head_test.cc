#include "http/h1/request_head.h"

#include <gtest/gtest.h>

namespace weir::http::h1 {
namespace {

struct Case {
  const char* name;
  std::string text;
  uint16_t status;  // 0: accepted
};

std::string with(std::string fields, std::string line = "GET / HTTP/1.1") {
  return line + "\r\nHost: a\r\n" + fields + "\r\n";
}

Result<RequestHead, Refusal> parse(const std::string& text) {
  return parse_request_head(text, HeadLimits(), false, "127.0.0.1:80");
}

TEST(RequestHead, AcceptsAndRefusesAsTheRfcsSay) {
  const Case cases[] = {
      {"RFC 9112 3 plain", with(""), 0},
      {"RFC 9112 3 two spaces", with("", "GET  / HTTP/1.1"), 400},
      {"RFC 9112 3 no version", with("", "GET /"), 400},
      {"RFC 9112 2.3 lower case", with("", "GET / http/1.1"), 400},
      {"RFC 9112 2.3 other major", with("", "GET / HTTP/2.0"), 505},
      {"RFC 9112 2.3 other minor", with("", "GET / HTTP/1.7"), 0},
      {"RFC 9110 9.1 method token", with("", "G@T / HTTP/1.1"), 400},
      {"RFC 9112 3.2 fragment", with("", "GET /#a HTTP/1.1"), 400},
      {"RFC 9112 3.2 raw high byte", with("", "GET /\xc3\xa9 HTTP/1.1"), 400},
      {"RFC 9112 3.2.4 asterisk", with("", "OPTIONS * HTTP/1.1"), 0},
      {"RFC 9112 3.2.4 asterisk for GET", with("", "GET * HTTP/1.1"), 400},
      {"RFC 9112 3.2.2 absolute", with("", "GET http://b/x HTTP/1.1"), 0},
      {"RFC 9110 7.4 https on plain", with("", "GET https://b/x HTTP/1.1"), 421},
      {"RFC 9110 4.2.4 userinfo", with("", "GET http://u@b/x HTTP/1.1"), 400},
      {"RFC 9112 5.1 space before colon", with("A : b\r\n"), 400},
      {"RFC 9112 5.2 folding", with("A: b\r\n c\r\n"), 400},
      {"RFC 9112 2.2 bare LF", with("A: b\nB: c\r\n"), 400},
      {"RFC 9112 2.2 bare CR", with("A: b\rc\r\n"), 400},
      {"RFC 9110 5.5 NUL", with(std::string("A: b\0c\r\n", 8)), 400},
      {"RFC 9110 5.5 obs-text", with("A: \xff\r\n"), 0},
      {"RFC 9110 5.1 empty name", with(": b\r\n"), 400},
      {"RFC 9110 5.1 no colon", with("Abc\r\n"), 400},
      {"RFC 9112 3.2 second Host", with("Host: a\r\n"), 400},
      {"RFC 9112 3.2 no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"RFC 9112 3.2 no Host in 1.0", "GET / HTTP/1.0\r\n\r\n", 0},
      {"RFC 9112 3.2 bad Host", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      {"RFC 9112 3.2 bad port", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
      {"RFC 9112 6.3 both framings", with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
       400},
      {"RFC 9112 6.3 two lengths", with("Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
      {"RFC 9112 6.3 equal lengths", with("Content-Length: 1\r\nContent-Length: 1\r\n"), 400},
      {"RFC 9112 6.3 list of lengths", with("Content-Length: 1, 1\r\n"), 400},
      {"RFC 9110 8.6 sign", with("Content-Length: +1\r\n"), 400},
      {"RFC 9110 8.6 overflow", with("Content-Length: 99999999999999999999\r\n"), 400},
      {"RFC 9112 6.1 chunked", with("Transfer-Encoding: chunked\r\n"), 0},
      {"RFC 9112 6.1 chunked twice", with("Transfer-Encoding: chunked, chunked\r\n"), 400},
      {"RFC 9112 6.1 chunked not last", with("Transfer-Encoding: chunked, gzip\r\n"), 400},
      {"RFC 9112 6.1 unknown", with("Transfer-Encoding: gzip\r\n"), 501},
      {"RFC 9112 6.1 gzip then chunked", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
      {"RFC 9112 6.1 two fields", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n"),
       400},
      {"RFC 9112 6.1 in HTTP/1.0", with("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), 400},
      {"RFC 9110 10.1.1 expectation", with("Expect: tea\r\n"), 417},
      {"RFC 9110 10.1.1 any case", with("Expect: 100-Continue\r\n"), 0},
      {"RFC 9110 7.6.1 names Host", with("Connection: Host\r\n"), 400},
      {"RFC 9110 7.6.1 names a length", with("Connection: content-length\r\n"), 400},
  };
  for (const Case& c : cases) {
    auto head = parse(c.text);
    EXPECT_EQ(head.ok() ? 0 : head.error().status, c.status) << c.name;
  }
}

TEST(RequestHead, TheTargetWinsOverHost) {
  auto head = parse(with("", "GET http://b:81/x?y HTTP/1.1"));
  EXPECT_EQ(head->request.authority, "b:81");
  EXPECT_EQ(head->request.target, "/x?y");
  EXPECT_EQ(parse(with(""))->request.authority, "a");
  EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n")->request.authority, "127.0.0.1:80");
}

TEST(RequestHead, RemovesHopByHopFieldsAndWhatConnectionNames) {
  auto head = parse(with("Connection: close, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\nKeep: me\r\n"));
  EXPECT_FALSE(head->keep_alive);
  EXPECT_TRUE(head->takes_trailers);
  const Fields& fields = head->request.fields;
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[0].name, "Host");
  EXPECT_EQ(fields[1].value, "me");
}

TEST(RequestHead, KeepsPathsAndValuesByteForByte) {
  auto head = parse(with("A:  b \xff c \t\r\n", "GET /a%2Fb?x=1&x=2&%zz HTTP/1.1"));
  EXPECT_EQ(head->request.target, "/a%2Fb?x=1&x=2&%zz");
  EXPECT_EQ(head->request.fields.first("a"), "b \xff c");
}

TEST(RequestHead, FindsItsEndHoweverTheBytesArrive) {
  std::string text = with("A: b\r\n");
  std::string seen;
  size_t scanned = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    seen.push_back(text[i]);
    auto end = find_head_end(seen, scanned, HeadLimits());
    ASSERT_TRUE(end.ok());
    EXPECT_EQ(*end, i + 1 == text.size() ? text.size() : 0);
  }
}

TEST(RequestHead, RefusesABareLineFeedBeforeTheHeadIsComplete) {
  size_t scanned = 0;
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\n", scanned, HeadLimits()).error().status, 400);
  scanned = 0;
  EXPECT_EQ(*find_head_end("GET / HTTP/1.1\r\n", scanned, HeadLimits()), 0u);
}

TEST(RequestHead, RefusesWhatIsTooLong) {
  size_t scanned = 0;
  EXPECT_EQ(find_head_end("GET /" + std::string(9000, 'a'), scanned, HeadLimits()).error().status,
            414);
  scanned = 0;
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\nA: " + std::string(40000, 'a'), scanned, HeadLimits())
                .error()
                .status,
            431);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_EQ(parse(with(many)).error().status, 431);
}

}  // namespace
}  // namespace weir::http::h1
