#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tools/deps/source.h"
#include "util/result.h"

namespace weir::tools::deps {

// `deps.toml`: where each dependency comes from, by the name of its folder in `deps`.
//
//   clocks = "https://host/archive.tar.gz"      an archive
//   shared = "../shared/wit"                    a folder
//   http = "wasi:http@0.2.12"                   a package of a registry
//   http = "oci://host/wasi/http:0.2.12"        the same, with the registry
//   [io]                                        the same with more to say:
//   url = "…"          with prefix, sha256, sha512
//   path = "…"
//   package = "…"      with registry; beside url or path: take this package of what is there
using Manifest = std::map<std::string, Source>;

// `name` is the file's, for messages, which have the line.
Result<Manifest> parse_manifest(std::string_view text, const std::string& name);

// What a string says, as on the right side of `http = "…"`.
Result<Source> parse_source(std::string_view text);

// The manifest's text with one more dependency, all that was there left as it is. The text must
// have passed `parse_manifest`.
Result<std::string> add_to_manifest(const std::string& text, const std::string& name,
                                    const std::string& dependency, const Source& source);

}  // namespace weir::tools::deps
