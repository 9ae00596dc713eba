#include "wit/bindgen/cpp/cpp.h"

namespace weir::wit {
namespace {

constexpr char kWit[] = {
#embed "support/wit.hpp"
};

constexpr char kAbi[] = {
#embed "support/wit_abi.hpp"
};

}  // namespace

std::vector<SupportFile> cpp_support_files() {
  return {{"wit.hpp", {kWit, sizeof kWit}}, {"wit_abi.hpp", {kAbi, sizeof kAbi}}};
}

}  // namespace weir::wit
