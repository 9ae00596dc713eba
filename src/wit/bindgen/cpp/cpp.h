#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/renames.h"
#include "wit/resolve.h"

// Guest bindings in C++20: values of the standard library, resources that are move-only classes,
// and a namespace for each interface. They talk to the canonical ABI themselves, and need neither
// exceptions nor RTTI.
namespace weir::wit {

struct CppBindings {
  // The world's name in C++, which the files are called after.
  std::string name;
  // Names and contents: `W.hpp`, `W.cpp`, and what the bindings of all worlds share.
  std::vector<std::pair<std::string, std::string>> files;
  // `W_component_type.o`
  std::vector<uint8_t> object;
};

struct CppOptions {
  // The world's name in C++ and in the names of files; empty: its own.
  std::string world_name;
  // As in COptions.
  std::set<std::string> sync;
  // The namespaces of interfaces: `http`, `net::http`. Those of exports are in `exports` then, too.
  Renames renames;
  // How the guest's strings are encoded; latin1_utf16 is refused.
  StringEncoding encoding = StringEncoding::utf8;
};

// Refuses what C++ has no bindings for; the error names it.
Result<CppBindings> generate_cpp(const Resolve& resolve, WorldId world,
                                 const CppOptions& options = {});

// The headers that the bindings of all worlds share: their names and texts.
struct SupportFile {
  std::string_view name;
  std::string_view text;
  // Whether only worlds with asynchronous functions, streams or futures need it.
  bool for_tasks;
};
std::vector<SupportFile> cpp_support_files();

}  // namespace weir::wit
