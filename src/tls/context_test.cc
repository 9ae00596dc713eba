#include <gtest/gtest.h>

#include <fstream>

#include "tls/client_context.h"
#include "tls/server_context.h"
#include "tls/testing/authority.h"

namespace weir::tls {
namespace {

using testing::Authority;

std::string error_of(const ServerFiles& files) {
  auto made = ServerContext::load(files);
  return made.ok() ? "" : made.error().message;
}

TEST(ServerContext, SaysWhatIsWrongWithAFile) {
  Authority authority;
  testing::TemporaryFolder folder;
  auto one = authority.issue("one"), two = authority.issue("two");
  EXPECT_EQ(error_of({.pairs = {{one.certificate, one.key}}}), "");
  EXPECT_NE(error_of({.pairs = {{"/nowhere", one.key}}}).find("/nowhere: No such file"),
            std::string::npos);
  EXPECT_NE(error_of({.pairs = {{one.certificate, two.key}}}).find("is not that of"),
            std::string::npos);
  EXPECT_NE(error_of({.pairs = {{one.key, one.key}}}).find("holds no certificate"),
            std::string::npos);
  EXPECT_NE(error_of({.pairs = {{one.certificate, one.certificate}}}).find("holds no private key"),
            std::string::npos);
  std::string broken = folder.path() + "/broken.pem";
  std::ofstream(broken) << "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_NE(error_of({.pairs = {{broken, one.key}}}).find("certificate 1 is malformed"),
            std::string::npos);
  EXPECT_NE(error_of({}), "");
}

TEST(ClientContext, NeedsItsKeyWithItsCertificate) {
  Authority authority;
  auto one = authority.issue("one");
  EXPECT_FALSE(ClientContext::load({.certificate_file = one.certificate}).ok());
  EXPECT_FALSE(ClientContext::load({.ca_files = {"/nowhere"}}).ok());
  EXPECT_TRUE(ClientContext::load({.system_roots = true}).ok());
}

}  // namespace
}  // namespace weir::tls
