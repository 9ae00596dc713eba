// weir-bindgen-host: generates the host side of WIT interfaces at build time.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "wit/bindgen/host.h"
#include "wit/load.h"
#include "wit/render.h"

namespace {

using namespace weir;
using namespace weir::wit;

constexpr const char* kUsage =
    "usage: weir-bindgen-host --wit DIR --namespace NS -o OUTDIR\n"
    "                         (--world W | --interface I)... [--include HEADER]...\n"
    "Generates C++ for the interfaces, or for all that the worlds import, into OUTDIR.\n";

struct Arguments {
  std::string wit;
  std::string out;
  HostOptions options;
  std::vector<std::string> worlds;
  std::vector<std::string> interfaces;
};

bool parse_arguments(int argc, char** argv, Arguments& args) {
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string flag = argv[i];
    std::string value = argv[i + 1];
    if (flag == "--wit") {
      args.wit = value;
    } else if (flag == "-o") {
      args.out = value;
    } else if (flag == "--namespace") {
      args.options.space = value;
    } else if (flag == "--world") {
      args.worlds.push_back(value);
    } else if (flag == "--interface") {
      args.interfaces.push_back(value);
    } else if (flag == "--include") {
      args.options.includes.push_back(value);
    } else {
      return false;
    }
  }
  return argc % 2 == 1 && !args.wit.empty() && !args.out.empty() && !args.options.space.empty() &&
         !(args.worlds.empty() && args.interfaces.empty());
}

// The interfaces that are asked for, in topological order.
Result<std::vector<InterfaceId>> select(const Resolve& resolve, PackageId main,
                                        const Arguments& args) {
  std::vector<bool> wanted(resolve.interfaces.size());
  for (const std::string& path : args.interfaces) {
    auto id = resolve.find_interface(path, main);
    if (!id) return Err(Error{"there is no interface `" + path + "`"});
    wanted[id->index] = true;
  }
  for (const std::string& path : args.worlds) {
    auto id = resolve.find_world(path, main);
    if (!id) return Err(Error{"there is no world `" + path + "`"});
    for (const auto& [key, item] : resolve[*id].imports) {
      if (key.is_interface()) wanted[key.interface.index] = true;
    }
  }
  std::vector<InterfaceId> selected;
  for (uint32_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i]) selected.push_back({i});
  }
  return selected;
}

// Leaves a file that is right already as it is, so that nothing is built again for it.
bool write(const std::filesystem::path& path, const std::string& text) {
  {
    std::ifstream old(path, std::ios::binary);
    std::string present((std::istreambuf_iterator<char>(old)), std::istreambuf_iterator<char>());
    if (old && present == text) return true;
  }
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file.good();
}

int fail(const std::string& message) {
  std::fprintf(stderr, "weir-bindgen-host: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments args;
  if (!parse_arguments(argc, argv, args)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  SourceMap sources;
  Resolve resolve;
  auto loaded = load_path(args.wit, {.all = true}, sources, resolve);
  if (!loaded) return fail("\n" + render(loaded.error(), sources));
  auto interfaces = select(resolve, loaded->main, args);
  if (!interfaces) return fail(interfaces.error().message);
  auto files = generate_host(resolve, *interfaces, args.options);
  if (!files) return fail(files.error().message);
  for (const GeneratedFile& file : *files) {
    std::filesystem::path path = std::filesystem::path(args.out) / file.path;
    if (!write(path, file.text)) return fail("`" + path.string() + "` cannot be written");
  }
  return 0;
}
