#pragma once

#include <string>
#include <vector>

#include "wit/error.h"
#include "wit/resolve.h"
#include "wit/text/ast.h"

namespace weir::wit {

// The files that were read together: a folder's, or one file alone.
using FileGroup = std::vector<ast::File>;

// A package as its files wrote it.
struct PackageAst {
  PackageName name;
  Span span;
  std::string docs;
  // The items of each file: a `use` at the top of one counts for that file alone.
  std::vector<const std::vector<ast::TopItem>*> files;
};

// Takes the names out of the syntax.
PackageName name_of(const ast::PackageName& name);

// Finds the packages of all groups and orders them so that each comes after those it mentions.
// Those in `known` may be mentioned too. `main` becomes the name of the first group's own package.
// The groups must outlive the result.
WitResult<std::vector<PackageAst>> order_packages(const std::vector<FileGroup>& groups,
                                                  const Resolve& known, PackageName& main);

}  // namespace weir::wit
