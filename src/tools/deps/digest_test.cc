#include "tools/deps/digest.h"

#include <gtest/gtest.h>

#include "tools/deps/tar_writer.h"

namespace weir::tools::deps {
namespace {

// The digests are what `wit-deps` 0.6.0 wrote for the same files.
TEST(Digest, OfAPackageIsTheOneOfWitDeps) {
  Files files{{"x.wit", {"package a:b;\n"}},
              {std::string(120, 'l') + ".wit", {"package a:b;\ninterface i {}\n"}}};
  Digest digest = digest_of(files);
  EXPECT_EQ(hex(digest.sha256), "7eb414f5290871d33df58d98daa46655e6607a4a387d768bab5d7495119c79b1");
  EXPECT_EQ(hex(digest.sha512),
            "eeac5a3b0259c46134f5613b4664d68f4b9c975e6130fa7687d8a148ed4f92b0"
            "bd8e2a97bba91675ff080ce2d3eac3e3b9438a48346bbfd1a0ef275ca499bd3e");
}

TEST(Digest, CountsTheExecuteBitAsWitDepsDoes) {
  EXPECT_EQ(hex(digest_of(Files{{"io.wit", {"package a:io;\n", true}}}).sha256),
            "4e6caf49947bfd60126cdd0e3600eee040f640b1ac602da6a085368bef1c7960");
}

TEST(Digest, OfNoFilesIsThatOfAnEmptyArchive) {
  EXPECT_EQ(tar_of({}), std::string(1024, '\0'));
  EXPECT_EQ(hex(digest_of(Files()).sha256),
            "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef");
}

}  // namespace
}  // namespace weir::tools::deps
