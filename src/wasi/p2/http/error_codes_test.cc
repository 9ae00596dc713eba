#include "wasi/p2/http/error_codes.h"

#include <gtest/gtest.h>

namespace weir::wasi::p2 {
namespace {

using Kind = http::ErrorCode::Kind;

TEST(ErrorCodes, GoToTheGuestAndBackUnchanged) {
  for (int i = 0; i <= static_cast<int>(Kind::internal_error); ++i) {
    Kind kind = static_cast<Kind>(i);
    http_types::ErrorCode guest = to_wasi(kind);
    EXPECT_EQ(guest.value.index(), static_cast<size_t>(i));
    EXPECT_EQ(from_wasi(guest), http::ErrorCode(kind)) << i;
  }
  for (const http::ErrorCode& code :
       {http::ErrorCode(Kind::dns_error, std::string("NXDOMAIN"), 3),
        http::ErrorCode(Kind::tls_alert_received, std::string("bad certificate"), 42),
        http::ErrorCode(Kind::http_request_body_size, uint64_t{1} << 40),
        http::ErrorCode(Kind::http_response_header_section_size, 7),
        http::ErrorCode(Kind::http_request_header_size, std::string("name"), 9),
        http::ErrorCode(Kind::http_response_trailer_size, std::string("name"), std::nullopt),
        http::ErrorCode(Kind::http_response_content_coding, std::string("zstd")),
        http::ErrorCode(Kind::internal_error, std::string("why"))}) {
    EXPECT_EQ(from_wasi(to_wasi(code)), code) << code.describe();
  }
}

TEST(ErrorCodes, CutNumbersThatDoNotFit) {
  auto code = to_wasi(http::ErrorCode(Kind::http_request_header_section_size, uint64_t{1} << 40));
  EXPECT_EQ(code.get_http_request_header_section_size(), UINT32_MAX);
  auto dns = to_wasi(http::ErrorCode(Kind::dns_error, 70000));
  EXPECT_EQ(dns.get_dns_error().info_code, UINT16_MAX);
}

TEST(ErrorCodes, KeepsLargeSizesWhereTheyFit) {
  auto code = to_wasi(http::ErrorCode(Kind::http_response_body_size, UINT64_MAX));
  EXPECT_EQ(code.get_http_response_body_size(), UINT64_MAX);
}

}  // namespace
}  // namespace weir::wasi::p2
