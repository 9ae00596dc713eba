#include "wasi/p2/link.h"

#include <gtest/gtest.h>

#include <map>

namespace weir::wasi::p2 {
namespace {

TEST(Link, OffersEveryInterfaceOfProxyAndCliWithAllItsFunctions) {
  component::Linker linker;
  link(linker);
  std::map<std::string, size_t> expected = {{"http/types", 52},
                                            {"http/outgoing-handler", 1},
                                            {"io/error", 1},
                                            {"io/poll", 3},
                                            {"io/streams", 15},
                                            {"clocks/monotonic-clock", 4},
                                            {"clocks/wall-clock", 2},
                                            {"clocks/timezone", 2},
                                            {"random/random", 2},
                                            {"random/insecure", 2},
                                            {"random/insecure-seed", 1},
                                            {"cli/environment", 3},
                                            {"cli/exit", 2},
                                            {"cli/stdin", 1},
                                            {"cli/stdout", 1},
                                            {"cli/stderr", 1},
                                            {"cli/terminal-input", 0},
                                            {"cli/terminal-output", 0},
                                            {"cli/terminal-stdin", 1},
                                            {"cli/terminal-stdout", 1},
                                            {"cli/terminal-stderr", 1},
                                            {"filesystem/types", 29},
                                            {"filesystem/preopens", 1},
                                            {"sockets/network", 1},
                                            {"sockets/instance-network", 1},
                                            {"sockets/ip-name-lookup", 3},
                                            {"sockets/tcp", 28},
                                            {"sockets/tcp-create-socket", 1},
                                            {"sockets/udp", 18},
                                            {"sockets/udp-create-socket", 1}};
  EXPECT_EQ(linker.interfaces().size(), expected.size());
  for (const auto& [name, functions] : expected) {
    for (const char* version : {"0.2.0", "0.2.3", "0.2.12"}) {
      const component::HostInterface* interface = linker.find("wasi:" + name + "@" + version);
      ASSERT_NE(interface, nullptr) << name << version;
      EXPECT_EQ(interface->functions().size(), functions) << name;
    }
    EXPECT_EQ(linker.find("wasi:" + name + "@0.3.0"), nullptr) << name;
  }
  EXPECT_EQ(linker.find("wasi:http/types@0.2.0")->resources().size(), 11u);
}

}  // namespace
}  // namespace weir::wasi::p2
