#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "wit/resolve.h"

// Canonical WIT text: reading it back gives what it was printed from, and printing that gives the
// same text again. Includes and needed imports of worlds are written out; docs and gates are kept.
namespace weir::wit {

// A package as a file of its own.
std::string print_package(const Resolve& resolve, PackageId id);

// One file with `main` as its package and the others nested in it (`package a:b { ... }`).
std::string print_packages(const Resolve& resolve, PackageId main,
                           const std::vector<PackageId>& others);
// The same in pieces of a few KiB, so that it is never in memory as a whole.
void print_packages(const Resolve& resolve, PackageId main, const std::vector<PackageId>& others,
                    const std::function<void(std::string_view)>& write);

// A type as it is mentioned: its name, or what it is made of.
std::string print_type(const TypeTable& types, Type type);
void append_type(std::string& text, const TypeTable& types, Type type);

// What stands before a name where an identifier is expected: `%`, or nothing.
const char* escape_of(std::string_view name);

// What a definition is made of, in WIT: `list<u8>`. Only for the shapes that need no name.
std::string print_shape(const TypeTable& types, const Shape& shape);

}  // namespace weir::wit
