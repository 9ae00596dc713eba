#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "util/result.h"
#include "wit/binary/encode.h"
#include "wit/resolve.h"

// WIT out of WebAssembly. What is read is refused where WIT cannot say it, but not validated as a
// component: whoever needs that does it first.
namespace weir::wit {

// Whether the bytes begin as WebAssembly does: a component or a core module.
bool is_wasm(std::span<const uint8_t> bytes);

struct DecodedWit {
  Resolve resolve;
  // The package that the bytes encode. For a component it is `root:component`, whose world is
  // `world`.
  PackageId main;
  // Not valid for a package.
  WorldId world;
};

// Reads a binary WIT package, with docs and gates, or the world of a component.
Result<DecodedWit> decode_wit(std::span<const uint8_t> bytes);

struct DecodedWorld {
  Resolve resolve;
  WorldId world;
  StringEncoding encoding = StringEncoding::utf8;
  std::vector<Producer> producers;
};

// Reads what `encode_world` writes: the content of a custom section `component-type:NAME`.
Result<DecodedWorld> decode_world(std::span<const uint8_t> bytes);

// The content of a `producers` section.
Result<std::vector<Producer>> decode_producers(std::span<const uint8_t> bytes);

}  // namespace weir::wit
