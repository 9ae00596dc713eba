#include "http/proxy/proxy_status.h"

#include <gtest/gtest.h>

namespace weir::http::proxy {
namespace {

using Kind = ErrorCode::Kind;

TEST(ProxyStatus, NamesTheRegisteredTypeOfAnError) {
  EXPECT_EQ(proxy_status("weir-1", Kind::connection_refused), "weir-1; error=connection_refused");
  EXPECT_EQ(proxy_status("weir-1", Kind::destination_ip_prohibited),
            "weir-1; error=destination_ip_prohibited");
  EXPECT_EQ(proxy_status("weir-1", Kind::http_request_uri_invalid),
            "weir-1; error=http_request_error");
  EXPECT_EQ(proxy_status("weir-1", Kind::http_request_denied), "weir-1; error=http_request_denied");
  EXPECT_EQ(proxy_status("weir-1", Kind::loop_detected), "weir-1; error=proxy_loop_detected");
}

TEST(ProxyStatus, TellsWhatIsKnownOfTheError) {
  EXPECT_EQ(proxy_status("a", ErrorCode(Kind::dns_error, "NXDOMAIN")),
            "a; error=dns_error; rcode=\"NXDOMAIN\"");
  EXPECT_EQ(proxy_status("a", ErrorCode(Kind::tls_alert_received, "bad \"x\"\n", 42)),
            "a; error=tls_alert_received; alert-id=42; alert-message=\"bad \\\"x\\\"\"");
}

}  // namespace
}  // namespace weir::http::proxy
