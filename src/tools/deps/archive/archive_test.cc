#include "tools/deps/archive/archive.h"

#include <gtest/gtest.h>

#include "tools/deps/testing/archives.h"
#include "util/bytes.h"

namespace weir::tools::deps {
namespace {

using testing::gzip;
using testing::TakeAll;
using testing::tar_end;
using testing::tar_entry;
using testing::ZipBuilder;

// What is in an archive, or the error.
std::string read(const std::string& archive, ArchiveLimits limits = {}) {
  TakeAll sink;
  auto result = read_archive(as_bytes(archive), limits, sink);
  if (!result.ok()) return "error: " + result.error().message;
  std::string text;
  for (const auto& [path, content] : sink.files) text += path + "=" + content + ";";
  return text;
}

bool refused_because(const std::string& archive, const std::string& why,
                     ArchiveLimits limits = {}) {
  std::string result = read(archive, limits);
  EXPECT_NE(result.find(why), std::string::npos) << result;
  return result.starts_with("error: ");
}

std::string tar(std::vector<testing::TarEntry> entries) {
  std::string out;
  for (const auto& entry : entries) out += tar_entry(entry);
  return out + tar_end();
}

TEST(Archive, ReadsTheWantedFilesOfATarWhetherCompressedOrNot) {
  std::string archive = tar({{"r/", "", '5'}, {"r/a.wit", "A"}, {"r/b.txt", "x"}, {"r/c.wit", ""}});
  EXPECT_EQ(read(archive), "r/a.wit=A;r/c.wit=;");
  EXPECT_EQ(read(gzip(archive)), "r/a.wit=A;r/c.wit=;");
}

TEST(Archive, KeepsTheOwnersExecuteBitAndNoOther) {
  TakeAll sink;
  std::string archive = tar({{"a.wit", "A", '0', 0755}, {"b.wit", "B", '0', 0611}});
  ASSERT_TRUE(read_archive(as_bytes(archive), {}, sink).ok());
  EXPECT_EQ(sink.executables, "a.wit\n");
}

TEST(Archive, ReadsLongNamesOfGnuTarAndPathsAndSizesOfPax) {
  std::string long_path = std::string(150, 'd') + "/x.wit";
  EXPECT_EQ(read(tar({{"././@LongLink", long_path + '\0', 'L'}, {long_path.substr(0, 99), "A"}})),
            long_path + "=A;");
  std::string pax = "14 path=p.wit\n";
  EXPECT_EQ(read(tar({{"comment", "10 a=bcde\n", 'g'}, {"h", pax, 'x'}, {"short", "A"}})),
            "p.wit=A;");
}

TEST(Archive, RefusesPathsThatLeaveTheFolder) {
  for (const char* path : {"../a.wit", "r/../../a.wit", "/etc/a.wit", "a/..", "wit/.."}) {
    EXPECT_TRUE(refused_because(tar({{path, "A"}}), "the entry `")) << path;
    EXPECT_TRUE(refused_because(ZipBuilder().add({path, "A"}).finish(), "the entry `")) << path;
  }
  std::string pax = "21 path=../../up.wit\n";
  EXPECT_TRUE(refused_because(tar({{"h", pax, 'x'}, {"a.wit", "A"}}), "would leave"));
}

TEST(Archive, RefusesLinksInPlaceOfWantedFilesAndPassesOverOthers) {
  for (char type : {'1', '2', '3', '6'})
    EXPECT_TRUE(refused_because(tar({{"a.wit", "", type}}), "only regular files")) << type;
  EXPECT_EQ(read(tar({{"link", "", '2'}, {"a.wit", "A"}})), "a.wit=A;");
  EXPECT_TRUE(refused_because(ZipBuilder().add({"a.wit", "/etc/passwd", false, 0120777}).finish(),
                              "only regular files"));
}

TEST(Archive, RefusesWhatIsThereTwice) {
  EXPECT_TRUE(refused_because(tar({{"a.wit", "A"}, {"a.wit", "B"}}), "twice"));
  EXPECT_TRUE(
      refused_because(ZipBuilder().add({"a.wit", "A"}).add({"a.wit", "B"}).finish(), "twice"));
}

TEST(Archive, RefusesSparseFilesAndGlobalPaths) {
  EXPECT_TRUE(refused_because(tar({{"a.wit", "A", 'S'}}), "sparse"));
  EXPECT_TRUE(
      refused_because(tar({{"h", "22 GNU.sparse.major=1\n", 'x'}, {"a.wit", "A"}}), "sparse"));
  EXPECT_TRUE(refused_because(tar({{"h", "14 path=p.wit\n", 'g'}, {"a", "A"}}), "global"));
}

TEST(Archive, RefusesBombsByRatioCountAndSize) {
  ArchiveLimits limits{.entries = 3, .file_bytes = 1000, .kept_bytes = 1500, .always_bytes = 5000};
  EXPECT_TRUE(refused_because(gzip(tar({{"zeros.bin", std::string(1 << 20, '\0')}})),
                              "more than an archive of its size should", limits));
  EXPECT_TRUE(
      refused_because(tar({{"a", ""}, {"b", ""}, {"c", ""}, {"d", ""}}), "3 entries", limits));
  EXPECT_TRUE(refused_because(tar({{"a.wit", std::string(1001, 'a')}}), "larger than", limits));
  std::string most(800, 'a');
  EXPECT_TRUE(refused_because(tar({{"a.wit", most}, {"b.wit", most}}), "more than 1500", limits));
  EXPECT_TRUE(refused_because(ZipBuilder().add({"a.wit", std::string(1001, 'a')}).finish(),
                              "more than the 1000", limits));
  EXPECT_TRUE(refused_because(ZipBuilder().add({"a.wit", most}).add({"b.wit", most}).finish(),
                              "more than 1500", limits));
}

TEST(Archive, RefusesDamageAndWhatIsCutShort) {
  std::string archive = tar({{"a.wit", std::string(2000, 'A')}});
  EXPECT_TRUE(refused_because(archive.substr(0, 1000), "ends too early"));
  std::string packed = gzip(archive);
  EXPECT_TRUE(refused_because(packed.substr(0, packed.size() - 4), "damaged"));
  std::string flipped = packed;
  flipped[packed.size() - 6] ^= 1;
  EXPECT_TRUE(refused_because(flipped, "damaged"));
  std::string header = archive;
  header[0] = 'b';
  EXPECT_TRUE(refused_because(header, "checksum"));
  std::string zip = ZipBuilder().add({"a.wit", "content", false}).finish();
  zip[zip.find("content")] = 'C';
  EXPECT_TRUE(refused_because(zip, "CRC"));
  EXPECT_TRUE(
      refused_because(ZipBuilder().add({"a.wit", "A"}).finish().substr(0, 60), "no directory"));
  EXPECT_TRUE(refused_because("<html>", "neither tar.gz nor zip"));
  EXPECT_TRUE(refused_because("", "neither tar.gz nor zip"));
}

TEST(Archive, ReadsZipsOfUnixAndOfOtherSystems) {
  EXPECT_EQ(read(ZipBuilder()
                     .add({"r/", "", false, 040755})
                     .add({"r/a.wit", std::string(300, 'A')})
                     .add({"r/b.wit", "B", false, 0})
                     .add({"r/c.txt", "C"})
                     .finish()),
            "r/a.wit=" + std::string(300, 'A') + ";r/b.wit=B;");
}

TEST(Archive, RefusesAZipWhoseHeadersDisagree) {
  std::string zip = ZipBuilder().add({"a.wit", "A", false}).finish();
  zip[30] = 'b';  // the name in the local header
  EXPECT_TRUE(refused_because(zip, "not where the directory says"));
}

TEST(Archive, ReadsGzipOfSeveralMembersAndRefusesWhatFollowsIt) {
  std::string archive = tar({{"a.wit", "A"}});
  std::string two = gzip(archive.substr(0, 700)) + gzip(archive.substr(700));
  EXPECT_EQ(read(two), "a.wit=A;");
  EXPECT_EQ(read(two + std::string(10, '\0')), "a.wit=A;");
  EXPECT_TRUE(refused_because(two + "garbage", "damaged"));
}

}  // namespace
}  // namespace weir::tools::deps
