#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wit/resolve.h"

// WIT as WebAssembly: packages and worlds as types in the binary format of components (Component
// Model, WIT.md, "Package format").
namespace weir::wit {

// How the strings that a core module passes are encoded.
enum class StringEncoding : uint8_t { utf8, utf16, latin1_utf16 };

// A tool that had a part in making a file, for its `producers` section:
// {"processed-by", "weir", "1.0.0"}.
struct Producer {
  std::string field;
  std::string name;
  std::string version;

  friend bool operator==(const Producer&, const Producer&) = default;
};

// A package as a component that exports a type for each of its interfaces and worlds, with docs
// and gates in the custom section `package-docs`. Of other packages it holds what the package
// uses; to keep all of them, encode each.
std::vector<uint8_t> encode_package(const Resolve& resolve, PackageId id,
                                    const std::vector<Producer>& producers = {});

// What stands in the custom section of a core module or object file, `component-type:NAME`, by
// which tools make a component of the module: the world as a component type, and how the
// module's strings are encoded.
std::vector<uint8_t> encode_world(const Resolve& resolve, WorldId id,
                                  StringEncoding encoding = StringEncoding::utf8,
                                  const std::vector<Producer>& producers = {});

}  // namespace weir::wit
