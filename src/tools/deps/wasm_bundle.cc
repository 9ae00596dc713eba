#include "tools/deps/wasm_bundle.h"

#include "util/bytes.h"
#include "wit/binary/decode.h"
#include "wit/print.h"

namespace weir::tools::deps {
namespace {

DecodedPackage package_of(const wit::Resolve& resolve, wit::PackageId id) {
  const wit::PackageName& name = resolve[id].name;
  DecodedPackage package;
  package.name = {name.space, name.name, name.version ? wit::to_string(*name.version) : ""};
  package.files["package.wit"] = File{wit::print_package(resolve, id)};
  return package;
}

}  // namespace

Result<std::vector<DecodedPackage>> decode_packages(std::string_view wasm) {
  auto decoded = wit::decode_wit(as_bytes(wasm));
  if (!decoded.ok()) return Err(Error{"it is no WIT package: " + decoded.error().message});
  if (decoded->world.valid()) return Err("it is a component, not a WIT package");
  const wit::Resolve& resolve = decoded->resolve;
  std::vector<DecodedPackage> packages{package_of(resolve, decoded->main)};
  for (uint32_t i = 0; i < resolve.packages.size(); ++i)
    if (wit::PackageId id{i}; id != decoded->main) packages.push_back(package_of(resolve, id));
  return packages;
}

std::string folder_of(const PackageSpec& package) {
  std::string folder = package.space + "-" + package.name;
  if (!package.version.empty()) folder += "-" + package.version;
  return folder;
}

}  // namespace weir::tools::deps
