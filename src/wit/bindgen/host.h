#pragma once

#include <string>
#include <vector>

#include "util/result.h"
#include "wit/resolve.h"

// C++ for the host side of WIT interfaces: plain types, one abstract class an interface, and a
// function that registers it. Nothing in it knows bytes: the templates of component/host/ do.
namespace weir::wit {

struct HostOptions {
  // Everything is generated into namespaces within this one: `weir::wasi::p2`.
  std::string space;
  // Headers that the generated .cc files include: the definitions of the resource classes.
  std::vector<std::string> includes;
};

struct GeneratedFile {
  // Relative to the folder that is on the include path: `wasi/p2/random_random.h`.
  std::string path;
  std::string text;
};

// The name of an interface in C++: `random_random` for `wasi:random/random`.
std::string host_name(const Resolve& resolve, InterfaceId id);

// A header and a .cc file for each interface.
// The interfaces that these use must be among them. The error names everything that is in the way:
// a function that needs what is not generated yet (asynchronous functions, streams, futures,
// maps, fixed-length lists, error contexts), an interface that is missing.
Result<std::vector<GeneratedFile>> generate_host(const Resolve& resolve,
                                                 const std::vector<InterfaceId>& interfaces,
                                                 const HostOptions& options);

}  // namespace weir::wit
