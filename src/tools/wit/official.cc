#include "tools/wit/official.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "util/assert.h"
#include "wit/load.h"

namespace weir::tools {
namespace {

constexpr unsigned char kPacked[] = {
#embed "official_wit.z"
};

std::string inflate_all() {
  std::string text;
  z_stream stream = {};
  stream.next_in = const_cast<unsigned char*>(kPacked);
  stream.avail_in = sizeof kPacked;
  WEIR_ASSERT(inflateInit(&stream) == Z_OK);
  int status = Z_OK;
  while (status == Z_OK) {
    char block[65536];
    stream.next_out = reinterpret_cast<unsigned char*>(block);
    stream.avail_out = sizeof block;
    status = inflate(&stream, Z_NO_FLUSH);
    text.append(block, sizeof block - stream.avail_out);
  }
  inflateEnd(&stream);
  WEIR_ASSERT(status == Z_STREAM_END);
  return text;
}

}  // namespace

std::vector<OfficialPackage> official_packages() {
  std::string all = inflate_all();
  std::string_view rest = all;
  std::vector<OfficialPackage> packages;
  while (!rest.empty()) {
    size_t slash = rest.find('/');
    size_t space = rest.find(' ', slash);
    size_t end = rest.find('\n', space);
    size_t size = 0;
    std::from_chars(rest.data() + space + 1, rest.data() + end, size);
    packages.push_back({std::string(rest.substr(0, slash)),
                        std::string(rest.substr(slash + 1, space - slash - 1)),
                        std::string(rest.substr(end + 1, size))});
    rest.remove_prefix(end + 1 + size);
  }
  return packages;
}

OpenedWit official_wit(const wit::Features& features) {
  std::vector<std::vector<wit::WitFile>> groups;
  for (OfficialPackage& package : official_packages()) {
    std::string path = package.release + "/" + package.name + ".wit";
    groups.push_back({{std::move(path), std::move(package.text)}});
  }
  OpenedWit opened;
  wit::SourceMap sources;
  auto loaded = wit::load_files(std::move(groups), features, sources, opened.resolve);
  WEIR_ASSERT(loaded.ok());
  return opened;
}

std::string list_worlds(const wit::Resolve& resolve) {
  std::vector<std::string> names;
  for (uint32_t i = 0; i < resolve.worlds.size(); ++i) {
    names.push_back("  " + resolve.id_of(wit::WorldId{i}));
  }
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names) text += name + "\n";
  return text;
}

}  // namespace weir::tools
