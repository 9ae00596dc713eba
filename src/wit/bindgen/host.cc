#include "wit/bindgen/host.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "wit/bindgen/cpp_names.h"
#include "wit/bindgen/host_types.h"
#include "wit/bindgen/host_writer.h"

namespace weir::wit {
namespace {

// Everything that keeps an interface from being generated, one line each.
void find_obstacles(const Resolve& resolve, InterfaceId id,
                    const std::unordered_set<uint32_t>& generated, std::string& obstacles) {
  const Interface& interface = resolve[id];
  HostTypes types(resolve, id);
  auto complain = [&](std::string_view item, const std::string& what) {
    obstacles += "\n  " + resolve.id_of(id) + " " + std::string(item) + ": " + what;
  };
  for (InterfaceId needed : interface.dependencies) {
    if (!generated.contains(needed.index)) {
      complain("", "it uses " + resolve.id_of(needed) + ", which is not in the list");
    }
  }
  for (const auto& [name, type] : interface.types) {
    std::string what = types.unsupported(type);
    if (!what.empty()) complain(name, "the type " + what + " is not generated yet");
  }
  for (const auto& [name, function] : interface.functions) {
    if (function.async) complain(name, "asynchronous functions are not generated yet");
    std::string what;
    for (const Param& param : function.params) {
      if (what.empty()) what = types.unsupported(param.type);
    }
    if (what.empty() && function.result) what = types.unsupported(*function.result);
    if (!what.empty()) complain(name, "the type " + what + " is not generated yet");
  }
}

}  // namespace

std::string host_name(const Resolve& resolve, InterfaceId id) {
  const Interface& interface = resolve[id];
  return snake_case(resolve[interface.package].name.name + "-" + interface.name);
}

Result<std::vector<GeneratedFile>> generate_host(const Resolve& resolve,
                                                 const std::vector<InterfaceId>& interfaces,
                                                 const HostOptions& options) {
  std::unordered_set<uint32_t> generated;
  std::set<std::string> names;
  std::string obstacles;
  for (InterfaceId id : interfaces) {
    if (!generated.insert(id.index).second) continue;
    if (!names.insert(host_name(resolve, id)).second) {
      obstacles += "\n  " + resolve.id_of(id) + ": another interface has the same name in C++";
    }
  }
  for (InterfaceId id : interfaces) find_obstacles(resolve, id, generated, obstacles);
  if (!obstacles.empty()) return Err(Error{"host bindings cannot be generated:" + obstacles});

  std::vector<GeneratedFile> files;
  for (InterfaceId id : interfaces) {
    if (generated.erase(id.index) == 0) continue;
    HostWriter writer(resolve, id, options);
    files.push_back(writer.header());
    files.push_back(writer.source());
  }
  return files;
}

}  // namespace weir::wit
