#include "tools/deps/registry/registries.h"

#include <gtest/gtest.h>

#include "tools/deps/registry/credentials.h"
#include "tools/deps/registry/oci_client.h"

namespace weir::tools::deps {
namespace {

TEST(RegistryAddress, IsAHostWithAPrefixPerhaps) {
  EXPECT_EQ(to_string(*parse_registry("ghcr.io/webassembly")), "https://ghcr.io/webassembly");
  EXPECT_EQ(parse_registry("ghcr.io/webassembly")->prefix, "webassembly/");
  EXPECT_EQ(parse_registry("http://localhost:5000")->base, "http://localhost:5000");
  EXPECT_FALSE(parse_registry("wasi.dev")->prefix_known);
  for (const char* text : {"", "a b", "ftp://h", "h?x", "user@h"})
    EXPECT_FALSE(parse_registry(text).ok()) << text;
}

TEST(OciManifest, NamesItsLayers) {
  std::string digest = "sha256:" + std::string(64, 'a');
  auto manifest = parse_oci_manifest(
      R"({"schemaVersion":2,"layers":[{"mediaType":"application/wasm","digest":")" + digest +
          R"(","size":5}]})",
      "d");
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->layers.at(0).digest, digest);
  EXPECT_EQ(manifest->layers.at(0).size, 5u);
  for (const char* text : {"", "[]", "{}", R"({"layers":3})", R"({"layers":[3]})",
                           R"({"layers":[{"digest":"sha256:1","size":1}]})",
                           R"({"layers":[{"digest":"md5:aa","size":1}]})"})
    EXPECT_FALSE(parse_oci_manifest(text, "d").ok()) << text;
}

TEST(AuthChallenge, IsReadWithItsQuotes) {
  AuthChallenge challenge = parse_challenge(
      R"(Bearer realm="https://auth/token",service="a, b",scope="repository:x:pull")");
  EXPECT_EQ(challenge.scheme, "bearer");
  EXPECT_EQ(challenge.realm, "https://auth/token");
  EXPECT_EQ(challenge.service, "a, b");
  EXPECT_EQ(challenge.scope, "repository:x:pull");
  EXPECT_EQ(parse_challenge("Basic realm=x").scheme, "basic");
  EXPECT_EQ(parse_challenge("").scheme, "");
  EXPECT_EQ(parse_challenge("Bearer realm=\"unfinished").realm, "unfinished");
}

TEST(WkgConfig, SaysWhereAPackageIs) {
  auto config = parse_wkg_config(
      "default_registry = \"example.com\"\n"
      "[namespace_registries]\nwasi = \"wasi.dev\"\n"
      "mine = { registry = \"mine\", metadata = { preferredProtocol = \"oci\", oci = { registry = "
      "\"h:5\", namespacePrefix = \"p/\" } } }\n"
      "[package_registry_overrides]\n\"wasi:io\" = \"io.dev\"\n"
      "[registry.\"example.com\".oci]\nauth = { username = \"open\", password = \"sesame\" "
      "}\nprotocol = \"http\"\n"
      "[registry.\"wasi.dev\".oci]\nauth = \"dTpw\"\n",
      "config.toml");
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->find({"wasi", "io", ""})->registry, "io.dev");
  EXPECT_EQ(config->find({"wasi", "http", ""})->registry, "wasi.dev");
  EXPECT_EQ(config->find({"mine", "x", ""})->oci_prefix, "p/");
  EXPECT_EQ(config->find({"other", "x", ""})->registry, "example.com");
  EXPECT_EQ(config->access.at("example.com").credentials->password, "sesame");
  EXPECT_TRUE(config->access.at("example.com").plain_http);
  EXPECT_EQ(config->access.at("wasi.dev").credentials->user, "u");
  EXPECT_EQ(WkgConfig().find({"wasi", "x", ""})->registry, "wasi.dev");
  EXPECT_FALSE(WkgConfig().find({"other", "x", ""}));
}

TEST(DockerConfig, HoldsCredentialsByHost) {
  auto found = parse_docker_config(
      R"({"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"},"localhost:5000":{"auth":"dTpwOnE="},"x":{}}})");
  EXPECT_EQ(found.at("index.docker.io").password, "p");
  EXPECT_EQ(found.at("localhost:5000").password, "p:q");
  EXPECT_FALSE(found.contains("x"));
  EXPECT_TRUE(parse_docker_config("nonsense").empty());
}

}  // namespace
}  // namespace weir::tools::deps
