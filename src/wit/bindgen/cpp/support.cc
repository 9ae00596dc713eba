#include "wit/bindgen/cpp/cpp.h"

namespace weir::wit {
namespace {

constexpr char kWit[] = {
#embed "support/wit.hpp"
};

constexpr char kAbi[] = {
#embed "support/wit_abi.hpp"
};

constexpr char kAsync[] = {
#embed "support/wit_async.hpp"
};

constexpr char kAsyncAbi[] = {
#embed "support/wit_async_abi.hpp"
};

}  // namespace

std::vector<SupportFile> cpp_support_files() {
  return {{"wit.hpp", {kWit, sizeof kWit}, false},
          {"wit_abi.hpp", {kAbi, sizeof kAbi}, false},
          {"wit_async.hpp", {kAsync, sizeof kAsync}, true},
          {"wit_async_abi.hpp", {kAsyncAbi, sizeof kAsyncAbi}, true}};
}

}  // namespace weir::wit
