#include "http/h1/response_head.h"

#include <gtest/gtest.h>

namespace weir::http::h1 {
namespace {

using Kind = ErrorCode::Kind;
using Framing = ResponseFraming;

std::string with(std::string fields, std::string line = "HTTP/1.1 200 OK") {
  return line + "\r\n" + fields + "\r\n";
}

Result<ResponseHead, ErrorCode> parse(const std::string& text) {
  return parse_response_head(text, ResponseLimits());
}

TEST(ResponseHead, AcceptsAndRefusesAsTheRfcsSay) {
  struct Case {
    const char* name;
    std::string text;
    std::optional<Kind> error;
  };
  const auto bad = Kind::http_protocol_error;
  const Case cases[] = {
      {"RFC 9112 4 plain", with(""), {}},
      {"RFC 9112 4 empty reason", with("", "HTTP/1.1 200 "), {}},
      {"RFC 9112 4 no space after the code", with("", "HTTP/1.1 200"), {}},
      {"RFC 9112 4 obs-text in the reason", with("", "HTTP/1.1 200 \xe9"), {}},
      {"RFC 9112 4 control in the reason", with("", "HTTP/1.1 200 a\x01"), bad},
      {"RFC 9112 4 two digits", with("", "HTTP/1.1 20 OK"), bad},
      {"RFC 9112 4 four digits", with("", "HTTP/1.1 2000 OK"), bad},
      {"RFC 9112 4 sign", with("", "HTTP/1.1 +20 OK"), bad},
      {"RFC 9112 4 letters", with("", "HTTP/1.1 2x0 OK"), bad},
      {"RFC 9110 15 below 100", with("", "HTTP/1.1 099 OK"), bad},
      {"RFC 9110 15 unknown class", with("", "HTTP/1.1 799 Huh"), {}},
      {"RFC 9112 4 two spaces", with("", "HTTP/1.1  200 OK"), bad},
      {"RFC 9112 2.3 HTTP/1.0", with("", "HTTP/1.0 200 OK"), {}},
      {"RFC 9112 2.3 other major", with("", "HTTP/2.0 200 OK"), bad},
      {"RFC 9112 2.3 lower case", with("", "http/1.1 200 OK"), bad},
      {"RFC 9112 2.3 no minor", with("", "HTTP/1 200 OK"), bad},
      {"RFC 9112 2.2 bare LF", "HTTP/1.1 200 OK\nA: b\r\n\r\n", bad},
      {"RFC 9112 2.2 bare LF in a field", with("A: b\nB: c\r\n"), bad},
      {"RFC 9112 2.2 bare CR", with("A: b\rc\r\n"), bad},
      {"RFC 9112 5.1 space before the colon", with("A : b\r\n"), bad},
      {"RFC 9112 5.2 folding", with("A: b\r\n c\r\n"), bad},
      {"RFC 9112 5 no colon", with("A\r\n"), bad},
      {"RFC 9110 5.1 empty name", with(": b\r\n"), bad},
      {"RFC 9110 5.5 NUL", with(std::string("A: b\0\r\n", 7)), bad},
      {"RFC 9110 5.5 obs-text", with("A: \xff\r\n"), {}},
      {"RFC 9112 6.3 length", with("Content-Length: 5\r\n"), {}},
      {"RFC 9112 6.3 equal lengths", with("Content-Length: 5\r\nContent-Length: 5\r\n"), {}},
      {"RFC 9112 6.3 list of equal lengths", with("Content-Length: 5, 5\r\n"), {}},
      {"RFC 9112 6.3 differing lengths", with("Content-Length: 5\r\nContent-Length: 6\r\n"), bad},
      {"RFC 9112 6.3 list of differing lengths", with("Content-Length: 5, 6\r\n"), bad},
      {"RFC 9112 6.3 empty length", with("Content-Length:\r\n"), bad},
      {"RFC 9112 6.3 negative length", with("Content-Length: -1\r\n"), bad},
      {"RFC 9112 6.3 hexadecimal length", with("Content-Length: 0x5\r\n"), bad},
      {"RFC 9112 6.3 overflow", with("Content-Length: 99999999999999999999\r\n"), bad},
      {"RFC 9112 6.3 chunked", with("Transfer-Encoding: Chunked\r\n"), {}},
      {"RFC 9112 6.3 both framings", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
       bad},
      {"RFC 9112 6.1 chunked twice", with("Transfer-Encoding: chunked, chunked\r\n"), bad},
      {"RFC 9112 6.1 two chunked fields",
       with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), bad},
      {"RFC 9112 6.1 empty coding", with("Transfer-Encoding:\r\n"), bad},
      {"RFC 9112 6.1 in HTTP/1.0", with("Transfer-Encoding: chunked\r\n", "HTTP/1.0 200 OK"), bad},
      {"RFC 9112 6.1 gzip then chunked", with("Transfer-Encoding: gzip, chunked\r\n"),
       Kind::http_response_transfer_coding},
      {"RFC 9112 6.1 gzip", with("Transfer-Encoding: gzip\r\n"),
       Kind::http_response_transfer_coding},
      {"RFC 9110 15.2.2 unasked switch", with("", "HTTP/1.1 101 Switching"), bad},
      {"RFC 9110 15.2 informational", with("Link: </a>\r\n", "HTTP/1.1 103 Early"), {}},
      {"RFC 9110 7.6.1 names a length", with("Connection: content-length\r\n"), bad},
  };
  for (const Case& c : cases) {
    auto head = parse(c.text);
    if (!c.error) {
      EXPECT_TRUE(head.ok()) << c.name;
    } else if (head.ok()) {
      ADD_FAILURE() << c.name << " is accepted";
    } else {
      EXPECT_EQ(head.error().kind(), *c.error) << c.name;
    }
  }
}

TEST(ResponseHead, FramesContentAsTheRfcSays) {
  struct Case {
    const char* method;
    const char* line;
    const char* fields;
    Framing framing;
  };
  const Case cases[] = {
      {"GET", "HTTP/1.1 200 OK", "Content-Length: 5\r\n", Framing::length},
      {"GET", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", Framing::chunked},
      {"GET", "HTTP/1.1 200 OK", "", Framing::until_close},
      {"GET", "HTTP/1.0 200 OK", "", Framing::until_close},
      {"HEAD", "HTTP/1.1 200 OK", "Content-Length: 5\r\n", Framing::none},
      {"HEAD", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked\r\n", Framing::none},
      {"GET", "HTTP/1.1 204 No Content", "Content-Length: 5\r\n", Framing::none},
      {"GET", "HTTP/1.1 304 Not Modified", "Content-Length: 5\r\n", Framing::none},
      {"GET", "HTTP/1.1 100 Continue", "", Framing::none},
      {"GET", "HTTP/1.1 205 Reset Content", "Content-Length: 0\r\n", Framing::length},
  };
  for (const Case& c : cases) {
    auto head = parse(with(c.fields, c.line));
    ASSERT_TRUE(head.ok()) << c.line;
    EXPECT_EQ(head->framing(c.method), c.framing) << c.method << " " << c.line << " " << c.fields;
  }
}

TEST(ResponseHead, KnowsWhetherTheConnectionStays) {
  EXPECT_TRUE(parse(with(""))->keep_alive);
  EXPECT_FALSE(parse(with("Connection: Close\r\n"))->keep_alive);
  EXPECT_FALSE(parse(with("Connection: x, close\r\n"))->keep_alive);
  EXPECT_FALSE(parse(with("", "HTTP/1.0 200 OK"))->keep_alive);
  EXPECT_TRUE(parse(with("Connection: keep-alive\r\n", "HTTP/1.0 200 OK"))->keep_alive);
}

TEST(ResponseHead, KeepsWhatTravelsOnAndNothingElse) {
  auto head = parse(
      with("Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\n"
           "Set-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 3, 3\r\nX:  y \xff z \t\r\n"));
  ASSERT_TRUE(head.ok());
  ASSERT_EQ(head->fields.size(), 4u);
  EXPECT_EQ(head->fields[0].name, "Set-Cookie");
  EXPECT_EQ(head->fields[1].value, "b=2");
  EXPECT_EQ(head->fields[2].value, "3");
  EXPECT_EQ(head->fields[3].value, "y \xff z");
}

TEST(ResponseHead, FindsItsEndHoweverTheBytesArrive) {
  std::string text = with("A: b\r\n");
  size_t scanned = 0;
  for (size_t i = 1; i <= text.size(); ++i) {
    auto end = find_response_head_end(text.substr(0, i), scanned, ResponseLimits());
    ASSERT_TRUE(end.ok()) << i;
    EXPECT_EQ(*end, i == text.size() ? i : 0);
  }
}

TEST(ResponseHead, RefusesGarbageAtItsFirstByteAndWhatIsTooLong) {
  size_t scanned = 0;
  EXPECT_EQ(find_response_head_end("S", scanned, ResponseLimits()).error().kind(),
            Kind::http_protocol_error);
  scanned = 0;
  std::string large = "HTTP/1.1 200 OK\r\nA: " + std::string(70000, 'a');
  auto refused = find_response_head_end(large, scanned, ResponseLimits());
  EXPECT_EQ(refused.error().kind(), Kind::http_response_header_section_size);
  std::string many;
  for (int i = 0; i < 300; ++i) many += "A: b\r\n";
  EXPECT_EQ(parse(with(many)).error().kind(), Kind::http_response_header_section_size);
}

}  // namespace
}  // namespace weir::http::h1
