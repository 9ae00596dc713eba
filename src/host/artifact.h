#pragma once

#include <string>
#include <vector>

#include "util/bytes.h"
#include "util/result.h"

namespace weir::host {

// A component compiled ahead of time: the content of a `.weir` file. It holds native code that is
// executed as it is, so such a file is trusted like a program: load only your own.
//
// Layout, integers little endian:
//   8 bytes   magic "WEIR\r\n\x1a\n"
//   u32       version, 1
//   u32       number of sections
//   u32       size of the engine identity, then the identity
//   sections  u32 kind (0 component, 1 module), u32 zero, u64 offset, u64 size, u64 checksum
//   u64       checksum of everything before it
//   the sections' contents, each aligned to 16 bytes
struct Artifact {
  // Names the engine, its settings and the processor features that the code needs.
  std::string engine_identity;
  // The component as it was before compilation.
  Bytes component;
  // Native code of its core modules, in order.
  std::vector<Bytes> modules;
};

// Whether a file's content starts with the magic number.
bool is_artifact(std::span<const uint8_t> content);

Bytes encode_artifact(const Artifact& artifact);

// The parts share `content`. Damage of any kind is an error.
Result<Artifact> decode_artifact(const Bytes& content);

}  // namespace weir::host
