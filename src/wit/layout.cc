#include "wit/layout.h"

namespace weir::wit {
namespace {

std::vector<CoreType> list_of(const FlatTypes& flat) {
  return {flat.types().begin(), flat.types().end()};
}

bool exceeds(const FlatTypes& flat, uint32_t limit) {
  return flat.overflow() || flat.size() > limit;
}

}  // namespace

FlatSignature flatten_function(const FlatTypes& params, const FlatTypes& result,
                               Direction direction, CallAbi abi) {
  FlatSignature signature;
  bool async = abi != CallAbi::sync;
  bool lower = direction == Direction::lower;

  uint32_t param_limit = async && lower ? kMaxFlatAsyncParams : kMaxFlatParams;
  signature.indirect_params = exceeds(params, param_limit);
  if (signature.indirect_params) {
    signature.params.push_back(CoreType::i32);
  } else {
    signature.params = list_of(params);
  }

  if (!async) {
    signature.indirect_result = exceeds(result, kMaxFlatResults);
    if (!signature.indirect_result) {
      signature.results = list_of(result);
    } else if (lower) {
      signature.params.push_back(CoreType::i32);
    } else {
      signature.results.push_back(CoreType::i32);
    }
    return signature;
  }

  if (lower) {
    signature.indirect_result = exceeds(result, 0);
    if (signature.indirect_result) signature.params.push_back(CoreType::i32);
    signature.results.push_back(CoreType::i32);
    return signature;
  }

  if (abi == CallAbi::async_callback) signature.results.push_back(CoreType::i32);
  signature.indirect_result = exceeds(result, kMaxFlatParams);
  if (signature.indirect_result) {
    signature.task_return.push_back(CoreType::i32);
  } else {
    signature.task_return = list_of(result);
  }
  return signature;
}

}  // namespace weir::wit
